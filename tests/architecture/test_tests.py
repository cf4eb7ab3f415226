"""Rules about the tests themselves."""

import ast
import re
from importlib.util import find_spec

from app.config import ROOT
from tests.architecture.sources import modules

A_TEST_MODULE = re.compile(r"(^|\.)(conftest|test_\w+)$")
RUNS_OTHER_TESTS = "tests/app/points/ledger/test_mutations.py"  # each must fail without a guard


def test_what_tests_share_is_in_tests_given():
    """No test imports a conftest or a module of tests; a conftest imports fixtures by name."""
    imports = {
        (path.as_posix(), name)
        for path, tree in modules("tests").items()
        for node in ast.walk(tree)
        for name in _imported(node)
        if name.startswith("tests.") and A_TEST_MODULE.search(name)
    }

    assert {(path, name) for path, name in imports if path != RUNS_OTHER_TESTS} == set()


def test_what_make_runs_is_there():
    """A file that was moved is moved in the Makefile too: nothing else runs the long proofs."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    files = re.findall(r"tests/[\w/]+(?:\.py)?", makefile)
    commands = re.findall(r"-m ((?:app|bench|operations|sandbox)[\w.]*)", makefile)

    assert [path for path in files if not (ROOT / path).exists()] == []
    assert {name for name in commands if find_spec(name) is None} == set()
    assert (len(files), len(commands)) == (3, 5)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
