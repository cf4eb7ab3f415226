"""Random lives of a village: whatever happens to its households, no point and nobody is lost.

``make lives`` lives through three hundred of them; the suite through a few.
"""

import os
from collections import Counter
from datetime import date
from itertools import count
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.errors import DomainError
from app.kernel.ids import uuid7
from app.kernel.lists import Wanted
from app.points import ledger
from app.points.carried.service import follow
from app.register.households import queries
from app.register.households.life import Change, ChangeKind, Seen, carry_out
from app.register.households.life.queries import succeeded
from app.register.households.models import Household, HouseholdState, Member
from operations.domains import questions
from tests.given.factories import COUNTY
from tests.given.ledger import SHOP

HISTORIES = int(os.environ.get("LIVES", "3"))
STEPS = 30
LAST_DAYS = (date(2027, 3, 31), date(2028, 3, 31), None)
MUST_HOLD = (
    "who_lives_has_one_head_and_a_place",
    "nobody_lives_in_two_households",
    "who_ended_has_nobody_left",
    "carried_points_are_of_a_change_or_follow_one",
    "a_change_of_a_household_is_on_the_trace",
)


class Village:
    """A village of a few households, and the total of its points by last day."""

    def __init__(self, given, noon, random: Random) -> None:
        self.given, self.noon, self.random = given, noon, random
        self.village = given.village()
        self.clerk, self.above = given.user(), given.user()
        self.number = count(1)
        self.total = Counter[date | None]()
        for _ in range(5):
            family = given.household(village=self.village)
            self.someone(family.id)
        given.budget(self.village, 100_000)

    def living(self) -> list[Household]:
        rows = select(Household).where(
            Household.village_id == self.village.id, Household.state == HouseholdState.LIVING
        )
        return list(db.session.scalars(rows.order_by(Household.id)))

    def ended(self) -> list[UUID]:
        rows = select(Household.id).where(
            Household.village_id == self.village.id, Household.state == HouseholdState.CLOSED
        )
        return list(db.session.scalars(rows.order_by(Household.id)))

    def members(self, home: Household) -> list[Member]:
        rows = select(Member).where(Member.household_id == home.id, Member.left_on.is_(None))
        return list(db.session.scalars(rows.order_by(Member.is_head.desc(), Member.id)))

    def someone(self, household_id: UUID) -> None:
        """Another grown-up moves in, of whom an ID number is known."""
        with self.given._work():
            mark = uuid7(self.noon()).bytes
            db.session.add(
                Member(
                    id=uuid7(self.noon()),
                    county_id=COUNTY,
                    household_id=household_id,
                    name="王小红",
                    id_number_sealed=mark,
                    id_number_index=mark,
                    is_head=False,
                    is_party_member=False,
                    created_at=self.noon(),
                )
            )

    def change(self, kind: ChangeKind, home: Household, other: UUID | None = None, **facts) -> None:
        of_two = kind in {ChangeKind.SPLIT, ChangeKind.MERGE}
        carry_out(
            Change(
                county_id=COUNTY,
                id=uuid7(self.noon()),
                kind=kind,
                household_id=home.id,
                other_id=other,
                facts=facts,
                document=Seen.HOUSEHOLD_REGISTER,
                asked_by=self.clerk,
                agreed_by=self.above if of_two else None,
                at=self.noon(),
            )
        )

    # What may happen ------------------------------------------------------------------------

    def birth(self, home: Household) -> None:
        self.change(ChangeKind.BIRTH, home)

    def death(self, home: Household) -> None:
        self.change(
            ChangeKind.DEATH, home, member_id=str(self.random.choice(self.members(home)).id)
        )

    def move(self, home: Household) -> None:
        self.change(
            ChangeKind.MOVE,
            home,
            group_id=str(self.village.group_id),
            door_number=f"{next(self.number)}号",
            from_on=clock.day_of(self.noon()).isoformat(),
        )

    def split(self, home: Household) -> None:
        people, of = self.random.randint(1, 3), home.member_count
        mover = str(self.random.choice(self.members(home)).id)
        self.change(
            ChangeKind.SPLIT,
            home,
            uuid7(self.noon()),
            people=people,
            people_before=of,
            members=[mover],
            head_id=mover,
            group_id=str(home.group_id),
            door_number=self.random.choice([home.door_number, f"{next(self.number)}号"]),
            share={"earned": people, "sale": self.random.randint(0, of), "of": of},
        )

    def merge(self, home: Household) -> None:
        self.change(ChangeKind.MERGE, home, self.random.choice(self.living()).id)

    def award(self, home: Household) -> None:
        """Also to one that has ended: what it did before is decided late."""
        ended = self.ended()
        to = self.random.choice(ended) if ended and self.random.random() < 0.3 else home.id
        day, points = self.random.choice(LAST_DAYS), self.random.randint(1, 99)
        ledger.post(
            county_id=COUNTY,
            reference=f"award:{uuid7(self.noon())}",
            decided_at=self.noon(),
            kind=ledger.TransferKind.AWARD,
            debit=ledger.village_budget(self.village.id),
            credit=ledger.household(to, day),
            amount=points,
        )
        self.total[day] += points

    def buy(self, home: Household) -> None:
        before = self.points()
        ledger.spend(
            county_id=COUNTY,
            household_id=home.id,
            reference=f"redemption:{uuid7(self.noon())}",
            decided_at=self.noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(SHOP),
            amount=self.random.randint(1, 60),
        )
        self.total += self.points()
        self.total -= before

    def expire(self, _: Household) -> None:
        """The first last day passes."""
        self.noon.move(days=310)
        ledger.expire(county_id=COUNTY, day=clock.day_of(self.noon()), after=0, limit=500)
        self.total[LAST_DAYS[0]] = 0

    # What must hold -------------------------------------------------------------------------

    def points(self) -> Counter[date | None]:
        rows = db.session.execute(
            text("""
                SELECT a.expires_on, sum(b.posted) FROM ledger.accounts a
                  JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
                  JOIN households h ON h.id = a.owner
                 WHERE a.kind = 'household' AND h.village_id = :village GROUP BY 1
            """),
            {"village": self.village.id},
        )
        return Counter({day: int(points) for day, points in rows if points})

    def nothing_is_lost(self) -> None:
        assert self.points() == +self.total
        living = {home.id for home in self.living()}
        listed = {row.id for row in queries.households([self.village.id], Wanted(limit=100))}
        assert living == listed, "every household is reachable"

    def follow(self) -> None:
        for county_id, household_id in succeeded():
            follow(county_id=county_id, household_id=household_id, at=self.noon())
        ended = [household for _, household in succeeded()]
        day = clock.day_of(self.noon())
        assert ledger.households_with_points(COUNTY, ended, day=day) == set()


@pytest.mark.timeout(3600)
def test_random_lives_lose_no_point_and_nobody(app, given, noon):
    done = Counter[str]()
    for seed in range(HISTORIES):
        random = Random(seed)
        village = Village(given, noon, random)
        happens = [village.birth, village.death, village.move, village.split, village.split]
        happens += [village.merge, village.award, village.award, village.award, village.buy]
        for step in range(STEPS):
            noon.move(seconds=1)
            happening = village.expire if step == STEPS - 5 else random.choice(happens)
            try:
                with app.app_context(), transaction():
                    happening(random.choice(village.living()))
                done[happening.__name__] += 1
            except DomainError:
                pass  # it is shown below that it changed nothing
            with app.app_context():
                village.nothing_is_lost()
        with app.app_context(), transaction():
            village.follow()
            village.nothing_is_lost()
            for name in MUST_HOLD:
                assert db.session.execute(text(questions()[name])).all() == [], (seed, name)
        noon.move(days=-310)

    assert set(done) == {"birth", "death", "move", "split", "merge", "award", "buy", "expire"}
