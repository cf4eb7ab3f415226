"""Rules about the code itself that no linter knows."""

import ast
import re

from app.config import ROOT
from tests.architecture.sources import functions, modules

FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 400
ARGUMENTS_MAX = 7
SHAPELESS = {"utils", "util", "helpers", "common", "manager", "base", "misc"}


def test_functions_fit_a_screen():
    long = [
        name
        for name, node in functions("app", "mall", "overviews", "miniprogram_api", "sandbox")
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert long == []


def test_modules_fit_a_sitting():
    lines = {
        path: len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for path in modules("app", "mall", "overviews", "miniprogram_api", "sandbox")
    }
    assert {path: n for path, n in lines.items() if n > MODULE_LINES_MAX} == {}


def test_functions_take_few_arguments():
    """The ledger's commands name all that makes a transfer; nothing else needs so much."""
    exempt = {
        "mall.campaigns.subsidies.agree",
        "app.points.ledger.service.post",
        "app.points.ledger.service.spend",
        "app.points.ledger.service.hold",
        "app.points.ledger.held_points.hold_points",
    }
    many = {
        name
        for name, node in functions()
        if len(node.args.args) + len(node.args.kwonlyargs) > ARGUMENTS_MAX
    }
    assert many - exempt == set()


def test_every_module_says_what_it_is():
    silent = [
        path.as_posix()
        for path, tree in modules("app", "mall", "overviews", "miniprogram_api", "sandbox").items()
        if ast.get_docstring(tree) is None
    ]
    assert silent == []


def test_no_module_has_a_shapeless_name():
    assert [path for path in modules() if path.stem in SHAPELESS] == []


def test_every_module_with_jobs_has_a_sweep():
    """A lost job only delays, because a sweep finds the rows left waiting."""
    for path, tree in modules().items():
        marks = {
            mark.func.id if isinstance(mark, ast.Call) else mark.id
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            for mark in node.decorator_list
            if isinstance(mark.func if isinstance(mark, ast.Call) else mark, ast.Name)
        }
        if "job" in marks:
            assert "sweep" in marks, f"{path} has jobs and no sweep"


def test_nobody_decides_past_the_question_who_may():
    """What two people do is decided once it was asked who may; nobody writes it by hand."""
    for path, tree in modules().items():
        if path.as_posix() == "app/kernel/decisions.py":
            continue
        written = {
            target.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in ast.walk(ast.Tuple(elts=node.targets))
            if isinstance(target, ast.Attribute)
        }
        assert not written & {"decided_by", "proposed_by"} or path.as_posix() in {
            "mall/vouchers/claims.py",  # a claim has its proposer later than its row
        }, f"{path} writes who decided"
        by_name = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        if "decisions.decide" in by_name:
            asks = {"trust.check", "trust.beside", "beside"}
            assert by_name & asks, f"{path} decides without asking who may"


def test_every_table_that_two_people_decide_is_decided_in_one_way():
    """A column named ``decided_by`` comes from ``kernel.decisions``; an award has one decider."""
    from app.kernel.db import Model
    from app.kernel.decisions import Decided

    otherwise = {
        mapper.class_.__name__
        for mapper in Model.registry.mappers
        if "decided_by" in mapper.columns and not issubclass(mapper.class_, Decided)
    }
    assert otherwise == {"Award"}


def test_commits_and_documents_name_no_machine():
    """Paths of one machine and hosts of registries make a repository lie elsewhere."""
    local = re.compile("/" + r"work/|/" + r"root/|python" + r"hosted\.org|npm" + r"js\.(org|com)")
    for pattern in ("*.md", "*.txt", "*.in", "*.toml", "Makefile", "*.py", "*.json"):
        for path in ROOT.rglob(pattern):
            if not {".venv", "instance", "node_modules"} & set(path.relative_to(ROOT).parts):
                assert not local.search(path.read_text(encoding="utf-8")), path
