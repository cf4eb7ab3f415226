"""A merchant with a shop: who serves there, what it sells, what it took and asks to be paid."""

from io import BytesIO
from uuid import UUID

from sqlalchemy import select

from app import outside
from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.points import ledger
from app.register.identity.roles import Role
from mall.catalogue.models import GoodsPhoto
from mall.merchants import visits
from mall.merchants.models import IS_NEW_FOR, Merchant
from mall.risk import RiskFlag, RiskReason, RiskState
from tests.access.world.ground import ACCOUNT, PAYEE, Ground, licence, number, phone, picture, sent
from tests.given.uploads import upload
from tests.given.visits import stood_before


def furnish(ground: Ground) -> dict[str, object]:
    merchant_id, shop_id = _shop(ground)
    seen_licence = licence()
    owner = ground.given.staff(Role.MERCHANT, UUID(merchant_id), ground.county_id)
    code = sent(ground.resident, "pay-codes")["code"]
    redemption_id = sent(owner, "redemptions", {"code": code, "points": 100})["id"]
    reversal = {
        "subject": "redemption",
        "subject_id": redemption_id,
        "reason": "店里没有货了",
    }
    clerk = {"phone": phone(), "name": "店员"}
    return {
        "merchant_id": merchant_id,
        "shop_id": shop_id,
        "clerk_id": sent(ground.admin, f"shops/{shop_id}/clerks", clerk)["user_id"],
        "application_id": _application(ground),
        "seen_licence": seen_licence,
        "merchant_visit_id": _visit(ground, seen_licence),
        "pay_code": sent(ground.resident, "pay-codes")["code"],
        "redemption_id": redemption_id,
        "transfer_id": _redemption_transfer(ground),
        "reversal_id": sent(ground.admin, "reversals", reversal)["id"],
        "cash_out_id": sent(owner, "cash-outs", {"amount_fen": 30})["id"],
        "flag_id": _flag(ground, shop_id),
        **_goods(ground, owner, merchant_id, shop_id),
    }


def _shop(ground: Ground) -> tuple[str, str]:
    """A shop in the village, of a merchant whose account is verified."""
    n, licence_number = number(), licence()
    body = PAYEE | {"name": f"{n}号商户", "licence_number": licence_number}
    merchant_id = sent(ground.admin, "merchants", body)["id"]
    _visit(ground, licence_number)
    verified = {"payee_account": ACCOUNT}
    sent(ground.finance, f"merchants/{merchant_id}/payee/verification", verified)
    with ground.app.app_context(), transaction():
        # A month ago: what is new is not paid yet.
        db.session.get_one(Merchant, UUID(merchant_id)).first_verified_at -= IS_NEW_FOR
    shop = {"merchant_id": merchant_id, "village_id": str(ground.village.id), "name": f"{n}号店"}
    return merchant_id, sent(ground.admin, "shops", shop | {"address": "村口"})["id"]


def _visit(ground: Ground, licence_number: str) -> UUID:
    """Somebody has stood before the shop, and has shown it."""
    at = ground.clock()
    visit_id = stood_before(ground.app, ground.given, at, licence_number, ground.county_id)
    with ground.app.app_context():
        outside.photos().put(visits.file_key(visit_id), BytesIO(picture()))
    return visit_id


def _application(ground: Ground) -> str:
    """Of somebody who would like to be a merchant."""
    body = {"name": f"{number()}号小店", "licence_number": licence(), "contact_phone": phone()}
    return sent(ground.given.visitor(ground.county_id), "merchant-applications", PAYEE | body)["id"]


def _goods(ground: Ground, owner, merchant_id: str, shop_id: str) -> dict[str, object]:
    """Goods with a picture, on sale, whose price rose."""
    category = sent(ground.admin, "catalogue/categories", {"name": f"{number()}类"})
    body = {
        "merchant_id": merchant_id,
        "category_id": category["id"],
        "name": f"{number()}号肥皂",
        "unit": "块",
        "market_price_fen": 350,
        "points_price": 300,
    }
    goods_id = sent(owner, "goods", body)["id"]
    raised = {"market_price_fen": 400, "points_price": 300}
    sent(owner, f"goods/{goods_id}/price", raised, "PUT")
    sent(owner, f"goods/{goods_id}/listing")
    offer_id = sent(owner, f"goods/{goods_id}/offers/{shop_id}", {}, "PUT")["id"]
    sent(owner, f"shops/{shop_id}/offers/{offer_id}/stock", {"stock": 5}, "PUT")
    assert upload(owner, f"/api/v1/goods/{goods_id}/photos", picture()).status_code == 201
    with ground.app.app_context():
        query = select(GoodsPhoto.id).where(GoodsPhoto.goods_id == goods_id)
        photo_id = db.session.scalars(query).one()
    return {
        "category_id": category["id"],
        "goods_id": goods_id,
        "offer_id": offer_id,
        "goods_photo_id": photo_id,
    }


def _flag(ground: Ground, shop_id: str) -> UUID:
    at = ground.clock()
    flag_id = uuid7(at)
    ground.add(
        RiskFlag(
            county_id=ground.county_id,
            id=flag_id,
            shop_id=UUID(shop_id),
            reason=RiskReason.MANY_VOIDS,
            figures={"count": 20, "voids": 5},
            state=RiskState.OPEN,
            raised_at=at,
            seen_at=at,
        )
    )
    return flag_id


def _redemption_transfer(ground: Ground) -> str:
    of_family = {"kind": ledger.AccountKind.HOUSEHOLD, "owner": ground.family.id, "limit": 20}
    with ground.app.app_context():
        entries = ledger.history(ground.county_id, **of_family)
        return next(str(e.id) for e in entries if e.kind is ledger.TransferKind.REDEMPTION)
