"""Merchants and their shops: applying, serving, goods on shelves, and what looks odd."""

from typing import Any

from tests.access.calls.call import STAFF, Call, about, file, lists, once, photo, same
from tests.access.world import ACCOUNT, PAYEE, Around, licence

_APPLICATION = "UPDATE merchant_applications SET applied_by = :caller WHERE id = :application_id"
_MONTH = same(**{"from": "2026-06-01", "to": "2026-06-30"})
_TODAY = {"since": "2026-06-01T00:00:00Z", "until": "2026-06-02T00:00:00Z"}
_PRICE = {"market_price_fen": 350, "points_price": 300}
_NEWCOMER = {"name": "新商户", "licence_number": licence()}


def _facts(around: Around) -> dict[str, Any]:
    return {"category_id": around.category_id, "name": "透明皂", "unit": "块"}


def _of_merchant(around: Around) -> dict[str, Any]:
    return {"merchant_id": around.merchant_id}


_GOODS: dict[str, Call] = {
    "catalogue.add_category": once(json=same(name="新分类")),
    "catalogue.categories": lists("category_id", query=same()),
    "catalogue.offer_detail": about("offer_id"),
    "catalogue.offers_of_goods": about("goods_id"),
    "catalogue.offers": lists("offer_id"),
    "catalogue.photo": about("photo_id", name="goods_photo_id"),
    "catalogue.price_rises": lists("goods_id", query=same(**_TODAY, limit=100)),
    "catalogue.remove_category": about("category_id"),
    "goods.add_photo": about("goods_id", form=lambda _: {"photo": photo()}),
    "goods.change_goods": about("goods_id", _facts),
    "goods.enter_goods": Call(json=lambda a: _facts(a) | _PRICE | _of_merchant(a)),
    "goods.goods": lists("goods_id"),
    "goods.goods_detail": about("goods_id"),
    "goods.list_goods": about("goods_id"),
    "goods.offer": Call(path=lambda a: {"goods_id": a.goods_id, "shop_id": a.shop_id}, json=same()),
    "goods.price_changes": about("goods_id"),
    "goods.remove_photo": Call(
        path=lambda a: {"goods_id": a.goods_id, "photo_id": a.goods_photo_id}
    ),
    "goods.reprice": about("goods_id", same(**_PRICE)),
    "goods.withdraw_goods": about("goods_id"),
    "goods_files.export": Call(query=_of_merchant),
    "goods_files.import_goods": Call(form=lambda a: _of_merchant(a) | {"file": file()}),
    "goods_files.template": once(),
    "shelves.count_stock": Call(
        path=lambda a: {"shop_id": a.shop_id, "offer_id": a.offer_id}, json=same(stock=3)
    ),
    "shelves.shelf": about("shop_id"),
}

CALLS: dict[str, Call] = _GOODS | {
    "merchant_applications.apply": once(
        json=same(**PAYEE, **_NEWCOMER, contact_phone="19900009998")
    ),
    "merchant_applications.approve": about("application_id", made_by_caller=_APPLICATION),
    "merchant_applications.contact_phone": about("application_id"),
    "merchant_applications.merchant_applications": lists("application_id"),
    "merchant_applications.own_applications": lists("application_id", made_by_caller=_APPLICATION),
    "merchant_applications.reject": about(
        "application_id", same(reason="照片不清楚"), made_by_caller=_APPLICATION
    ),
    "merchant_visits.merchant_visits": Call(
        query=lambda a: {"licence_number": a.seen_licence}, shows=lambda a: a.merchant_visit_id
    ),
    "merchant_visits.photo": about("visit_id", name="merchant_visit_id"),
    "merchant_visits.visit": once(
        form=lambda _: {
            "licence_number": licence(),
            "latitude": "30.4",
            "longitude": "119.9",
            "photo": photo(),
        }
    ),
    "merchants.change_payee": about("merchant_id", same(**PAYEE)),
    "merchants.merchants": lists("merchant_id"),
    "merchants.own": lists("merchant_id"),
    "merchants.name_owner": about("merchant_id", STAFF),
    "merchants.register": once(json=same(**PAYEE, **_NEWCOMER)),
    "merchants.reinstate": about("merchant_id"),
    "merchants.suspend": about("merchant_id"),
    "merchants.verify_payee": about("merchant_id", same(payee_account=ACCOUNT)),
    "near_shops.near": lists("shop_id"),
    "near_shops.set_kind": about("shop_id", same(kind="counter")),
    "near_shops.set_place": about("shop_id", same(address="村口")),
    "near_shops.set_times": about("shop_id", same(week=[], closed_on=[])),
    "redemptions.price": Call(json=lambda a: {"price_fen": 100, "shop_id": a.shop_id}),
    "redemptions.redeem": Call(
        json=lambda a: {"code": a.pay_code, "points": 1, "shop_id": a.shop_id},
        reached=("merchants.own_counter",),
    ),
    "risk_flags.flags": lists("flag_id"),
    "risk_flags.judge": about("flag_id", same(is_confirmed=False, note="核对过了")),
    "shop_statements.statement": about("shop_id", query=_MONTH),
    "shops.account": about("shop_id"),
    "shops.change_shop": about("shop_id", same(is_open=False)),
    "shops.clerks": about("shop_id"),
    "shops.dismiss_clerk": Call(path=lambda a: {"shop_id": a.shop_id, "user_id": a.clerk_id}),
    "shops.name_clerk": about("shop_id", STAFF),
    "shops.open_shop": Call(
        json=lambda a: {
            "merchant_id": a.merchant_id,
            "village_id": str(a.village.id),
            "name": "新店",
            "address": "村口",
        },
    ),
    "shops.redemptions": about("shop_id"),
    "shops.running": Call(path=lambda a: {"shop_id": a.shop_id}, shows=lambda a: a.running_id),
    "shops.shops": lists("shop_id", query=same()),
}
