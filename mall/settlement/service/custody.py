"""Which account at the bank is the county's: named by two people, or by the bank itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, texts
from app.kernel.db import db, locked
from app.kernel.secrets import vault
from app.register import trust
from mall.merchants.accounts import PURPOSE
from mall.settlement.errors import (
    AccountOfAnotherCounty,
    AccountsDiffer,
    NoCustodyAccount,
    OtherAccount,
)
from mall.settlement.models import CustodyAccount, StatementSource


def enter_account(
    *, county_id: int, account: str, entered_by: UUID, at: datetime
) -> CustodyAccount:
    """Type the custody account's number from the contract; in force when a second person does.

    Raises:
        AccountOfAnotherCounty: another county has it.
        AccountsDiffer: it is not what the first person typed, who may type it anew.
        SamePerson, SameHousehold, Related: the second person is not beside the first.
    """
    number = texts.number(account)
    index = vault().index(number, PURPOSE)
    row = _locked_row(county_id, at)
    _refuse_of_another(county_id, index)
    if row.typed_by in {None, entered_by} or row.proposed_index is None:
        row.proposed_index, row.proposed_tail = index, number[-4:]
        row.typed_by = entered_by
        _trace("settlement.propose_account", row, entered_by, at)
        return row
    assert row.typed_by is not None, "asked above"
    trust.beside([row.typed_by], entered_by, at=at)
    if row.proposed_index != index:
        raise AccountsDiffer()
    row.account_index, row.account_tail, row.seen_at = index, number[-4:], at
    row.typed_again_by, row.proposed_index, row.proposed_tail = entered_by, None, None
    _trace("settlement.enter_account", row, entered_by, at)
    return row


def custody_account(county_id: int) -> CustodyAccount | None:
    """The county's account, or what one person typed of it."""
    return db.session.get(CustodyAccount, county_id)


def lock_custody_account(
    county_id: int, account: str, source: StatementSource, at: datetime
) -> None:
    """Refuse the statement of another account; imports of one county take turns here.

    The bank's own channel names the account if nobody has. Raises as ``import_statement`` says.
    """
    number = texts.number(account)
    index = vault().index(number, PURPOSE)
    row = _locked_row(county_id, at)
    if row.account_index is None:
        _refuse_of_another(county_id, index)
        if source is not StatementSource.BANK:
            raise NoCustodyAccount()
        row.account_index, row.account_tail, row.seen_at = index, number[-4:], at
        db.session.flush()
    elif row.account_index != index:
        raise OtherAccount(tail=row.account_tail)


def _refuse_of_another(county_id: int, index: bytes) -> None:
    owner = select(CustodyAccount.county_id).where(CustodyAccount.account_index == index)
    if db.session.scalar(owner) not in {None, county_id}:
        raise AccountOfAnotherCounty()


def _locked_row(county_id: int, at: datetime) -> CustodyAccount:
    db.session.execute(
        insert(CustodyAccount).values(county_id=county_id, seen_at=at).on_conflict_do_nothing()
    )
    return db.session.scalars(
        locked(select(CustodyAccount).where(CustodyAccount.county_id == county_id))
    ).one()


def _trace(action: str, row: CustodyAccount, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=row.county_id,
        actor_id=actor_id,
        subject=("custody_account", str(row.county_id)),
        at=at,
        tail=row.proposed_tail or row.account_tail,
    )
