"""The names of accounts, and of the ways in which an amount may move."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class AccountKind(StrEnum):
    HOUSEHOLD = "household"  # points a household can spend, by their last day
    SHOP = "shop"  # what a shop has earned and not yet cashed
    RECYCLER = "recycler"  # prepaid by a recycling company
    SUBSIDY = "subsidy"  # by funder
    VILLAGE_BUDGET = "village_budget"  # allotted; awards come from here
    EXPIRED = "expired"  # on its way from households back to the reserve
    RESERVE = "reserve"  # funded, not yet allotted
    PAYOUT_IN_FLIGHT = "payout_in_flight"  # the bank has paid, its statement has not shown it yet
    CUSTODY = "custody"  # mirrors the county's account at the bank; negative by the sign rule


class TransferKind(StrEnum):
    """Why an amount moves. ledger.flows in the database lists between which accounts it may."""

    FUNDING = "funding"
    ALLOTMENT = "allotment"
    AWARD = "award"
    REDEMPTION = "redemption"
    ORDER = "order"  # held when it is placed, moved when it is handed over
    ORDER_REFUND = "order_refund"
    VOID = "void"
    CASH_OUT = "cash_out"
    PAYOUT = "payout"
    PAYOUT_RETURN = "payout_return"
    EXPIRY = "expiry"
    RECLAIM = "reclaim"  # what expired becomes the county's to allot again
    REVERSAL = "reversal"
    REPAYMENT = "repayment"  # an award pays off what its household owes
    SUBSIDY_FUNDING = "subsidy_funding"  # money of the reserve for a funder's campaigns
    SUBSIDY = "subsidy"  # the funder's part of a purchase
    SUBSIDY_RETURN = "subsidy_return"  # the purchase was taken back
    VOUCHER = "voucher"  # a household buys a voucher of a platform, which is paid at its shop
    VOUCHER_RETURN = "voucher_return"  # the voucher did not work
    SUBSIDY_RECLAIM = "subsidy_reclaim"  # what campaigns left returns to the reserve
    PREPAYMENT = "prepayment"  # a recycling company's deposit becomes its own to buy with
    PROLONGING = "prolonging"  # what came back to a household after its last day has another one
    CARRY = "carry"  # points of a household become another's, with their last day
    SALE = "sale"  # recyclables become points that never expire


@dataclass(frozen=True)
class Account:
    """An account by what it is for; it is opened at its first use."""

    kind: AccountKind
    owner: UUID | None = None
    expires_on: date | None = None  # the last day on which a household may spend it


def custody() -> Account:
    return Account(AccountKind.CUSTODY)


def reserve() -> Account:
    return Account(AccountKind.RESERVE)


def expired() -> Account:
    return Account(AccountKind.EXPIRED)


def payout_in_flight() -> Account:
    return Account(AccountKind.PAYOUT_IN_FLIGHT)


def village_budget(village_id: UUID) -> Account:
    return Account(AccountKind.VILLAGE_BUDGET, village_id)


def household(household_id: UUID, expires_on: date | None = None) -> Account:
    """The household's points with this last day; those without one never expire."""
    return Account(AccountKind.HOUSEHOLD, household_id, expires_on)


def subsidy(funder_id: UUID) -> Account:
    return Account(AccountKind.SUBSIDY, funder_id)


def shop(shop_id: UUID) -> Account:
    return Account(AccountKind.SHOP, shop_id)


def recycler(recycler_id: UUID) -> Account:
    return Account(AccountKind.RECYCLER, recycler_id)
