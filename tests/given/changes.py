"""Households that are split and merged, by people who ask and people who agree."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.agreements.life import service
from app.agreements.life.service import Moving
from app.agreements.proposals import Proposal
from app.agreements.proposals import jobs as proposals
from app.agreements.proposals import service as deciding
from app.kernel.db import db, transaction
from app.kernel.errors import DomainError
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.points import ledger
from app.register.households.life import Seen
from app.register.households.models import Household, Member
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from operations.domains import questions
from tests.given.factories import COUNTY, Family, Given, Village
from tests.given.rosters import id_number


@dataclass
class Registrar:
    """A clerk of a village and an administrator of its town, and what they do together."""

    app: object
    given: Given
    noon: object
    village: Village
    clerk: Caller
    above: Caller
    serial: int = 100

    def member(self, family: Family, name: str = "王小红", *, is_known: bool = True) -> UUID:
        """Another member of the household, and whether their ID number is known."""
        self.serial += 1
        number = id_number(self.serial)
        with self.app.app_context(), transaction():
            member = Member(
                id=uuid7(self.noon()),
                county_id=COUNTY,
                household_id=family.id,
                name=name,
                id_number_sealed=vault().seal(number, "id_number") if is_known else None,
                id_number_index=vault().index(number, "id_number") if is_known else None,
                is_head=False,
                is_party_member=False,
                created_at=self.noon(),
            )
            db.session.add(member)
            return member.id

    def people(self, family: Family, count: int) -> None:
        with self.app.app_context(), transaction():
            db.session.get_one(Household, family.id).member_count = count

    def moving(self, people: int, head: UUID, **more) -> Moving:
        fields = {"group_id": self.village.group_id, "door_number": "88号", **more}
        return Moving(people=people, member_ids=[head], head=head, **fields)

    def split(self, family: Family, moving: Moving):
        return service.split(
            household_id=family.id,
            moving=moving,
            document=Seen.SEPARATION,
            by=self.clerk,
            at=self.noon(),
        )

    def merge(self, family: Family, into: Family):
        return service.merge(
            household_id=family.id,
            into_id=into.id,
            document=Seen.HOUSEHOLD_REGISTER,
            by=self.clerk,
            at=self.noon(),
        )

    def preview(self, command, *arguments):
        """The sentences by area, and the codes of what must be done first."""
        with self.app.app_context(), transaction():
            asked = command(*arguments)
            found = service.preview(asked, by=self.clerk, at=self.noon())
        return (
            [(line.area, line.text) for line in found.lines],
            [(one.code, one.details) for one in found.blocks],
        )

    def ask(self, command, *arguments) -> UUID:
        """Ask for it; returns the proposal."""
        with self.app.app_context(), transaction():
            return service.ask(command(*arguments), by=self.clerk, at=self.noon()).id

    def agree(self, proposal_id: UUID, by: Caller | None = None) -> Proposal:
        with self.app.app_context(), transaction():
            row = db.session.get_one(Proposal, (COUNTY, proposal_id))
            done = deciding.approve(
                proposal_id=row.id, digest=row.digest, by=by or self.above, at=self.noon()
            )
            return done.proposal

    def wait(self, **delta) -> None:
        """Let time pass, and the sweep do what is due."""
        self.noon.move(**delta)
        with self.app.app_context():
            proposals.begin_coming()

    def done(self, command, *arguments) -> UUID:
        """Asked for, agreed to and done; returns the other household."""
        proposal_id = self.ask(command, *arguments)
        self.agree(proposal_id)
        self.wait(days=4)
        row = self.row(proposal_id)
        assert row.done_at is not None, row.reason
        return UUID(row.content["other_id"])

    def row(self, proposal_id: UUID) -> Proposal:
        with self.app.app_context():
            row = db.session.get_one(Proposal, (COUNTY, proposal_id))
            db.session.expunge(row)
            return row

    def buckets(self, household_id: UUID) -> dict:
        """What the household has, by last day."""
        with self.app.app_context():
            day = self.noon().date()
            found = ledger.free_accounts(COUNTY, household_id, day=day)
            return {one.expires_on: one.free for one in found}

    def home(self, household_id: UUID) -> Household:
        with self.app.app_context():
            row = db.session.get_one(Household, household_id)
            db.session.expunge(row)
            return row

    def names(self, household_id: UUID) -> list[tuple[str, bool]]:
        """Who lives there, and who is the head."""
        with self.app.app_context():
            rows = db.session.execute(
                select(Member.name, Member.is_head)
                .where(Member.household_id == household_id, Member.left_on.is_(None))
                .order_by(Member.is_head.desc(), Member.id)
            )
            return [(name, is_head) for name, is_head in rows]


@pytest.fixture
def registrar(app, given, noon) -> Registrar:
    village = given.village()
    return Registrar(
        app,
        given,
        noon,
        village,
        _official(given, Role.VILLAGE_ADMIN, village.id),
        _official(given, Role.TOWN_ADMIN, village.town_id),
    )


def _official(given: Given, role: Role, place_id: UUID) -> Caller:
    user_id = given.user()
    given.grant(user_id, role, place_id)
    return Caller(user_id, COUNTY, grants=(Grant(role, place_id),))


def lies(app) -> list[str]:
    """What the questions about households and carried points find."""
    asked = [
        "carried_points_are_of_a_change_or_follow_one",
        "nobody_passes_on_more_than_they_owe",
        "a_debt_moved_by_a_change_of_both",
        "who_lives_has_one_head_and_a_place",
        "nobody_lives_in_two_households",
        "who_ended_has_nobody_left",
        "a_change_of_a_household_is_on_the_trace",
        "a_reversal_moved_what_it_says",
        "a_repayment_moved_what_it_says",
    ]
    with app.app_context():
        return [
            (name, *row) for name in asked for row in db.session.execute(text(questions()[name]))
        ]


def code_of(run) -> str:
    with pytest.raises(DomainError) as refused:
        run()
    return refused.value.code
