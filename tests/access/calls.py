"""How each endpoint is called about an object, and how its answer tells that the caller got it.

An endpoint that is not listed here fails the test of the access matrix: whoever adds a route says
here how it reaches somebody's object, and in ``matrix.csv`` who may.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from tests import pictures
from tests.access.world import ACCOUNT, VOUCHER, Around

Body = Callable[[Around], dict[str, Any]]


def _nothing(_: Around) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Call:
    """One request about what lies at one distance.

    A call that shows objects names one with ``shows``: it is granted when the answer holds it. Any
    other call is granted unless it is answered 401, 403 or 404. ``is_same_everywhere``: the call
    names no object, so it is made once.
    """

    path: Body = _nothing
    json: Body | None = None
    form: Body | None = None
    query: Body = _nothing
    shows: Callable[[Around], object] | None = None
    is_same_everywhere: bool = False
    reached: tuple[str, ...] = ()  # refusals of what there is not, to a caller who may ask for it


def _photo() -> tuple[BytesIO, str]:
    return BytesIO(pictures.photo(9_000)), "p.jpg"


def _file() -> tuple[BytesIO, str]:
    return BytesIO(b"not what it should be"), "f.csv"


def _of(name: str, key: str) -> Body:
    return lambda around: {key: getattr(around, name)}


def _about(key: str, json: Body | None = None, name: str | None = None, **more: Any) -> Call:
    """A call with the object's id in its path."""
    return Call(path=_of(name or key, key), json=json, **more)


def _lists(name: str, **more: Any) -> Call:
    """A list that may hold the object."""
    return Call(shows=lambda around: getattr(around, name), **more)


def _once(**more: Any) -> Call:
    return Call(is_same_everywhere=True, **more)


def _same(**body: Any) -> Body:
    return lambda _: body


_STAFF = {"phone": "19900009999", "name": "新人"}
_MONTH = _same(**{"from": "2026-06-01", "to": "2026-06-30"})
_PAYEE = {"payee_name": "李家小卖部", "payee_account": ACCOUNT, "payee_bank": "分分县农村信用社"}

_NO_STATEMENT = "settlement.statement_not_found"
_NO_FILES = "bank.takes_no_files"

CALLS: dict[str, Call] = {
    "allotments.allotments": _lists("allotment_id"),
    "allotments.approve": _about("allotment_id"),
    "allotments.decline": _about("allotment_id"),
    "allotments.propose": Call(
        json=lambda a: {"village_id": str(a.village.id), "amount_fen": 1},
    ),
    "awards.awards": _lists("award_id"),
    "bank.notify": _once(json=_same(payment_id=uuid4().hex)),
    "bank_statements.import_statement": _once(form=lambda _: {"file": _file()}),
    "bindings.bind_by_phone": _once(json=_same(code="no-such-code")),
    "bindings.bind_in_person": Call(
        json=lambda a: {
            "code": "000000",
            "household_id": str(a.family.id),
            "member_name": "王小明",
            "document": "id_card",
        },
    ),
    "bindings.end_binding": _about("binding_id"),
    "bindings.issue_code": _once(),
    "budgets.budgets": Call(shows=lambda a: a.village.id),
    "cash_outs.ask": Call(json=lambda a: {"amount_fen": 1, "shop_id": a.shop_id}),
    "cash_outs.ask_again": _about("cash_out_id"),
    "cash_outs.cash_out": _about("cash_out_id"),
    "cash_outs.cash_outs": _lists("cash_out_id"),
    "cash_outs.decline": _about("cash_out_id", json=_same(reason="账户不对")),
    "cash_outs.release": _about("cash_out_id"),
    "checks.record_check": Call(
        form=lambda a: {"household_id": str(a.family.id), "grade": "a", "photo": _photo()},
    ),
    "health.healthz": _once(),
    "health.metrics": _once(),
    "health.readyz": _once(),
    "households.household": Call(path=lambda a: {"household_id": a.family.id}),
    "households.households": Call(shows=lambda a: a.family.id),
    "liaison.assigned_households": Call(shows=lambda a: a.family.id),
    "me.me": _once(),
    "merchants.change_payee": _about("merchant_id", json=lambda _: _PAYEE),
    "merchants.merchants": _lists("merchant_id"),
    "merchants.name_owner": _about("merchant_id", json=lambda _: _STAFF),
    "merchants.register": _once(
        json=lambda _: _PAYEE | {"name": "新商户", "licence_number": "91990101MA99999999"},
    ),
    "merchants.reinstate": _about("merchant_id"),
    "merchants.suspend": _about("merchant_id"),
    "merchants.verify_payee": _about("merchant_id", json=_same(payee_account=ACCOUNT)),
    "notices.agree": _once(json=_same(template_ids=["t-1"])),
    "notices.board": _lists("notice_id"),
    "notices.board_on_paper": _once(),
    "notices.notices": _lists("notice_id"),
    "notices.tell_in_person": _about("notice_id"),
    "notices.templates": _once(),
    "pay_codes.current": _once(reached=("redemption.code_not_found",)),
    "pay_codes.issue": _once(),
    "payment_batches.export": _once(reached=(_NO_FILES,)),
    "payment_batches.exported": _once(),
    "payment_batches.file": _once(
        path=lambda _: {"batch_id": UUID(int=0)}, reached=("bank.batch_not_found",)
    ),
    "payment_batches.import_results": _once(form=lambda _: {"file": _file()}, reached=(_NO_FILES,)),
    "payment_batches.quarantine": _once(),
    "photos.photo": _about("photo_id"),
    "points.points": _once(),
    "points.receipt": _about("transfer_id"),
    "points.taken_back": _once(),
    "points.transfers": _lists("transfer_id"),
    "reconciliations.close": _once(
        path=_same(on="2026-05-31"), json=_same(notes=[]), reached=(_NO_STATEMENT,)
    ),
    "reconciliations.of_day": _once(path=_same(on="2026-05-31"), reached=(_NO_STATEMENT,)),
    "reconciliations.open_days": _once(),
    "redemptions.redeem": Call(
        json=lambda a: {"code": a.pay_code, "points": 1, "shop_id": a.shop_id},
    ),
    "redemptions.redemptions": _lists("redemption_id"),
    "regions.add_region": Call(
        json=lambda a: {"parent_id": str(a.village.id), "name": "新组"},
    ),
    "regions.counties": _once(),
    "regions.regions": Call(shows=lambda a: a.village.id),
    "reversals.confirm": _about("reversal_id"),
    "reversals.decline": _about("reversal_id"),
    "reversals.propose": Call(
        json=lambda a: {"subject": "award", "subject_id": a.award_id, "reason": "照片不是自家的"},
    ),
    "reversals.requests": _lists("reversal_id"),
    "risk_flags.flags": _lists("flag_id"),
    "risk_flags.judge": _about("flag_id", json=_same(is_confirmed=False, note="核对过了")),
    "role_grants.grant_role": Call(
        json=lambda a: _STAFF | {"role": "collector", "place_id": str(a.village.id)},
    ),
    "role_grants.revoke_role": _about("grant_id"),
    "role_grants.role_grants": _lists("grant_id", query=_same(limit=100)),
    "rosters.import_roster": _once(form=lambda _: {"file": _file(), "dry_run": "true"}),
    "rosters.template": _once(),
    "self_checks.queue": _lists("self_check_id"),
    "self_checks.review": _about("self_check_id", json=_same(verdict="approve")),
    "self_checks.self_check": _about("self_check_id"),
    "self_checks.self_checks": _lists("self_check_id"),
    "self_checks.submit": _once(form=lambda _: {"photo": _photo()}),
    "session.sign_in": _once(json=_same(code="no-such-code")),
    "session.sign_out": _once(),
    "shop_statements.statement": _about("shop_id", query=_MONTH),
    "shops.account": _about("shop_id"),
    "shops.change_shop": _about("shop_id", json=_same(is_open=False)),
    "shops.dismiss_clerk": Call(path=lambda a: {"shop_id": a.shop_id, "user_id": a.clerk_id}),
    "shops.name_clerk": _about("shop_id", json=lambda _: _STAFF),
    "shops.open_shop": Call(
        json=lambda a: {
            "merchant_id": a.merchant_id,
            "village_id": str(a.village.id),
            "name": "新店",
            "address": "村口",
        },
    ),
    "shops.redemptions": _about("shop_id"),
    "shops.shops": _lists("shop_id"),
    "voucher_claims.claims": _lists("claim_id", query=_same(limit=100)),
    "voucher_claims.confirm": _about("claim_id", name="proposed_id"),
    "voucher_claims.propose": _about(
        "claim_id", json=_same(outcome="refused", note="平台说没有坏")
    ),
    "voucher_claims.send_back": _about("claim_id", name="proposed_id"),
    "voucher_office.batches": _about("kind_id", shows=lambda a: a.batch_id),
    "voucher_office.change_kind": _about("kind_id", json=lambda _: VOUCHER),
    "voucher_office.enter_kind": Call(
        json=lambda a: VOUCHER | {"platform_id": a.platform_id, "name": "新券"},
    ),
    "voucher_office.enter_platform": Call(
        json=lambda a: {"shop_id": a.shop_id, "name": "新平台"},
    ),
    "voucher_office.export_sales": _about("platform_id", query=_MONTH),
    "voucher_office.import_batch": _about("kind_id", form=lambda _: {"file": _file()}),
    "voucher_office.platforms": _lists("platform_id", query=_same(limit=100)),
    "voucher_office.stock": _lists("kind_id", query=_same(limit=100)),
    "voucher_office.withdraw_kind": _about("kind_id"),
    "vouchers.bought": _lists("voucher_id"),
    "vouchers.buy": Call(json=lambda a: {"kind_id": a.kind_id, "points": 1}),
    "vouchers.claim": _about("purchase_id", json=_same(reason="用不了"), name="voucher_id"),
    "vouchers.kinds": _lists("kind_id"),
    "vouchers.note_use": _about("purchase_id", name="voucher_id"),
    "vouchers.take_note_back": _about("purchase_id", name="voucher_id"),
    "vouchers.view": _about("purchase_id", name="voucher_id"),
}
