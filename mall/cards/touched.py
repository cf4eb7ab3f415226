"""Who may buy for a household, when it ends."""

from collections.abc import Iterator

from sqlalchemy import update

from app.kernel.db import db
from app.register.households.life import Change, ChangeKind, Line, Touched, touched
from mall.cards.models import Proxy


def _apply(change: Change) -> Iterator[Line]:
    if change.kind is not ChangeKind.MERGE:
        return
    ended = db.session.scalars(
        update(Proxy)
        .where(
            Proxy.county_id == change.county_id,
            Proxy.household_id == change.household_id,
            Proxy.ended_at.is_(None),
        )
        .values(ended_at=change.at, ended_by=change.asked_by)
        .returning(Proxy.id)
        .execution_options(synchronize_session=False)
    ).all()
    if ended:
        yield Line("proxies", f"并走的户的 {len(ended)} 个代办人不再代办")


PROXIES = touched(Touched("proxies", apply=_apply))
