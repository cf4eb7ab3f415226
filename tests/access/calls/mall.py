"""Buying: at the counter, by the shop's code, by card, as an order, as a voucher."""

from typing import Any

from tests.access.calls.call import LONG, Call, about, file, lists, once, same
from tests.access.world import Around
from tests.access.world.mall import PIN, PROXY, VOUCHER

_MONTH = same(**{"from": "2026-06-01", "to": "2026-06-30"})
_OWN_COUNTER = ("merchants.own_counter",)  # the world's own shop is kept by its own household
_ASKED = "UPDATE pending_payments SET user_id = :caller WHERE id = :pending_id"


def _household(around: Around) -> dict[str, Any]:
    return {"household_id": around.household_id}


def _basket(around: Around) -> dict[str, Any]:
    return {"shop_id": around.shop_id, "lines": [{"offer_id": around.offer_id, "count": 1}]}


def _line(around: Around) -> dict[str, Any]:
    return {"order_id": around.order_id, "line_id": around.order_line_id}


def _card(around: Around) -> dict[str, Any]:
    return {"card": around.card_number, "shop_id": around.shop_id}


_COUNTER: dict[str, Call] = {
    "pending_payments.confirm": about("pending_id", made_by_caller=_ASKED, reached=_OWN_COUNTER),
    "pending_payments.decline": about("pending_id", made_by_caller=_ASKED),
    "pending_payments.pending_payment": about("pending_id", made_by_caller=_ASKED),
    "redemptions.code": about("redemption_id"),
    "redemptions.slip": about("redemption_id"),
    "redemptions.void": about("redemption_id", same(reason="wrong_amount")),
    "shop_codes.pay": Call(json=lambda a: {"code": a.shop_code, "points": 1}, reached=_OWN_COUNTER),
    "shop_codes.price": Call(json=lambda a: {"code": a.shop_code, "price_fen": 1}),
    "shop_counters.code": about("shop_id"),
    "shop_counters.day": about("shop_id"),
    "shop_counters.renew_code": about("shop_id"),
}

_CARDS: dict[str, Call] = {
    "cards.block": about("card_id"),
    "cards.card_settings": once(),
    "cards.cards": lists("card_id"),
    "cards.current": once(),
    "cards.hand_over": Call(
        json=lambda a: {
            "card": a.card_number,
            "pin": PIN,
            "pin_again": PIN,
            "member_id": a.head_id,
            "document": "id_card",
        }
    ),
    "cards.presented": Call(json=_card),
    "cards.print_sheet": Call(json=lambda a: {"household_ids": [a.household_id]}),
    "cards.redeem": Call(json=lambda a: _card(a) | {"pin": PIN, "points": 1, "proxy_id": None}),
    "cards.set_settings": once(json=same(payment_points_max=100, day_points_max=200)),
    "cards.uses": Call(query=_household),
    "proxies.end_proxy": about("proxy_id"),
    "proxies.name_proxy": once(json=lambda _: PROXY),
    "proxies.name_proxy_in_person": Call(
        json=lambda a: PROXY | _household(a) | {"document": "id_card"}
    ),
    "proxies.of_household": Call(query=_household),
}

_ORDERS: dict[str, Call] = {
    "orders.answer": Call(path=_line, json=same(is_wanted=True)),
    "orders.cancel": about("order_id"),
    "orders.order": about("order_id"),
    "orders.orders": lists("order_id"),
    "orders.place": Call(
        json=lambda a: _basket(a) | {"way": "pick_up", "points": 300}, reached=_OWN_COUNTER
    ),
    "orders.price": Call(json=_basket),
    "orders.show_code": about("order_id"),
    "shop_orders.depart": about("order_id"),
    "shop_orders.hand_over": about("order_id", same(code="12345678")),
    "shop_orders.make_ready": about("order_id"),
    "shop_orders.offer_substitute": Call(
        path=_line, json=lambda a: {"offer_id": a.offer_id, "count": 1}
    ),
    "shop_orders.prepare": about("order_id"),
    "shop_orders.refund": about(
        "order_id", lambda a: {"line_id": a.order_line_id, "count": 1, "reason": "坏了"}
    ),
    "shop_orders.refuse": about("order_id", same(reason="没有货了")),
    "shops.shop_orders": about("shop_id"),
}

_VOUCHERS: dict[str, Call] = {
    "voucher_claims.claims": lists("claim_id"),
    "voucher_claims.confirm": about("claim_id", same(digest="0" * 64), name="proposed_id"),
    "voucher_claims.propose": about("claim_id", same(outcome="refused", note="平台说没有坏")),
    "voucher_claims.send_back": about("claim_id", name="proposed_id"),
    "voucher_office.batches": about("kind_id", shows=lambda a: a.batch_id, query=LONG),
    "voucher_office.change_kind": about("kind_id", lambda _: VOUCHER),
    "voucher_office.enter_kind": Call(
        json=lambda a: VOUCHER | {"platform_id": a.platform_id, "name": "新券"}
    ),
    "voucher_office.enter_platform": Call(json=lambda a: {"shop_id": a.shop_id, "name": "新平台"}),
    "voucher_office.export_sales": about("platform_id", query=_MONTH),
    "voucher_office.import_batch": about("kind_id", form=lambda _: {"file": file()}),
    "voucher_office.platforms": lists("platform_id"),
    "voucher_office.stock": lists("kind_id"),
    "voucher_office.withdraw_kind": about("kind_id"),
    "vouchers.bought": lists("voucher_id"),
    "vouchers.buy": Call(
        json=lambda a: {"kind_id": str(a.kind_id), "points": 1}, reached=_OWN_COUNTER
    ),
    "vouchers.claim": about("purchase_id", same(reason="用不了"), name="voucher_id"),
    "vouchers.kinds": lists("kind_id"),
    "vouchers.note_use": about("purchase_id", name="voucher_id"),
    "vouchers.take_note_back": about("purchase_id", name="voucher_id"),
    "vouchers.view": about("purchase_id", name="voucher_id"),
}

CALLS: dict[str, Call] = _COUNTER | _CARDS | _ORDERS | _VOUCHERS
