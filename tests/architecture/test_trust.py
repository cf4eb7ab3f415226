"""The walk along docs/trust.toml: no act of value or power without its row, none decided alone."""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import click
import pytest
from sqlalchemy import inspect

from app.config import ROOT
from app.kernel.db import Model
from app.messages.notices import kinds as notices
from operations import domains
from tests.architecture.sources import calls, decorators, dotted, functions, modules, tables_in
from tests.given.promises import promised
from tests.given.routes import FROM_LIBRARIES

TABLE = ROOT / "docs" / "trust.toml"
KINDS = {"makes", "moves", "unmakes", "promises", "whose", "rule", "belief", "none"}
COLUMNS = {"kind", "beside", "cool_off", "rule", "told", "proof", "open"}
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
# How many acts are not guarded yet. It only falls: whoever guards one takes its `open` out of the
# table, and one from here.
OPEN_AT_MOST = 3

# Who made a row, or did something that nobody else has to agree to; and who agreed to it.
MAKERS = {
    "added_by",
    "asked_by",
    "attached_by",
    "cancelled_by",
    "changed_by",
    "checked_by",
    "claimed_by",
    "created_by",
    "ended_by",
    "entered_by",
    "given_by",
    "granted_by",
    "imported_by",
    "leased_by",
    "made_by",
    "moved_by",
    "named_by",
    "payee_entered_by",
    "proposed_by",
    "reassigned_by",
    "received_by",
    "refunded_by",
    "set_by",
    "stopped_by",
    "taken_by",
    "told_by",
    "typed_by",
    "uploaded_by",
    "voided_by",
    "weighed_by",
    "written_by",
}
DECIDERS = {
    "agreed_by",
    "answered_by",
    "approved_by",
    "closed_by",
    "decided_by",
    "judged_by",
    "payee_verified_by",
    "resolved_by",
    "reviewed_by",
    "seen_by",
    "settled_by",
    "signed_by",
    "typed_again_by",
    "verified_by",
}
# Who writes such a column and asks for nobody beside, each with its reason.
ALONE = {
    "app.agreements.proposals.service.refuse": "to say no takes nothing from anybody",
    "app.kernel.decisions.decide": "only writes; the others here ask before they call it",
    "app.kernel.decisions.withdraw": "one's own",
    "app.register.households.life.service.preview": "a dry run, which is taken back",
    "app.points.awards.service.decide": "an award names whose decision it rests on",
    "app.points.awards.versions.add_policy": "writes what ``approve`` has asked about",
    "app.points.awards.versions.open_policy": "a new county's rules, those of the product",
    "app.register.households.service.bind_by_phone": "nobody verifies: WeChat vouches for it",
    "app.register.households.service.bind_met": "a member of the roster; others are proposed",
    "app.sorting.self_checks.judging.give_verdict": "5 fen; a share is judged again by another",
    "mall.merchants.service.change_payee": "done by a proposal, which has asked",
}


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, Any]]:
    """The rows of the table, by act."""
    found: dict[str, dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return found


def test_every_act_has_its_row_and_every_row_its_act(app, table):
    acts = set(acts_of(app))

    assert acts - table.keys() == set(), f"write what they do to value or power into {TABLE.name}"
    assert table.keys() - acts == set(), f"{TABLE.name} tells of what is not there"


def test_a_row_says_in_known_words_what_keeps_a_liar_from_it_or_that_nothing_does_yet(table):
    for act, row in table.items():
        assert row.keys() <= COLUMNS, act
        assert row["kind"] in KINDS, act
        is_guarded = row["kind"] == "none" or row.get("rule") or row.get("open")
        assert is_guarded, f"{act}: a rule, `accept, because …`, or `open`"
        if row["kind"] == "none":
            assert row.keys() == {"kind"}, f"{act} has a rule about nothing"


def test_rows_are_sorted_so_that_merges_are_easy():
    acts = re.findall(r'^\["(.+)"\]$', TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert acts == sorted(acts)


def test_what_is_not_guarded_yet_only_becomes_less(table):
    unguarded = sorted(act for act, row in table.items() if "open" in row)

    assert len(unguarded) <= OPEN_AT_MOST, unguarded


def test_a_row_names_a_second_person_exactly_where_the_code_asks_for_one(app, table):
    """By the refusals that a route can answer, which are found by following what it calls."""
    asked = {act for act, codes in promised(app).items() if "trust.same_household" in codes}
    named = {act for act, row in table.items() if "beside" in row}

    assert named == asked & table.keys()


def test_notices_and_questions_of_the_proof_that_rows_name_are_there(app, table):
    for act, row in table.items():
        assert set(row.get("told", ())) <= notices.kinds().keys(), act
        assert set(row.get("proof", ())) <= domains.questions().keys(), act


def test_the_page_about_trust_names_only_acts_that_are_there(app):
    """In the first column of its tables: ``resource.act``, and ``.act`` of the one before."""
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    resources = {endpoint.partition(".")[0] for endpoint in app.view_functions}

    for cell in re.findall(r"^\| ([^|]+) \|", page, flags=re.MULTILINE):
        resource = ""
        for named, act in re.findall(r"`([a-z_]*)\.([a-z_]+)`", cell):
            resource = named or resource
            if resource in resources:
                assert f"{resource}.{act}" in app.view_functions, cell


def test_each_column_of_a_person_is_of_who_made_or_of_who_decided():
    columns = {
        column.key
        for model in _all_below(Model)
        if (mapper := inspect(model, raiseerr=False)) is not None
        for column in mapper.column_attrs
        if column.key.endswith("_by")
    }

    assert columns == MAKERS | DECIDERS


def test_whoever_writes_a_decision_asks_trust_whether_they_are_beside():
    alone = {name for name, asks in writers_of_decisions() if not asks}

    assert alone == ALONE.keys()


def acts_of(app) -> Iterator[str]:
    """Routes that change something, commands, sweeps and jobs, as the table names them."""
    for rule in app.url_map.iter_rules():
        if (rule.methods or set()) & CHANGES and rule.endpoint not in FROM_LIBRARIES:
            yield rule.endpoint
    for command in domains.commands():
        yield from (f"flask {name}" for name in _commands(command, command.name or ""))
    yield from (f"@sweep {one.name}" for one in domains.found_sweeps())
    for name, function in functions():
        if "job" in decorators(function):
            yield f"@job {name}"


def writers_of_decisions() -> Iterator[tuple[str, bool]]:
    """Commands that write who decided, by themselves or by what they call beside them in their
    module, and whether they ask in the same way."""
    for path, tree in modules("app", "mall").items():
        around = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        of_tables = set(tables_in(path, tree))
        for name in around:
            if name.startswith("_"):
                continue
            nodes = [node for part in _reached(name, around) for node in ast.walk(around[part])]
            if any(_writes_a_decision(node, of_tables) for node in nodes):
                yield f"{dotted(path)}.{name}", any(_asks(node) for node in nodes)


def _reached(name: str, around: dict[str, ast.FunctionDef]) -> set[str]:
    """The function and, of its module, what it calls, and what that calls."""
    seen, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(calls(around[one]) & around.keys())
    return seen


def _writes_a_decision(node: ast.AST, of_tables: set[str]) -> bool:
    if isinstance(node, ast.Assign):
        targets = [part for target in node.targets for part in ast.walk(target)]
        return any(isinstance(part, ast.Attribute) and part.attr in DECIDERS for part in targets)
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        is_row = called in of_tables or called.endswith(".values")
        is_decision = called == "decisions.decide"
        return is_decision or (is_row and any(word.arg in DECIDERS for word in node.keywords))
    return False


def _asks(node: ast.AST) -> bool:
    asking = {"trust.beside", "trust.check", "trust.decide", "beside", "check"}
    return isinstance(node, ast.Call) and ast.unparse(node.func) in asking


def _commands(command: click.Command, name: str) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield name
        return
    for part in command.commands.values():
        yield from _commands(part, f"{name} {part.name}")


def _all_below(model: type) -> Iterator[type]:
    for one in model.__subclasses__():
        yield one
        yield from _all_below(one)
