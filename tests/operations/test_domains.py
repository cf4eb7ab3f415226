"""What the domains bring is found wherever it stands, and nothing hides behind anything else."""

import ast

import pytest

from app.kernel.db import Model
from operations import domains
from tests.architecture.sources import modules


def dotted(path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def marked(*marks: str) -> set[str]:
    """Every function of the product under one of the decorators."""
    return {
        f"{dotted(path)}.{node.name}"
        for path, tree in modules(*domains.HOUSES).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(mark).partition("(")[0] in marks for mark in node.decorator_list)
    }


def assigning(name: str) -> set[str]:
    """Every module of the product that defines the name."""
    return {
        dotted(path)
        for path, tree in modules(*domains.HOUSES).items()
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    }


def test_every_sweep_that_is_written_is_run_by_the_clock():
    assert marked("sweep", "jobs.sweep") == {sweep.name for sweep in domains.found_sweeps()}


def test_every_question_that_is_written_is_asked():
    assert assigning("QUESTIONS") == {module.__name__ for module in domains.found("proof")}


def test_everything_that_a_county_may_choose_is_known():
    assert {name for name in assigning("SETTINGS") if name.endswith(".settings")} == {
        module.__name__ for module in domains.found("settings")
    }
    assert all(name == settings.name for name, settings in domains.settings().items())


def test_two_settings_of_one_name_stop_the_start(monkeypatch):
    twice = (*domains.found("settings"), domains.found("settings")[0])
    monkeypatch.setattr(domains, "found", lambda kind: twice)

    with pytest.raises(
        domains.TwoOfOneName, match=f"two of one settings: {twice[0].SETTINGS.name}"
    ):
        domains.settings()


def test_every_table_that_is_written_is_known():
    written = {
        node.value.value
        for tree in modules(*domains.HOUSES).values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "__tablename__" for t in node.targets)
        and isinstance(node.value, ast.Constant)
    }
    domains.found("models")

    assert written == {table.name for table in Model.metadata.tables.values()}
