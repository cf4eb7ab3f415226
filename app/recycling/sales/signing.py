"""The recycler's agent signs what was weighed on a day: whose money it is looks at the pile.

Who weighs invents no weight for long: a day that nobody signed, or that the agent found to be
another weight, stops them on the next day.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.recycling.sales.errors import DayDiffers, DayNotFound, DayNotSigned
from app.recycling.sales.models import STANDING, Recycler, Sale, SaleLine, SaleSignature
from app.recycling.sales.notices import DAY_DIFFERS, DAY_TO_SIGN
from app.register import trust
from app.register.identity.caller import Caller
from app.register.identity.models import User
from app.register.identity.roles import Role
from app.register.regions.models import Region
from app.register.regions.queries import inside

SIGNED_BACK = timedelta(days=30)  # so long the list of what is to be signed reaches back


@dataclass(frozen=True)
class Weighing:
    """What one person weighed in a village on a day."""

    village_id: UUID
    weighed_by: UUID
    day: date


@dataclass(frozen=True)
class Total:
    """A day of weighing as the books have it."""

    county_id: int
    village_id: UUID
    village: str
    weighed_by: UUID
    weigher: str | None
    day: date
    grams: int
    pieces: int
    last_at: datetime


def sign(*, what: Weighing, grams: int, pieces: int, by: Caller, at: datetime) -> SaleSignature:
    """Write down what the agent found of a day's weighing. A later one counts instead.

    Raises:
        DayNotFound: nobody weighed this where the caller buys.
        SamePerson, SameHousehold, Related: who weighed it, or is close to them, does not sign it.
    """
    found = _totals(
        Sale.county_id == by.county_id,
        Sale.village_id == what.village_id,
        Sale.village_id.in_(inside(by.places(Role.RECYCLER_AGENT))),
        Sale.weighed_by == what.weighed_by,
        Sale.day == what.day,
    )
    if not found:
        raise DayNotFound()
    (total,) = found
    trust.beside([what.weighed_by], by.user_id, at=at)
    signature = SaleSignature(
        county_id=by.county_id,
        id=uuid7(at),
        **vars(what),
        booked_grams=total.grams,
        booked_pieces=total.pieces,
        grams=grams,
        pieces=pieces,
        signed_by=by.user_id,
        signed_at=at,
    )
    db.session.add(signature)
    audit.record(
        "sales.sign_day",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("sale_signature", signature.id),
        at=at,
        grams=grams,
        booked_grams=total.grams,
    )
    if signature.is_off:
        _tell_of_difference(total, at)
    return signature


def check_signed(*, village_id: UUID, by: Caller, at: datetime) -> None:
    """Refuse to weigh on while the newest earlier day of the caller's here is not signed.

    The days before it were asked about on that day. What the recycler's own agent weighs is at the
    recycler's risk, and needs nobody's signature.

    Raises:
        DayNotSigned, DayDiffers: with the ``day``, and who must do what.
    """
    newest = db.session.execute(
        select(Sale.day, Sale.sold_at)
        .join(Recycler, Recycler.id == Sale.recycler_id)
        .where(
            Sale.county_id == by.county_id,
            Sale.weighed_by == by.user_id,
            Sale.village_id == village_id,
            Sale.day < clock.day_of(at),
            Sale.day >= Recycler.signs_from,
            Sale.weighed_as != Role.RECYCLER_AGENT,
            Sale.state.in_(STANDING),
        )
        .order_by(Sale.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return
    signature = _newest_signature(by.county_id, village_id, by.user_id, newest.day)
    if signature is None or signature.signed_at < newest.sold_at:
        raise DayNotSigned(day=newest.day.isoformat(), day_text=clock.day_text(newest.day))
    if signature.is_off:
        raise DayDiffers(
            day=newest.day.isoformat(),
            day_text=clock.day_text(newest.day),
            signed=_text(signature.grams, signature.pieces),
            booked=_text(signature.booked_grams, signature.booked_pieces),
        )


def waiting(by: Caller, *, at: datetime) -> list[Total]:
    """What is to be signed where the caller buys, newest day first: not signed since the last
    weighing, or signed and off."""
    places = inside(by.places(Role.RECYCLER_AGENT))
    return _waiting(Sale.village_id.in_(places), Sale.county_id == by.county_id, at=at)


def remind(*, at: datetime) -> int:
    """Tell the agents, in the evening, of the villages where something is to be signed."""
    by_village: dict[tuple[int, UUID], list[Total]] = {}
    for total in _waiting(at=at):
        by_village.setdefault((total.county_id, total.village_id), []).append(total)
    for (county_id, village_id), totals in by_village.items():
        about = {"village": totals[0].village, "count": len(totals)}
        topic = f"{village_id}:{clock.day_of(at)}"
        said = notices.ToOfficials(Role.RECYCLER_AGENT, village_id, topic, about)
        notices.tell(DAY_TO_SIGN, [said], county_id=county_id, at=at)
    return len(by_village)


def _waiting(*which: ColumnElement[bool], at: datetime) -> list[Total]:
    totals = _totals(*which, Sale.day > clock.day_of(at) - SIGNED_BACK)
    signed = {
        (row.county_id, row.village_id, row.weighed_by, row.day): row
        for row in db.session.scalars(
            select(SaleSignature)
            .where(
                SaleSignature.village_id.in_({total.village_id for total in totals}),
                SaleSignature.day > clock.day_of(at) - SIGNED_BACK,
            )
            .order_by(SaleSignature.id)
        )
    }
    return [
        total
        for total in totals
        if (row := signed.get((total.county_id, total.village_id, total.weighed_by, total.day)))
        is None
        or row.signed_at < total.last_at
        or row.is_off
    ]


def _totals(*which: ColumnElement[bool]) -> list[Total]:
    """Days of weighing, newest first; those of the recycler's own agents are left out."""
    rows = db.session.execute(
        select(
            Sale.county_id,
            Sale.village_id,
            Region.name.label("village"),
            Sale.weighed_by,
            User.name.label("weigher"),
            Sale.day,
            func.coalesce(func.sum(SaleLine.grams), 0).label("grams"),
            func.coalesce(func.sum(SaleLine.pieces), 0).label("pieces"),
            func.max(Sale.sold_at).label("last_at"),
        )
        .join(SaleLine, (SaleLine.county_id == Sale.county_id) & (SaleLine.sale_id == Sale.id))
        .join(Region, Region.id == Sale.village_id)
        .join(User, User.id == Sale.weighed_by)
        .join(Recycler, Recycler.id == Sale.recycler_id)
        .where(
            Sale.state.in_(STANDING),
            Sale.weighed_as != Role.RECYCLER_AGENT,
            Sale.day >= Recycler.signs_from,
            *which,
        )
        .group_by(
            Sale.county_id, Sale.village_id, Region.name, Sale.weighed_by, User.name, Sale.day
        )
        .order_by(Sale.day.desc(), Sale.village_id, Sale.weighed_by)
    )
    return [
        Total(**{**row._mapping, "grams": int(row.grams), "pieces": int(row.pieces)})
        for row in rows
    ]


def _newest_signature(
    county_id: int, village_id: UUID, weighed_by: UUID, day: date
) -> SaleSignature | None:
    return db.session.scalar(
        select(SaleSignature)
        .where(
            SaleSignature.county_id == county_id,
            SaleSignature.village_id == village_id,
            SaleSignature.weighed_by == weighed_by,
            SaleSignature.day == day,
        )
        .order_by(SaleSignature.id.desc())
        .limit(1)
    )


def _tell_of_difference(total: Total, at: datetime) -> None:
    about = {"village": total.village, "day": total.day.isoformat()}
    topic = f"{total.village_id}:{total.weighed_by}:{total.day}"
    told = [
        notices.ToOfficials(role, total.village_id, topic, about)
        for role in (Role.VILLAGE_ADMIN, Role.COUNTY_ADMIN)
    ]
    notices.tell(DAY_DIFFERS, told, county_id=total.county_id, at=at)


def _text(grams: int, pieces: int) -> str:
    return f"{grams / 1000:g} 公斤、{pieces} 个"
