"""Who writes and locks which table, and which tables other wings may name."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.sources import (
    Table,
    calls,
    dotted,
    functions,
    is_within,
    modules,
    tables,
    tables_in,
)

# Everybody speaks of these.
CROSSING = {
    "Region",
    "County",
    "Household",
    "Member",
    "Binding",
    "User",
    "Organisation",
    "Asset",
    "Shop",
    "Merchant",
}
# Who else reads another wing's tables, because one query is better than two. Take lines away.
READS = {
    ("app.agreements", "AuditEvent"),  # the auditor's list is the trace in words
    ("app.agreements", "AuditSeal"),  # and says under which seal each event lies
    ("app.messages", "RoleGrant"),  # officials of a region are addressees
    ("app.messages", "WechatAccount"),  # and have a phone to be told on
    ("app.sorting", "Award"),  # what a self-check or check earned stands beside it in lists
    ("app.sorting", "Photo"),  # shown beside what it is of
    ("app.sorting", "PhotoMeasures"),  # a finding compares what was measured
    ("app.standing", "Award"),  # ranks and scores are sums of awards
    ("app.standing", "Check"),
    ("app.standing", "Policy"),
    ("app.standing", "RoleGrant"),  # officials are not ranked
    ("app.waste", "Check"),  # what was seen with a collection is sent back with it
    ("mall", "Card"),  # a payment and its list say with which card
    ("mall", "Recycler"),  # deposits are theirs
    ("mall", "RoleGrant"),  # who owns and serves
}
WRITE = re.compile(r"(?:INSERT INTO|DELETE FROM|(?<!FOR )(?<!DO )UPDATE)\s+([\w.]+)")


def wing(module: str) -> str:
    first, _, rest = module.partition(".")
    return f"app.{rest.partition('.')[0]}" if first == "app" else first


def test_other_wings_tables_are_named_by_few():
    read = {
        (wing(dotted(path)), name)
        for path, tree in modules("app", "mall", "operations").items()
        for name, table in tables_in(path, tree).items()
        if wing(table.domain) != wing(dotted(path)) and name not in CROSSING
    }

    assert read - READS == set(), "ask the other wing, or say above why one query is better"
    assert READS - read == set(), "nobody needs these any more"


def test_a_table_is_written_by_its_own_domain_only():
    assert list(written_from_outside()) == []


def test_a_row_is_locked_by_its_own_domain_only():
    assert list(locked_from_outside()) == []


def test_every_lock_has_a_race_test():
    """``@pytest.mark.race("mall.risk.service.judge")`` names the function whose lock it tests.

    A lock is taken by whoever calls a function of the kernel that locks, writes FOR UPDATE, or
    names a statement of its module that does.
    """
    locking = {
        f"{dotted(path)}.{function.name}"
        for path, tree in modules().items()
        if not dotted(path).startswith("app.kernel.")
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and (takes_a_lock(function) or names(function) & locking_statements(tree))
    }
    raced = {
        mark.args[0].value
        for _, node in functions("tests")
        for mark in node.decorator_list
        if isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Attribute)
        and mark.func.attr == "race"
    }
    assert locking - raced == set(), "locks without a race test"
    assert raced - locking == set(), "race tests of locks that are gone"


def locking_statements(tree: ast.Module) -> set[str]:
    """The constants of a module that are statements with a lock."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and takes_a_lock(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def names(function: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def takes_a_lock(node: ast.AST) -> bool:
    return bool(calls(node) & kernels_locks()) or any(
        isinstance(text, ast.Constant)
        and isinstance(text.value, str)
        and re.search(r"\bFOR (NO KEY )?UPDATE\b|pg_advisory_(xact_)?lock|LOCK TABLE", text.value)
        for text in ast.walk(node)
    )


@cache
def kernels_locks() -> frozenset[str]:
    """The functions of the kernel that lock, through however many others, and SQLAlchemy's."""
    found = {"with_for_update", "pg_advisory_xact_lock"}
    kernel = list(functions("app/kernel"))
    while more := {n.name for _, n in kernel if calls(n) & found} - found:
        found |= more
    return frozenset(found)


def written_from_outside() -> Iterator[str]:
    """Rows of another domain that are made, changed or deleted, by ORM, Core or SQL text."""
    by_name = {table.table.rpartition(".")[2]: table for table in tables().values()}
    for path, tree in modules().items():
        foreign = tables_of_others(path, tree)
        for node in ast.walk(tree):
            for name in changed(node, foreign):
                yield f"{path}:{node.lineno} {name}"  # type: ignore[attr-defined]
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for written in WRITE.findall(node.value):
                    table = by_name.get(written.rpartition(".")[2])
                    if table and not is_within(dotted(path), table.domain):
                        yield f"{path}:{node.lineno} {written}"
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                yield from (f"{path}: {what}" for what in assigned(function, foreign))


def changed(node: ast.AST, foreign: dict[str, Table]) -> Iterator[str]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    if node.func.id in foreign:
        yield node.func.id
    if node.func.id in {"insert", "update", "delete"} and node.args:
        subject = node.args[0]
        if isinstance(subject, ast.Name) and subject.id in foreign:
            yield subject.id


def assigned(function: ast.FunctionDef, foreign: dict[str, Table]) -> Iterator[str]:
    """Attributes set on rows of another domain, as far as annotations and queries tell."""
    arguments = function.args.args + function.args.kwonlyargs
    rows = {
        argument.arg
        for argument in arguments
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id in foreign
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            asked = [c for c in ast.walk(node.value) if isinstance(c, ast.Call) and c.args]
            if any(
                ast.unparse(c.func).rpartition(".")[2] in {"get", "select"}
                and isinstance(c.args[0], ast.Name)
                and c.args[0].id in foreign
                for c in asked
            ):
                rows.add(node.targets[0].id)
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) in rows:
                yield f"{function.name}: {ast.unparse(target)}"


def locked_from_outside() -> Iterator[str]:
    for path, tree in modules().items():
        foreign = tables_of_others(path, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and calls(node) & {"locked", "with_for_update"}:
                for name in locked_tables(node) & foreign.keys():
                    yield f"{path}:{node.lineno} {name}"


def locked_tables(lock: ast.Call) -> set[str]:
    """The tables that a lock is on: those it names with ``of``, or all that are selected."""
    named = [
        keyword.value
        for node in ast.walk(lock)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "of"
    ]
    if named:
        return {node.id for node in named if isinstance(node, ast.Name)}
    outermost = lock
    while isinstance(outermost, ast.Call):  # locked(select(X).where(…)): down to select(X)
        inner = outermost.func
        if isinstance(inner, ast.Name) and inner.id == "select":
            break
        outermost = (  # type: ignore[assignment]
            inner.value if isinstance(inner, ast.Attribute) else next(iter(outermost.args), None)
        )
    if not isinstance(outermost, ast.Call):
        return set()
    return {
        node.id
        for argument in outermost.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Name)
    }


def tables_of_others(path: Path, tree: ast.Module) -> dict[str, Table]:
    module = dotted(path)
    return {
        name: table
        for name, table in tables_in(path, tree).items()
        if not is_within(module, table.domain)
    }
