"""A cart, a room and a plant of the village; what was handed over, and what two sides say apart."""

from io import BytesIO
from uuid import UUID, uuid4

from app.kernel.db import transaction
from app.register.assets import registering
from app.register.assets.models import AssetKind
from app.register.assets.streams import Stream
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from app.waste.collection.handing_over import Amount, Passed, hand_over
from app.waste.collection.models import Side
from tests.access.world.ground import Ground, number, picture


def furnish(ground: Ground) -> dict[str, object]:
    cart = _asset(ground, AssetKind.VEHICLE, plate=f"车{number()}")
    room, plant = _asset(ground, AssetKind.TRANSFER_ROOM), _asset(ground, AssetKind.PLANT)
    collector, operator = (
        _caller(ground, role) for role in (Role.COLLECTOR, Role.TREATMENT_OPERATOR)
    )
    pair_id = uuid4()
    _passed(ground, collector, Side.GIVEN, (room, plant), 100_000, pair_id)
    return {
        "cart_id": cart,
        "room_id": room,
        "handover_id": _passed(ground, collector, Side.TAKEN, (cart, room), 90_000, uuid4()),
        "differing_id": _passed(ground, operator, Side.TAKEN, (room, plant), 50_000, pair_id),
    }


def _asset(ground: Ground, kind: AssetKind, **more: str) -> UUID:
    admin = _caller(ground, Role.VILLAGE_ADMIN)
    facts = registering.Facts(kind.name_in_chinese, ground.village.id, **more)
    with ground.app.app_context(), transaction():
        return registering.enter(
            kind=kind, number=f"A{number()}", facts=facts, by=admin, at=ground.clock()
        ).id


def _passed(
    ground: Ground, by: Caller, side: Side, ends: tuple[UUID, UUID], grams: int, pair_id: UUID
) -> UUID:
    passed = Passed(
        pair_id=pair_id,
        side=side,
        stream=Stream.KITCHEN,
        from_asset_id=ends[0],
        to_asset_id=ends[1],
        amount=Amount(grams),
        photo=BytesIO(picture()),
    )
    with ground.app.app_context(), transaction():
        return hand_over(passed=passed, by=by, at=ground.clock()).id


def _caller(ground: Ground, role: Role) -> Caller:
    grants = (Grant(role, ground.village.id),)
    return Caller(ground.given.user(ground.county_id), ground.county_id, grants=grants)
