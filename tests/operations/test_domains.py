"""What the domains bring is found wherever it stands, and nothing hides behind anything else."""

import ast
import inspect
from types import SimpleNamespace

import click
import pytest
from flask.cli import AppGroup

from app.kernel import jobs
from app.kernel.db import Model
from app.kernel.gauges import Gauge
from operations import domains
from tests.architecture.sources import decorators, dotted, modules, tables


def marked(*marks: str) -> set[str]:
    """Every function of the product under one of the decorators."""
    return {
        f"{dotted(path)}.{node.name}"
        for path, tree in modules(*domains.HOUSES).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and decorators(node) & set(marks)
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


def test_every_gauge_that_is_written_is_read():
    assert assigning("GAUGES") - {"operations.exposition"} == {
        module.__name__ for module in domains.found("metrics")
    }


def test_every_table_that_is_written_is_known():
    domains.found("models")

    assert {table.table for table in tables().values()} == set(Model.metadata.tables)


def test_every_command_that_is_written_stands_below_flask(app):
    written = {
        f"{dotted(path)}.{node.name}"
        for path, tree in modules(*domains.HOUSES).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(mark == "command" or mark.endswith(".command") for mark in decorators(node))
    }

    functions = [inspect.unwrap(c.callback) for c in every_command(app.cli.commands.values())]
    ours = [f for f in functions if f.__module__.partition(".")[0] in domains.HOUSES]
    assert {f"{function.__module__}.{function.__name__}" for function in ours} == written


def every_command(commands):
    for command in commands:
        if isinstance(command, click.Group):
            yield from every_command(command.commands.values())
        else:
            yield command


def bringing(monkeypatch, kind: str, *brought: object) -> None:
    """Let two more domains bring these."""
    real = domains.found

    def found(asked: str):
        return (*real(asked), *brought) if asked == kind else real(asked)

    monkeypatch.setattr(domains, "found", found)


def test_two_questions_of_one_name_stop_the_start(monkeypatch):
    question = SimpleNamespace(QUESTIONS={"points_are_whole": "SELECT 1"})
    bringing(monkeypatch, "proof", question, question)

    with pytest.raises(domains.TwoOfOneName, match="two of one question: points_are_whole"):
        domains.load()


def test_two_gauges_of_one_name_stop_the_start(monkeypatch):
    gauge = SimpleNamespace(GAUGES=(Gauge("fen_waiting", "Who waits"),))
    bringing(monkeypatch, "metrics", gauge, gauge)

    with pytest.raises(domains.TwoOfOneName, match="two of one gauge: fen_waiting"):
        domains.load()


def test_two_settings_of_one_name_stop_the_start(monkeypatch):
    bringing(monkeypatch, "settings", domains.found("settings")[0])

    with pytest.raises(domains.TwoOfOneName, match="two of one settings: photos"):
        domains.load()


def test_two_sweeps_of_one_name_stop_the_start(monkeypatch):
    monkeypatch.setattr(domains, "sweeps", lambda: (*jobs.sweeps(), jobs.sweeps()[0]))

    with pytest.raises(domains.TwoOfOneName, match="two of one sweep"):
        domains.load()


def test_two_commands_of_one_group_and_name_stop_the_start(monkeypatch):
    def group() -> AppGroup:
        made = AppGroup("weather")
        made.command("tell")(lambda: None)
        return made

    bringing(
        monkeypatch,
        "commands",
        SimpleNamespace(COMMANDS=(group(),)),
        SimpleNamespace(COMMANDS=(group(),)),
    )

    with pytest.raises(domains.TwoOfOneName, match="two commands are called tell"):
        domains.load()


def test_a_group_may_have_commands_of_several_domains(app):
    ledger = app.cli.commands["ledger"]

    assert {"verify", "seal", "export-seals", "check-receipt", "public-key"} == set(ledger.commands)
