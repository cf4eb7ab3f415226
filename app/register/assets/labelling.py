"""Blank labels, printed by the sheet and attached in the field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.kernel import audit
from app.kernel.db import db, savepoint
from app.kernel.ids import uuid7
from app.register.assets import codes
from app.register.assets.errors import CodeUnknown, LabelAttached, LabelEnded
from app.register.assets.models import (
    Asset,
    AssetKind,
    Label,
    LabelEnd,
    LabelState,
    Medium,
)
from app.register.assets.registering import REGISTRARS, asset_of
from app.register.identity.caller import Caller
from app.register.identity.roles import Role

SHEET_LABELS_MAX = 240  # ten pages of twenty-four
# Whoever stands before the thing with a sticker in the hand.
ATTACHERS = (*REGISTRARS, Role.GROUP_LEADER, Role.BOOTH_KEEPER, Role.COLLECTOR, Role.HAULIER)


@dataclass(frozen=True)
class Sheet:
    """Labels that were made together, to be printed as often as needed."""

    id: UUID
    codes: Sequence[str]

    @property
    def count(self) -> int:
        return len(self.codes)


def print_labels(*, kind: AssetKind, count: int, by: Caller, at: datetime) -> Sheet:
    """Make so many blank labels for things of a kind."""
    sheet_id = uuid7(at)
    made = [codes.new_code(kind.letter) for _ in range(count)]
    rows = [_blank(by.county_id, code, Medium.QR, at) | {"sheet_id": sheet_id} for code in made]
    db.session.execute(insert(Label), rows)
    audit.record(
        "labels.print",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("label_sheet", sheet_id),
        at=at,
        count=count,
        kind=kind.value,
    )
    return Sheet(sheet_id, made)


def sheet(county_id: int, sheet_id: UUID) -> Sheet:
    """The labels of a sheet that still hang nowhere, in the order in which they were made.

    Raises:
        CodeUnknown: there is no such sheet, or none of it is blank.
    """
    found = db.session.scalars(
        select(Label.code)
        .where(
            Label.county_id == county_id,
            Label.sheet_id == sheet_id,
            Label.state == LabelState.PRINTED,
        )
        .order_by(Label.id)
    ).all()
    if not found:
        raise CodeUnknown()
    return Sheet(sheet_id, found)


def attach(
    *, text: str, asset_id: UUID, instead_because: LabelEnd | None, by: Caller, at: datetime
) -> Label:
    """Note that a blank label, or a chip, now hangs on an asset.

    ``instead_because``: what became of the label that hung there, which ends at once.

    Raises:
        AssetNotFound: not in an area where the caller works.
        CodeMisread, CodeUnknown: no label of the county.
        LabelEnded: this label was replaced.
        LabelAttached: it hangs elsewhere; or the asset has one and nothing was said of it.
    """
    asset = asset_of(asset_id, by, ATTACHERS)
    label = _label_to_attach(by.county_id, text, at)
    if label.state is LabelState.ATTACHED and label.asset_id == asset_id:
        return label  # the same, sent again
    try:
        with savepoint():
            if instead_because is not None:
                _end(asset, label.medium, instead_because, by, at)
            _hang(label, asset, by, at)
    except IntegrityError:
        raise LabelAttached() from None
    audit.record(
        "labels.attach",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("asset", asset_id),
        at=at,
        household_id=asset.household_id,
        reason=None if instead_because is None else instead_because.value,
        label_id=str(label.id),
    )
    return label


def _label_to_attach(county_id: int, text: str, at: datetime) -> Label:
    is_chip = codes.is_chip(text)
    code = codes.read_chip(text) if is_chip else codes.read(text)
    if is_chip:  # a chip was made by somebody else: it is known from now on
        chip = insert(Label).values(**_blank(county_id, code, Medium.RFID, at))
        db.session.execute(chip.on_conflict_do_nothing())
    label = db.session.scalar(select(Label).where(Label.county_id == county_id, Label.code == code))
    if label is None:
        raise CodeUnknown()
    if label.state is LabelState.ENDED:
        raise LabelEnded()
    return label


def _hang(label: Label, asset: Asset, by: Caller, at: datetime) -> None:
    hung = db.session.scalar(
        update(Label)
        .where(Label.id == label.id, Label.state == LabelState.PRINTED)
        .values(
            state=LabelState.ATTACHED, asset_id=asset.id, attached_at=at, attached_by=by.user_id
        )
        .returning(Label.id)
    )
    if hung is None:
        raise LabelAttached()
    db.session.refresh(label)


def _end(asset: Asset, medium: Medium, why: LabelEnd, by: Caller, at: datetime) -> None:
    db.session.execute(
        update(Label)
        .where(
            Label.asset_id == asset.id,
            Label.medium == medium,
            Label.state == LabelState.ATTACHED,
        )
        .values(state=LabelState.ENDED, end_reason=why, ended_at=at, ended_by=by.user_id)
        .execution_options(synchronize_session="fetch")
    )


def _blank(county_id: int, code: str, medium: Medium, at: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(at),
        "county_id": county_id,
        "code": code,
        "medium": medium,
        "made_at": at,
        "state": LabelState.PRINTED,
    }
