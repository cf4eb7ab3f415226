"""The household's bin and its label, a blank label, and a roll of bags."""

from app.kernel.db import transaction
from app.register.assets import bags, labelling, registering
from app.register.assets.models import AssetKind
from app.register.assets.streams import Stream
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from tests.access.world.ground import Ground, number


def furnish(ground: Ground) -> dict[str, object]:
    at, village = ground.clock(), ground.village
    admin_id = ground.given.user(ground.county_id)
    admin = Caller(
        admin_id, ground.county_id, grants=(Grant(Role.COUNTY_ADMIN, village.county_region_id),)
    )
    facts = registering.Facts("厨余桶", village.group_id, household_id=ground.family.id)
    with ground.app.app_context(), transaction():
        made = [
            registering.enter(
                kind=AssetKind.BIN, number=f"N{number()}", facts=facts, by=admin, at=at
            ).id
            for _ in range(2)
        ]
        sheet = labelling.print_labels(kind=AssetKind.BIN, count=2, by=admin, at=at)
        labelling.attach(
            text=sheet.codes[0], asset_id=made[0], instead_because=None, by=admin, at=at
        )
        order = bags.order(rolls=1, bags=1, stream=Stream.KITCHEN, by=admin, at=at)
    return {
        "asset_id": made[0],
        "unlabelled_id": made[1],
        "sheet_id": sheet.id,
        "label_code": sheet.codes[0],
        "blank_code": sheet.codes[1],
        "bag_order_id": order.id,
        "roll_id": order.rolls[0].id,
    }
