"""What the mall adds: vouchers, orders, the shop's printed code, the card and its proxies."""

import re
from datetime import date
from io import BytesIO
from uuid import UUID, uuid4

from app.kernel.db import transaction
from app.register.identity.roles import Role
from mall.merchants import shops
from mall.merchants.models import ShopKind
from mall.vouchers import kinds
from tests.access.world.ground import Around, Ground, number, phone, sent
from tests.given.proposals import agree

VOUCHER = {
    "name": "购物券",
    "value": "抵 1 分",
    "market_price_fen": 1,
    "points_price": 1,
    "last_on": "2026-12-31",
}
PIN = "258036"
PROXY = {
    "name": "小王",
    "phone": "19900009997",
    "first_on": "2026-06-01",
    "last_on": "2026-06-30",
    "day_points_max": 100,
}
_CARD_NUMBER = re.compile(r"\b\d{3} \d{3} \d{3}\b")


def furnish(ground: Ground, around: Around) -> dict[str, object]:
    return {
        **_vouchers(ground, around),
        **_order(ground, around),
        **_card(ground, around),
        "shop_code": _shop_code(ground, around),
        "pending_id": _pending(ground, around),
    }


def _kind_id(ground: Ground, platform_id: str) -> UUID:
    """A kind of voucher, past the second person whom it needs."""
    by = ground.given.user(ground.county_id)
    with ground.app.app_context(), transaction():
        return kinds.enter_kind(
            county_id=ground.county_id,
            platform_id=UUID(platform_id),
            facts=kinds.Facts(**VOUCHER | {"last_on": date(2026, 12, 31)}),
            entered_by=by,
            at=ground.clock(),
        ).id


def _make_a_mall(ground: Ground, shop_id: UUID) -> None:
    """Past the second person whom it needs."""
    by = ground.given.user(ground.county_id)
    with ground.app.app_context(), transaction():
        shops.set_kind(
            county_id=ground.county_id,
            shop_id=shop_id,
            kind=ShopKind.MALL,
            by=by,
            at=ground.clock(),
        )


def _vouchers(ground: Ground, around: Around) -> dict[str, object]:
    """A platform at the shop, a kind of voucher, and three that the household bought."""
    admin, resident = ground.admin, ground.resident
    _make_a_mall(ground, UUID(str(around.shop_id)))
    platform = {"shop_id": around.shop_id, "name": f"{number()}号平台"}
    platform_id = sent(admin, "vouchers/platforms", platform)["id"]
    kind_id = _kind_id(ground, platform_id)
    lines = "".join(f"\nCODE{around.shop_id[-6:]}{n}" for n in range(6))
    importer = ground.of_county(Role.COUNTY_ADMIN)  # who judges no claim of these codes
    batch = importer.post(
        f"/api/v1/vouchers/kinds/{kind_id}/batches",
        data={"file": (BytesIO(f"券码{lines}".encode()), "codes.csv")},
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert batch.status_code == 200, batch.json
    agreed = agree(ground.finance, batch.json["proposal_id"])
    assert agreed.status_code == 200, agreed.json
    purchase = {"kind_id": str(kind_id), "points": 1}
    bought = [sent(resident, "vouchers/purchases", purchase)["id"] for _ in range(3)]
    claims = []
    for one in bought[1:]:
        sent(resident, f"vouchers/purchases/{one}/claim", {"reason": "用不了"})
        open_ones = admin.get("/api/v1/vouchers/claims?limit=100").json["items"]
        claims += [claim["id"] for claim in open_ones if claim["purchase_id"] == one]
    sent(admin, f"vouchers/claims/{claims[1]}/proposal", {"outcome": "refused", "note": "没坏"})
    return {
        "platform_id": platform_id,
        "kind_id": kind_id,
        "batch_id": batch.json["batch_id"],
        "voucher_id": bought[0],
        "claim_id": claims[0],
        "proposed_id": claims[1],
    }


def _order(ground: Ground, around: Around) -> dict[str, object]:
    """An order of the household that nobody has touched."""
    body = {
        "shop_id": around.shop_id,
        "lines": [{"offer_id": around.offer_id, "count": 1}],
        "way": "pick_up",
        "points": 300,
    }
    order = sent(ground.resident, "orders", body)
    return {"order_id": order["id"], "order_line_id": order["lines"][0]["id"]}


def _card(ground: Ground, around: Around) -> dict[str, object]:
    """A printed card, and somebody who may buy with it."""
    _, admin = ground.of_village(Role.VILLAGE_ADMIN)
    sheet = admin.post("/api/v1/cards/sheets", json={"household_ids": [around.household_id]})
    assert sheet.status_code == 200, sheet.json
    card = _CARD_NUMBER.search(sheet.text)
    assert card is not None, "a sheet shows the card's number"
    (listed,) = [
        one
        for one in admin.get("/api/v1/cards?limit=100").json["items"]
        if one["household_id"] == around.household_id
    ]
    return {
        "card_id": listed["id"],
        "card_number": card[0].replace(" ", ""),
        "head_id": str(ground.family.head_id),
        "proxy_id": sent(ground.resident, "proxies", PROXY | {"phone": phone()})["id"],
    }


def _shop_code(ground: Ground, around: Around) -> str:
    made = sent(ground.admin, f"shops/{around.shop_id}/code")
    return made["code"]


def _pending(ground: Ground, around: Around) -> str:
    """A payment that waits for a yes on a phone of the household."""
    ground.given.points(ground.family, 5_001, county_id=ground.county_id)
    phone_of_another = ground.given.resident(ground.family, ground.county_id)
    owner = ground.given.staff(Role.MERCHANT, UUID(around.merchant_id), ground.county_id)
    code = sent(phone_of_another, "pay-codes")["code"]
    asked = owner.post(
        "/api/v1/redemptions",
        json={"code": code, "points": 5_001},
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert asked.status_code == 202, asked.json
    return asked.json["id"]
