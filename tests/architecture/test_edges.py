"""Who opens transactions, commits, and reads the clock or the request: by what code does.

An edge is where something from outside comes in: a view, a job, a command. Everything below is
given plain values and the time, and runs in its caller's transaction.
"""

import ast
import re
from pathlib import Path

from tests.architecture.sources import decorators, imported, modules

KERNEL_DATABASE = "app/kernel/db.py"
EDGE = re.compile(r"^(\w+_)?bp\.(get|post|put|patch|delete|route)$|^(job|sweep)$|(^|\.)command$")
# Edges without a decorator, each with its reason.
OTHER_EDGES = {
    "app/web/auth.py",  # looks up who calls, before any view
    "app/web/idempotency.py",  # opens a view's transaction for it
    "app/web/traces.py",  # keeps a refusal when the request's transaction is undone
    "app/outside/bank/desk/gateway.py",  # a bank of files: its shelf is a table, written as sent
}
OTHER_CLOCKS = {
    "app/kernel/clock.py",  # is the clock
    "app/outside/bank/http.py",  # signs a request with its time
    "app/outside/photos/disk.py",  # signs a link until a time
    "miniprogram_api/photos/picture_links.py",  # so does this
    "app/embedded/supervisor.py",  # prints when a process ended
}
CLOCKS = {"clock.now", "datetime.now", "datetime.utcnow", "date.today", "time.time", "now"}


def has_an_edge(path: Path, tree: ast.Module) -> bool:
    return path.as_posix() in OTHER_EDGES or any(
        EDGE.search(mark)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for mark in decorators(node)
    )


def called(tree: ast.Module) -> dict[str, int]:
    """What a module calls, as written, with a line of it."""
    return {
        ast.unparse(node.func): node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }


def test_only_the_kernel_commits_and_rolls_back_to_a_savepoint():
    for path, tree in modules().items():
        if path.as_posix() == KERNEL_DATABASE:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"commit", "begin_nested"}:
                raise AssertionError(f"{path}:{node.lineno} uses {node.attr}")


def test_transactions_are_opened_at_the_edges_only():
    for path, tree in modules().items():
        if path.as_posix() != KERNEL_DATABASE and not has_an_edge(path, tree):
            opened = called(tree).keys() & {"transaction", "reading", "snapshot"}
            assert not opened, f"{path} is no edge and opens {opened}"


def test_the_clock_is_read_at_the_edges_only():
    for path, tree in modules().items():
        is_measured = path.name == "metrics.py"  # asked by Prometheus, which tells no time
        if is_measured or path.as_posix() in OTHER_CLOCKS or has_an_edge(path, tree):
            continue
        assert not called(tree).keys() & CLOCKS, f"{path} is no edge and takes the time itself"


def test_the_request_is_read_by_the_surfaces_only():
    for path, tree in modules().items():
        flask = {imported(tree).get(name) for name in ("request", "g")}
        if flask & {"flask.request", "flask.g"}:
            assert path.parts[0] == "miniprogram_api" or path.parts[:2] == ("app", "web"), path
