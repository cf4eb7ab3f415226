"""The books: how the money stands, how it moved, and every account, transfer and seal."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from app.kernel import clock
from app.points import ledger
from app.register.identity.roles import Role
from app.web.auth import caller, requires
from miniprogram_api.points.books_bodies import (
    AccountListOut,
    AccountsArgs,
    FlowsArgs,
    FlowsOut,
    LedgerSealListOut,
    SealsArgs,
    SummaryOut,
    TransferListOut,
    TransfersArgs,
)
from overviews.money import summary as overviews
from overviews.money.owners import names_of
from overviews.money.sheets import XLSX, flows_sheet

bp = Blueprint("books", __name__, description="账本")
READERS = (Role.FINANCE, Role.COUNTY_ADMIN, Role.AUDITOR)
LAST_DAYS = timedelta(days=29)


@bp.get("/summary")
@requires(*READERS)
@bp.response(200, SummaryOut)
def summary() -> overviews.Summary:
    """What the bank holds, who owns it, what moved today, and the newest seal."""
    return overviews.summary(caller().county_id, at=clock.now())


@bp.get("/flows")
@requires(*READERS)
@bp.arguments(FlowsArgs, location="query")
@bp.response(200, FlowsOut)
def flows(args: dict[str, Any]) -> dict[str, Any] | Response:
    """What was issued, spent, cashed and expired on each day, as JSON or as a workbook."""
    last: date = args["to_on"] or clock.day_of(clock.now())
    first: date = args["from_on"] or last - LAST_DAYS
    days = overviews.flows(caller().county_id, first=first, last=last)
    if args["format"] == "xlsx":
        return Response(flows_sheet(days), content_type=XLSX)
    return {"items": days}


@bp.get("/accounts")
@requires(Role.AUDITOR)
@bp.arguments(AccountsArgs, location="query")
@bp.response(200, AccountListOut)
def accounts(args: dict[str, Any]) -> dict[str, Any]:
    """The county's accounts in the order of their numbers, each with its owner's name."""
    rows = ledger.auditing.accounts(caller().county_id, **args)
    names = names_of(row.owner for row in rows)
    return {
        "items": [vars(row) | {"name": _named(names, row.owner)} for row in rows],
        "next": rows[-1].id if len(rows) == args["limit"] else None,
    }


@bp.get("/transfers")
@requires(Role.AUDITOR)
@bp.arguments(TransfersArgs, location="query")
@bp.response(200, TransferListOut)
def transfers(args: dict[str, Any]) -> dict[str, Any]:
    """The county's transfers, newest first, with both sides, balances after, and the seal."""
    before, limit = args.pop("before"), args.pop("limit")
    rows = ledger.auditing.transfers(
        caller().county_id, ledger.auditing.Wish(**args), before=before, limit=limit
    )
    names = names_of(side.owner for row in rows for side in (row.debit, row.credit))
    return {
        "items": [_transfer(row, names) for row in rows],
        "next": rows[-1].id if len(rows) == limit else None,
    }


@bp.get("/seals")
@requires(Role.AUDITOR)
@bp.arguments(SealsArgs, location="query")
@bp.response(200, LedgerSealListOut)
def seals(args: dict[str, Any]) -> dict[str, Any]:
    """The seals over transfers, newest first, to be compared with copies that were handed out."""
    rows = ledger.auditing.seals(caller().county_id, **args)
    return {"items": rows, "next": rows[-1].number if len(rows) == args["limit"] else None}


def _transfer(row: ledger.auditing.TransferRow, names: dict[UUID, str]) -> dict[str, Any]:
    sides = {
        name: vars(side) | {"name": _named(names, side.owner)}
        for name, side in (("debit", row.debit), ("credit", row.credit))
    }
    return vars(row) | {"decided_at": row.decided_at} | sides


def _named(names: dict[UUID, str], owner: UUID | None) -> str | None:
    return names.get(owner) if owner is not None else None
