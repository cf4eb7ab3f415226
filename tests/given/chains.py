"""A village's waste on its way: a cart, a room, a truck and a plant, and who works there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from app.kernel import clock
from app.kernel.db import transaction
from app.register.assets import registering
from app.register.assets.models import AssetKind, AssetState
from app.register.assets.streams import Stream
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.sorting.inspections.models import Grade
from app.sorting.inspections.service import Seen
from app.waste.collection import handing_over
from app.waste.collection.handing_over import Amount, Collected, Collection, Line, Passed
from app.waste.collection.models import Handover, Side
from tests.given.factories import Family, Village
from tests.given.inspections import evidence

HERE = {"lat_e6": 30_747_600, "lon_e6": 120_783_100}


def at(text: str) -> datetime:
    """``"06:40"`` of 1 June 2026 in China, or ``"2 06:40"`` of the second."""
    day, _, time = text.rpartition(" ")
    hour, minute = map(int, time.split(":"))
    return datetime(2026, 6, int(day or 1), hour, minute, tzinfo=clock.CALENDAR)


@dataclass(frozen=True)
class Chain:
    """The things and people of one village's way, and how they record."""

    app: object
    village: Village
    family: Family
    cart: UUID
    room: UUID
    truck: UUID
    plant: UUID
    collector: Caller
    haulier: Caller
    operator: Caller

    def collect(self, *lines: Line, by: Caller | None = None, when: datetime, **more) -> Collection:
        """The collector takes these of the family, of grade A unless said."""
        known = {"grade": Grade.A, "wrong_kinds": (), "phone_time": when} | {
            name: more.pop(name) for name in ("grade", "wrong_kinds", "phone_time") if name in more
        }
        received = more.pop("received", when)
        kinds = [kind for line in lines if (kind := (line.offered_as or line.stream).kind)]
        collected = Collected(
            pair_id=more.pop("pair_id", None) or uuid4(),
            household_id=more.pop("household_id", self.family.id),
            to_asset_id=self.cart,
            lines=lines,
            seen=Seen(kinds=kinds, **known),
            photo=evidence() if known["grade"] else None,
            **more,
        )
        with self.app.app_context(), transaction():
            return handing_over.collect(collected=collected, by=by or self.collector, at=received)

    def passed(
        self, source: UUID, to: UUID, grams: int | None, when: datetime, by: Caller, **more
    ) -> Handover:
        """One side of a leg, by default the giver's, typed and emptying."""
        how = {"how": more.pop("how")} if "how" in more else {}
        received = more.pop("received", when)
        facts = {
            "pair_id": uuid4(),
            "side": Side.GIVEN,
            "stream": Stream.KITCHEN,
            "empties": True,
            "phone_time": when,
            "photo": evidence(),
        } | more
        with self.app.app_context(), transaction():
            return handing_over.hand_over(
                passed=Passed(
                    from_asset_id=source, to_asset_id=to, amount=Amount(grams, **how), **facts
                ),
                by=by,
                at=received,
            )


@pytest.fixture
def chain(app, given, noon) -> Chain:
    village = given.village()
    given.budget(village, 1_000)
    admin = given.caller(Role.COUNTY_ADMIN, village.county_region_id)

    def asset(kind: AssetKind, number: str, region_id: UUID, **facts) -> UUID:
        known = registering.Facts(kind.name_in_chinese, region_id, **HERE, **facts)
        with app.app_context(), transaction():
            made = registering.enter(kind=kind, number=number, facts=known, by=admin, at=noon())
            registering.move(
                asset_id=made.id, state=AssetState.PLACED, reason="启用", by=admin, at=noon()
            )
            return made.id

    return Chain(
        app=app,
        village=village,
        family=given.household(village=village),
        cart=asset(AssetKind.VEHICLE, "C1", village.id, plate="前进1"),
        room=asset(AssetKind.TRANSFER_ROOM, "R1", village.id),
        truck=asset(AssetKind.VEHICLE, "V1", village.county_region_id, plate="浙F12345"),
        plant=asset(AssetKind.PLANT, "P1", village.county_region_id),
        collector=given.caller(Role.COLLECTOR, village.id),
        haulier=given.caller(Role.HAULIER, village.county_region_id),
        operator=given.caller(Role.TREATMENT_OPERATOR, village.county_region_id),
    )
