"""How a county's money stands: what the bank holds equals what everybody owns of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.kernel import clock
from app.points import ledger

_KIND = ledger.AccountKind
# Who owns the money in custody, in the order in which the screen shows it.
_PARTS = (
    (_KIND.RESERVE, "县里留着"),
    (_KIND.VILLAGE_BUDGET, "各村预算"),
    (_KIND.HOUSEHOLD, "住户手里的积分"),
    (_KIND.SHOP, "商户应得"),
    (_KIND.PAYOUT_IN_FLIGHT, "正在付"),
    (_KIND.SUBSIDY, "补贴"),
    (_KIND.RECYCLER, "回收公司预付"),
    (_KIND.EXPIRED, "到期待收回"),
)
_MOVE = ledger.TransferKind
_ISSUED = (_MOVE.AWARD, _MOVE.SALE)
_SPENT = (_MOVE.REDEMPTION, _MOVE.ORDER, _MOVE.VOUCHER)
_BACK = (_MOVE.VOID, _MOVE.ORDER_REFUND, _MOVE.VOUCHER_RETURN)


@dataclass(frozen=True)
class Part:
    """What one kind of owner has of the money, in fen."""

    kind: ledger.AccountKind
    words: str
    amount_fen: int
    held_fen: int
    accounts: int


@dataclass(frozen=True)
class Summary:
    """The balance sheet of this moment."""

    at: datetime
    custody_fen: int
    parts: Sequence[Part]
    seal: ledger.auditing.SealRow | None
    today: "DayOfMoney"

    @property
    def is_balanced(self) -> bool:
        return self.custody_fen == sum(part.amount_fen for part in self.parts)


@dataclass(frozen=True)
class DayOfMoney:
    """What moved on a day, in fen."""

    on: date
    issued_fen: int = 0  # awards and sales: households got it
    spent_fen: int = 0  # at shops, less what went back on the day
    cashed_fen: int = 0  # shops asked for it
    expired_fen: int = 0
    funded_fen: int = 0
    allotted_fen: int = 0


def summary(county_id: int, *, at: datetime) -> Summary:
    """How the money stands now, in three queries."""
    totals = ledger.auditing.totals(county_id)
    seals = ledger.auditing.seals(county_id, before=None, limit=1)
    today = clock.day_of(at)
    return Summary(
        at=at,
        custody_fen=-totals[_KIND.CUSTODY].posted,  # negative by the sign rule
        parts=[
            Part(kind, words, totals[kind].posted, totals[kind].held, totals[kind].accounts)
            for kind, words in _PARTS
        ],
        seal=seals[0] if seals else None,
        today=flows(county_id, first=today, last=today)[0],
    )


def flows(county_id: int, *, first: date, last: date) -> list[DayOfMoney]:
    """What moved on each day from the first to the last, both included; in one query."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    moved: dict[date, dict[ledger.TransferKind, int]] = {day: {} for day in days}
    for flow in ledger.auditing.flows(county_id, days):
        moved[flow.on][flow.kind] = flow.amount
    return [_day(day, moved[day]) for day in days]


def _day(on: date, moved: dict[ledger.TransferKind, int]) -> DayOfMoney:
    def of(*kinds: ledger.TransferKind) -> int:
        return sum(moved.get(kind, 0) for kind in kinds)

    return DayOfMoney(
        on=on,
        issued_fen=of(*_ISSUED),
        spent_fen=of(*_SPENT) - of(*_BACK),
        cashed_fen=of(_MOVE.CASH_OUT),
        expired_fen=of(_MOVE.EXPIRY),
        funded_fen=of(_MOVE.FUNDING),
        allotted_fen=of(_MOVE.ALLOTMENT),
    )
