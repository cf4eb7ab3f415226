"""Cards of households that live without a phone, and the office that prints them."""

import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel.db import db
from app.register.cards import printing
from app.register.cards.models import Card, CardState, CardStep
from app.register.identity.roles import Role
from mall.cards.models import CardUse
from tests.given.factories import Family
from tests.given.http import post
from tests.given.proposals import agree

PIN = "730512"
QR = re.compile(r"FENC1\.[0-9A-Za-z]{24}")


@dataclass(frozen=True)
class Paper:
    """A printed card in somebody's hand."""

    qr: str
    number: str


class Office:
    """Prints cards and hands them over."""

    def __init__(self, app, given, noon, monkeypatch) -> None:
        self._app, self._given, self._noon = app, given, noon
        self._drawn: list[Paper] = []
        original = printing.tokens.new_token

        def draw():
            token = original()
            self._drawn.append(Paper(token.qr, token.number))
            return token

        monkeypatch.setattr(printing.tokens, "new_token", draw)
        self._admins: dict[UUID, FlaskClient] = {}
        self._printers: dict[UUID, FlaskClient] = {}

    def admin(self, family: Family) -> FlaskClient:
        """The client of the administrator of the household's village."""
        village = family.village.id
        if village not in self._admins:
            self._admins[village] = self._given.staff(Role.VILLAGE_ADMIN, village)
        return self._admins[village]

    def printer(self, family: Family) -> FlaskClient:
        """The client of the household's group leader, who prints, and stands by."""
        group = family.village.group_id
        if group not in self._printers:
            self._printers[group] = self._given.staff(Role.GROUP_LEADER, group)
        return self._printers[group]

    def sheet(self, client: FlaskClient, **body):
        return client.post("/api/v1/cards/sheets", json=body)

    def printed(self, family: Family) -> Paper:
        answer = self.sheet(self.printer(family), household_ids=[str(family.id)])
        assert answer.status_code == 200, answer.json
        return self._drawn[-1]

    def hand_over(self, family: Family, paper: Paper, pin: str = PIN, **changes):
        """Somebody takes the PIN, and the group leader who stands there agrees."""
        answer = self.proposed(family, paper, pin, **changes)
        if answer.status_code != 202:
            return answer
        return agree(self.printer(family), answer.json["id"])

    def proposed(self, family: Family, paper: Paper, pin: str = PIN, **changes):
        body = {
            "card": paper.qr,
            "pin": pin,
            "pin_again": pin,
            "member_id": str(family.head_id),
            "document": "id_card",
        }
        client = changes.pop("client", None) or self.admin(family)
        return client.post("/api/v1/cards/handovers", json=body | changes)

    def active(self, family: Family) -> Paper:
        """A card that pays with ``PIN``, handed over so long ago that it has cooled off."""
        self._noon.move(days=-7)
        paper = self.printed(family)
        answer = self.hand_over(family, paper)
        assert answer.status_code == 200, answer.json
        self._noon.move(days=7)
        return paper

    def card(self, paper: Paper) -> Card:
        with self._app.app_context():
            return db.session.scalars(select(Card).where(Card.number == paper.number)).one()

    def state(self, paper: Paper) -> CardState:
        return self.card(paper).state

    def steps(self, paper: Paper) -> list[tuple]:
        with self._app.app_context():
            rows = db.session.scalars(
                select(CardStep)
                .where(CardStep.card_id == self.card(paper).id)
                .order_by(CardStep.ordinal)
            )
            return [(row.state.value, row.reason and row.reason.value) for row in rows]

    def uses(self) -> list[CardUse]:
        with self._app.app_context():
            return list(db.session.scalars(select(CardUse).order_by(CardUse.id)))


@pytest.fixture
def office(app, given, noon, monkeypatch):
    return Office(app, given, noon, monkeypatch)


def named(client, path="proxies", **changes):
    body = {
        "name": "王小红",
        "phone": "13900001111",
        "first_on": "2026-06-01",
        "last_on": "2026-06-30",
        "day_points_max": 500,
    }
    return post(client, path, body | changes)
