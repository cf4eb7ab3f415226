"""Rules about the tests themselves."""

import ast
import re

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


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
