"""What owners of merchants are told."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _payee_changed(details: Mapping[str, Any]) -> Words:
    return Words(
        title="有人要改收款账户",
        sentence=f"{details['what']}。不是店主本人要改的，请马上到“待办”里叫停，三天之内都可以",
        hint="不对就马上叫停",
    )


def _owner_proposed(details: Mapping[str, Any]) -> Words:
    return Words(
        title="有人要给店里加店主",
        sentence=f"{details['what']}。店主同意了才算数，不认识这个人请不要同意",
        hint="请到待办核对",
    )


def _merchant_suspended(details: Mapping[str, Any]) -> Words:
    return Words(
        title="商户被暂停了",
        sentence=f"{details['name']}被县里暂停，暂时不能收积分，也不能提现。不清楚原因请联系县管理员",
        hint="暂停收积分和提现",
    )


# Details: what, a few words with the last four digits of both accounts
PAYEE_CHANGED = notice_kind("payee_changed", _payee_changed, protects=True)
# Details: what, a few words
OWNER_PROPOSED = notice_kind("owner_proposed", _owner_proposed, protects=True, about="proposal")
# Details: name, of the merchant
MERCHANT_SUSPENDED = notice_kind("merchant_suspended", _merchant_suspended, about="merchant")
