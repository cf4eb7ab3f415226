"""A domain registers what it tells, with its words, and nobody tells anything else."""

import ast

import pytest

from app.kernel.db import db, transaction
from app.messages import notices
from app.messages.notices import Notice, NoticeKind, Words, notice_kind
from app.messages.notices.kinds import TwoOfOneKind, kind_of, kinds
from operations import domains
from tests.architecture.sources import calls, modules
from tests.given.factories import COUNTY


def silent(_details):
    return Words("标题", "一句话", "提示")


def test_every_kind_is_registered_where_the_start_finds_it(app):
    registering = {
        ".".join(path.with_suffix("").parts)
        for path, tree in modules().items()
        if "notice_kind" in calls(tree)
    }

    assert registering <= {module.__name__ for module in domains.found("notices")}
    assert len(registering) > 9


def test_a_name_is_registered_once_in_the_whole_product(app):
    registered = [
        node.args[0].value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "notice_kind"
    ]

    assert sorted(registered) == list(kinds())


def test_two_of_one_name_stop_the_start(app):
    with pytest.raises(TwoOfOneKind, match="points_expire"):
        notice_kind("points_expire", silent)

    assert kind_of("points_expire").words is not silent


def test_a_kind_that_is_not_registered_is_not_told(app, given, noon):
    family = given.household()
    unknown = NoticeKind("unknown", silent, lambda _: True, lambda _: True)
    about = [notices.ToHousehold(family.id, "1", {})]

    with app.app_context():
        with pytest.raises(KeyError), transaction():
            notices.tell(unknown, about, county_id=COUNTY, at=noon())
        assert db.session.query(Notice).count() == 0


def test_a_title_has_room_on_a_phone():
    Words("二" * 20, "", "")

    with pytest.raises(AssertionError):
        Words("二" * 21, "", "")
