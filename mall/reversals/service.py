"""Take back an award, a redemption or a sale by two people, and tell the household why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, decisions
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.messages import notices
from app.messages.notices import NoticeKind
from app.points import awards
from app.points.awards import queries as award_queries
from app.points.awards.errors import AwardNotFound
from app.points.awards.service import check_reversible
from app.recycling.sales import queries as sale_queries
from app.recycling.sales import undoing as sales
from app.recycling.sales.errors import SaleNotFound
from app.register import trust
from app.register.identity import queries as identity
from app.register.identity.caller import Caller
from app.register.regions.queries import is_inside
from mall.merchants import queries as merchants
from mall.merchants.models import Shop
from mall.redemption import queries as redemption_queries
from mall.redemption import service as redemption
from mall.redemption.errors import AlreadyVoid, RedemptionNotFound
from mall.redemption.models import Redemption, RedemptionState
from mall.reversals.errors import (
    AlreadyProposed,
    BothRoles,
    ReversalNotFound,
    SubjectNotFound,
)
from mall.reversals.models import Reversal, ReversalState, Subject
from mall.reversals.notices import (
    AWARD_REVERSED,
    REDEMPTION_REVERSED,
    REVERSAL_ASKED_OF_SHOP,
    REVERSED_AT_SHOP,
    SALE_REVERSED,
)
from mall.reversals.queries import DECIDERS, within_reach

BOTH_ROLES_ABOVE = 2_000  # points of a payment or a sale


@dataclass(frozen=True)
class _Found:
    """What shall be taken back: whose, where, how many points; and who had a hand in it."""

    household_id: UUID
    village_id: UUID
    points: int
    interested: Sequence[UUID] = ()

    @property
    def concerned(self) -> trust.Concerned:
        return trust.Concerned(households=[self.household_id], users=self.interested)


def propose(
    *, subject: Subject, subject_id: UUID, reason: str, by: Caller, at: datetime
) -> Reversal:
    """Ask to take something back. Nothing moves until another person confirms.

    Raises:
        SubjectNotFound: there is none where the caller may decide.
        SameHousehold, Related, Interested: it is the caller's own, in a way.
        AlreadyProposed: somebody asked before, and it was not declined.
        NothingToReverse, AwardReversed, AwardTooOld, AlreadyVoid, ReversalTooLate, SaleUndone: it
            cannot be taken back.
    """
    finders = {Subject.AWARD: _award, Subject.REDEMPTION: _redemption, Subject.SALE: _sale}
    found = finders[subject](subject_id, by, at)
    trust.beside([], by.user_id, concerned=found.concerned, at=at)
    reversal_id = uuid7(at)
    # Of two requests at the same moment the unique index lets one through.
    added = insert(Reversal).values(
        county_id=by.county_id,
        id=reversal_id,
        subject=subject,
        subject_id=subject_id,
        household_id=found.household_id,
        village_id=found.village_id,
        points=found.points,
        reason=reason,
        state=ReversalState.PROPOSED,
        proposed_by=by.user_id,
        proposed_at=at,
    )
    if db.session.scalar(added.on_conflict_do_nothing().returning(Reversal.id)) is None:
        raise AlreadyProposed()
    reversal = db.session.get_one(Reversal, (by.county_id, reversal_id))
    _trace("reversals.propose", reversal, by.user_id, at)
    _tell_owners(REVERSAL_ASKED_OF_SHOP, reversal, at)
    return reversal


def confirm(*, reversal_id: UUID, by: Caller, at: datetime) -> Reversal:
    """Move the points back. A shortfall of the household becomes a debt.

    Raises:
        ReversalNotFound, AlreadyDecided: there is nothing to confirm.
        SamePerson, SameHousehold, Related, Interested: somebody else must decide.
        BothRoles: so much money takes one of finance and one of the county's administrators.
        AwardTooOld, AwardReversed, AlreadyVoid, ReversalTooLate, ShopHasTooLittle, SaleUndone,
        SalePointsSpent, ledger.AccountFrozen:
            it cannot be taken back now; the request stays.
        AlreadyProposed: somebody has asked to take a bonus of the sale back; decide that first.
    """
    reversal = _undecided(reversal_id, by, at)
    _check_roles(reversal, by)
    if reversal.subject is Subject.AWARD:
        back = awards.reverse(
            county_id=by.county_id, award_id=reversal.subject_id, because=reversal.reason, at=at
        )
        reversal.moved, reversal.owed = back.taken, back.owed
    elif reversal.subject is Subject.REDEMPTION:
        redemption.reverse(county_id=by.county_id, redemption_id=reversal.subject_id, at=at)
        reversal.moved, reversal.owed = reversal.points, 0
    else:
        sales.reverse(
            county_id=by.county_id, sale_id=reversal.subject_id, because=reversal.reason, at=at
        )
        reversal.moved, reversal.owed = reversal.points, 0
    decisions.decide(reversal, to=ReversalState.CONFIRMED, by=by.user_id, at=at)
    if reversal.subject is Subject.SALE:
        _take_bonuses(reversal, at)
    _tell_household(reversal, at)
    _tell_owners(REVERSED_AT_SHOP, reversal, at)
    _trace("reversals.confirm", reversal, by.user_id, at)
    return reversal


def decline(*, reversal_id: UUID, by: Caller, at: datetime) -> Reversal:
    """Close a request without moving anything; it may be made again.

    Raises:
        ReversalNotFound, AlreadyDecided, SamePerson, SameHousehold, Related, Interested: as
            ``confirm``.
    """
    reversal = _undecided(reversal_id, by, at)
    decisions.decide(reversal, to=ReversalState.DECLINED, by=by.user_id, at=at)
    _trace("reversals.decline", reversal, by.user_id, at)
    return reversal


def _take_bonuses(of_sale: Reversal, at: datetime) -> None:
    """Take back the awards for the weight of a sale, in the name of the same two people."""
    taken = awards.reverse_bonuses(
        county_id=of_sale.county_id, sale_id=of_sale.subject_id, because=of_sale.reason, at=at
    )
    for bonus, back in taken:
        added = insert(Reversal).values(
            county_id=bonus.county_id,
            id=(reversal_id := uuid7(at)),
            subject=Subject.AWARD,
            subject_id=bonus.id,
            household_id=bonus.household_id,
            village_id=bonus.village_id,
            points=bonus.points,
            reason=of_sale.reason,
            state=ReversalState.CONFIRMED,
            moved=back.taken,
            owed=back.owed,
            proposed_by=of_sale.proposed_by,
            proposed_at=of_sale.proposed_at,
            decided_by=of_sale.decided_by,
            decided_at=at,
        )
        if db.session.scalar(added.on_conflict_do_nothing().returning(Reversal.id)) is None:
            raise AlreadyProposed()
        row = db.session.get_one(Reversal, (bonus.county_id, reversal_id))
        assert row.decided_by is not None, "it was confirmed with the sale"
        _tell_household(row, at)
        _trace("reversals.confirm", row, row.decided_by, at)


def _award(award_id: UUID, by: Caller, at: datetime) -> _Found:
    try:
        award = award_queries.award(by.county_id, award_id)
    except AwardNotFound:
        raise SubjectNotFound() from None
    if not is_inside(award.village_id, by.places(*DECIDERS[Subject.AWARD])):
        raise SubjectNotFound()
    check_reversible(award, at)
    return _Found(award.household_id, award.village_id, award.points)


def _redemption(redemption_id: UUID, by: Caller, at: datetime) -> _Found:
    try:
        paid = redemption_queries.redemption_row(by.county_id, redemption_id)
    except RedemptionNotFound:
        raise SubjectNotFound() from None
    shop = merchants.shop(by.county_id, paid.shop_id)
    if not is_inside(shop.village_id, by.places(*DECIDERS[Subject.REDEMPTION])):
        raise SubjectNotFound()
    if paid.state is RedemptionState.VOID:
        raise AlreadyVoid()
    redemption.check_term(paid, at)
    return _Found(paid.household_id, shop.village_id, paid.points, _interested(paid))


def _sale(sale_id: UUID, by: Caller, _at: datetime) -> _Found:
    try:
        sale = sale_queries.sale(by.county_id, sale_id)
    except SaleNotFound:
        raise SubjectNotFound() from None
    if not is_inside(sale.village_id, by.places(*DECIDERS[Subject.SALE])):
        raise SubjectNotFound()
    sales.check_reversible(sale)
    return _Found(sale.household_id, sale.village_id, sale.points, [sale.weighed_by])


def _interested(paid: Redemption) -> Sequence[UUID]:
    return merchants.interested_in(Shop.id == paid.shop_id, since=paid.paid_at)


def _concerned(reversal: Reversal) -> trust.Concerned:
    key = reversal.county_id, reversal.subject_id
    interested: Sequence[UUID] = ()
    if reversal.subject is Subject.REDEMPTION:
        interested = _interested(redemption_queries.redemption_row(*key))
    elif reversal.subject is Subject.SALE:
        interested = [sale_queries.sale(*key).weighed_by]
    return trust.Concerned(households=[reversal.household_id], users=interested)


def _undecided(reversal_id: UUID, by: Caller, at: datetime) -> Reversal:
    """The request, locked, so that of two who decide the second sees what the first did."""
    reversal = db.session.scalar(locked(within_reach(by).where(Reversal.id == reversal_id)))
    if reversal is None:
        raise ReversalNotFound()
    trust.check(reversal, by=by.user_id, at=at, concerned=_concerned(reversal))
    return reversal


def _check_roles(reversal: Reversal, by: Caller) -> None:
    """Raises BothRoles: of large sums the two people hold different roles."""
    deciders = set(DECIDERS[reversal.subject])
    if reversal.subject is Subject.AWARD or reversal.points <= BOTH_ROLES_ABOVE:
        return
    held = [
        {grant.role for grant in grants} & deciders
        for grants in (by.grants, identity.grants_of(reversal.proposed_by))
    ]
    if not any(one != other for one in held[0] for other in held[1]):
        raise BothRoles(above=BOTH_ROLES_ABOVE)


def _tell_owners(kind: NoticeKind, reversal: Reversal, at: datetime) -> None:
    if reversal.subject is not Subject.REDEMPTION:
        return
    paid = redemption_queries.redemption_row(reversal.county_id, reversal.subject_id)
    shop = merchants.shop(reversal.county_id, paid.shop_id)
    details = {"shop": shop.name, "points": reversal.points, "reason": reversal.reason}
    told = [
        notices.ToUser(owner, str(reversal.id), details)
        for owner in sorted(merchants.owners(shop.merchant_id))
    ]
    notices.tell(kind, told, county_id=reversal.county_id, at=at)


def _tell_household(reversal: Reversal, at: datetime) -> None:
    kind = {
        Subject.AWARD: AWARD_REVERSED,
        Subject.REDEMPTION: REDEMPTION_REVERSED,
        Subject.SALE: SALE_REVERSED,
    }[reversal.subject]
    notice = notices.ToHousehold(
        household_id=reversal.household_id,
        topic=str(reversal.id),
        details={"points": reversal.points, "moved": reversal.moved, "owed": reversal.owed},
    )
    notices.tell(kind, [notice], county_id=reversal.county_id, at=at)


def _trace(action: str, reversal: Reversal, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=reversal.county_id,
        actor_id=actor_id,
        subject=("reversal", reversal.id),
        at=at,
        household_id=reversal.household_id,
        reason=reversal.reason,
        points=reversal.points,
        moved=reversal.moved,
        owed=reversal.owed,
        reversed_kind=reversal.subject.value,
        reversed_id=str(reversal.subject_id),
    )
