"""The statement of a shop's account: what was there, every movement, what is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import instant_of
from app.kernel.units import yuan_text
from app.points import ledger
from mall.campaigns import queries as campaigns
from mall.campaigns.queries import ShownSubsidy
from mall.merchants.models import Merchant, Shop
from mall.settlement.errors import PeriodTooLong

DAYS_MAX = 93

_K = ledger.TransferKind
WORDS: Mapping[ledger.TransferKind, str] = MappingProxyType(
    {
        _K.REDEMPTION: "村民兑换",
        _K.ORDER: "村民订单",
        _K.ORDER_REFUND: "订单退款",
        _K.VOID: "撤销兑换",
        _K.CASH_OUT: "提现",
        _K.PAYOUT_RETURN: "提现退回",
        _K.REVERSAL: "更正",
        _K.SUBSIDY: "活动补贴",
        _K.SUBSIDY_RETURN: "退回活动补贴",
        _K.VOUCHER: "村民买券",
        _K.VOUCHER_RETURN: "坏券退分",
    }
)
# Of these the reference is the purchase itself, as subsidies name it.
_PURCHASES = frozenset({_K.REDEMPTION, _K.ORDER})


@dataclass(frozen=True)
class Movement:
    """One movement on the account, in fen; what came in is positive."""

    id: UUID
    at: datetime
    kind: ledger.TransferKind
    amount_fen: int
    balance_fen: int  # after it
    subsidy: ShownSubsidy | None  # of the purchase, when a campaign paid a part of it

    @property
    def words(self) -> str:
        """What it was, for people."""
        plain = WORDS.get(self.kind, self.kind.value)
        if self.subsidy is None:
            return plain
        if self.kind in _PURCHASES:
            return f"{plain}，原价 {yuan_text(self.subsidy.market_price_fen)} 元"
        return f"{plain}，{self.subsidy.funder_name}出资"

    @property
    def market_price_fen(self) -> int | None:
        return self.subsidy.market_price_fen if self.subsidy else None

    @property
    def funder_name(self) -> str | None:
        return self.subsidy.funder_name if self.subsidy else None


@dataclass(frozen=True)
class ShopStatement:
    """A period of a shop's account. Opening + movements = closing, always."""

    shop_name: str
    merchant_name: str
    from_on: date
    to_on: date  # included
    opening_fen: int
    movements: tuple[Movement, ...]
    made_at: datetime

    @property
    def in_fen(self) -> int:
        return sum(m.amount_fen for m in self.movements if m.amount_fen > 0)

    @property
    def out_fen(self) -> int:
        return -sum(m.amount_fen for m in self.movements if m.amount_fen < 0)

    @property
    def closing_fen(self) -> int:
        return self.movements[-1].balance_fen if self.movements else self.opening_fen


def shop_statement(shop: Shop, *, from_on: date, to_on: date, at: datetime) -> ShopStatement:
    """The account of a shop from the first day to the last, both included.

    Raises:
        PeriodTooLong: the days are too many, or in the wrong order.
    """
    if not from_on <= to_on < from_on + timedelta(days=DAYS_MAX):
        raise PeriodTooLong(days=DAYS_MAX)
    period = ledger.movements(
        shop.county_id,
        ledger.shop(shop.id),
        since=clock.day_start(from_on),
        until=clock.day_end(to_on),
    )
    merchant_name = db.session.scalars(
        select(Merchant.name).where(Merchant.id == shop.merchant_id)
    ).one()
    purchases = {entry.id: _purchase(entry) for entry in period.entries}
    paid = campaigns.subsidies(shop.county_id, {name for name in purchases.values() if name})
    balance_fen, movements = period.opening, []
    for entry in period.entries:
        balance_fen += entry.amount
        movements.append(
            Movement(
                entry.id,
                instant_of(entry.id),
                entry.kind,
                entry.amount,
                balance_fen,
                paid.get(purchases[entry.id] or ""),
            )
        )
    return ShopStatement(
        shop.name, merchant_name, from_on, to_on, period.opening, tuple(movements), at
    )


def _purchase(entry: ledger.Entry) -> str | None:
    """The purchase of which the movement is a part, as subsidies name it."""
    if entry.kind is ledger.TransferKind.SUBSIDY:
        return entry.reference.removesuffix(":subsidy")
    if entry.kind is ledger.TransferKind.SUBSIDY_RETURN:
        return entry.reference.partition(":subsidy_return:")[0]
    return entry.reference if entry.kind in _PURCHASES else None
