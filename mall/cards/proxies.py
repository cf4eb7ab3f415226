"""Those who may buy with a household's card: named by it, for a time, up to a limit a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.points.means import cooling
from app.points.means.notices import PROXY_NAMED
from app.points.means.telling import tell
from app.register.cards.errors import PlaceNotFound
from app.register.cards.locking import locked_cards
from app.register.cards.models import Card
from app.register.cards.service import WORKERS
from app.register.households.locking import lock_households
from app.register.households.models import DocumentKind, Household
from app.register.identity.caller import Caller
from app.register.identity.service import checked_name, checked_phone
from app.register.regions import queries as regions
from mall.cards.errors import BadProxyDays, ProxyNotFound, TooManyProxies
from mall.cards.models import Proxy

PROXIES_MAX = 5  # in force or to come, so that the clerk's list stays short
LONGEST = timedelta(days=366)
PHONE = "proxies.phone"


@dataclass(frozen=True)
class Named:
    """Who shall buy for the household, on which days, up to how many points a day."""

    name: str
    phone: str
    first_on: date
    last_on: date
    day_points_max: int


def name_proxy(
    *,
    household_id: UUID,
    proxy: Named,
    by: Caller,
    at: datetime,
    document: DocumentKind | None = None,
) -> Proxy:
    """Let somebody buy with the household's card and PIN.

    Named by a member on the phone, or before a worker who has seen the household's ``document``.

    Raises:
        PlaceNotFound: not a household of a worker's area.
        BadProxyDays: they lie in the past, in the wrong order, or are too many.
        TooManyProxies: the household has five.
        identity.BadName, identity.BadPhone: it is none.
    """
    name, phone = checked_name(proxy.name), checked_phone(proxy.phone)
    if document is not None:
        _check_reach(household_id, by)
    today = clock.day_of(at)
    if not today <= proxy.first_on <= proxy.last_on < proxy.first_on + LONGEST:
        raise BadProxyDays()
    lock_households([household_id])
    standing = select(func.count()).where(
        Proxy.county_id == by.county_id,
        Proxy.household_id == household_id,
        Proxy.ended_at.is_(None),
        Proxy.last_on >= today,
    )
    if db.session.scalars(standing).one() >= PROXIES_MAX:
        raise TooManyProxies(most=PROXIES_MAX)
    named = Proxy(
        county_id=by.county_id,
        id=uuid7(at),
        household_id=household_id,
        name=name,
        phone_sealed=vault().seal(phone, PHONE),
        phone_index=vault().index(phone, "phone"),
        first_on=proxy.first_on,
        last_on=proxy.last_on,
        day_points_max=proxy.day_points_max,
        named_at=at,
        named_by=by.user_id,
        document=document,
    )
    db.session.add(named)
    db.session.flush()
    _trace("cards.name_proxy", named, by, at)
    _begin(named, at)
    return named


def end_proxy(*, proxy_id: UUID, by: Caller, at: datetime) -> None:
    """End a proxy at once: of one's own household, or of one in a worker's area.

    Raises:
        ProxyNotFound: there is none within reach, or it has ended.
    """
    proxy = db.session.get(Proxy, (by.county_id, proxy_id))
    if proxy is None:
        raise ProxyNotFound()
    if proxy.household_id != by.household_id and not _is_reached(proxy.household_id, by):
        raise ProxyNotFound()
    # A purchase that began before is finished first, and none begins afterwards.
    locked_cards(Card.county_id == by.county_id, Card.household_id == proxy.household_id)
    ended = db.session.scalar(
        update(Proxy)
        .where(Proxy.county_id == by.county_id, Proxy.id == proxy_id, Proxy.ended_at.is_(None))
        .values(ended_at=at, ended_by=by.user_id)
        .returning(Proxy.id)
    )
    if ended is None:
        raise ProxyNotFound()
    _trace("cards.end_proxy", proxy, by, at)


def _begin(named: Proxy, at: datetime) -> None:
    """The proxy pays little at first, and the household is told of them."""
    county_id, household_id = named.county_id, named.household_id
    cooling.begin(county_id=county_id, household_id=household_id, means_id=named.id, at=at)
    tell(
        PROXY_NAMED,
        household_id,
        named.id,
        county_id=county_id,
        act_of=named.named_by,
        at=at,
        details={"day_points_max": named.day_points_max},
    )


def _check_reach(household_id: UUID, by: Caller) -> None:
    if not _is_reached(household_id, by):
        raise PlaceNotFound()


def _is_reached(household_id: UUID, by: Caller) -> bool:
    home = db.session.get(Household, household_id)
    return home is not None and regions.is_inside(home.group_id, by.places(*WORKERS))


def _trace(action: str, proxy: Proxy, by: Caller, at: datetime) -> None:
    audit.record(
        action,
        county_id=proxy.county_id,
        actor_id=by.user_id,
        subject=("proxy", proxy.id),
        at=at,
        household_id=proxy.household_id,
    )
