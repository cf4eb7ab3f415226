"""Phones as means: binding one to a household and ending that, told by the means of before."""

from datetime import datetime
from uuid import UUID

from app.agreements.proposals import Draft, Proposal, propose, secrets
from app.agreements.proposals.kinds import LAPSES_AFTER
from app.agreements.proposals.queries import last_of
from app.kernel.decisions import SamePerson
from app.messages import notices
from app.messages.notices import NoticeKind
from app.points.means import cooling
from app.points.means.adding import bound_in_person
from app.points.means.notices import BINDING_ENDED, BINDING_MADE, NUMBER_LEFT, NUMBER_TRIED
from app.points.means.proposals import ACCOUNT, NEW_MEMBER, its_yes
from app.points.means.telling import tell
from app.points.means.worth import with_something_to_lose
from app.register.households import bindings, queries, service
from app.register.households.errors import AlreadyBound
from app.register.households.models import Binding, DocumentKind
from app.register.identity import service as identity
from app.register.identity.caller import Caller
from app.register.identity.errors import PhoneOfStaff
from app.register.trust import phones_of


def bind_by_phone(
    *, by: Caller, phone: str, at: datetime
) -> service.PhoneBinding | Proposal | PhoneOfStaff:
    """Bind by a phone that WeChat vouches for; raises what ``households.bind_by_phone`` does.

    A number may be given to somebody new. Where another account uses it for a household already,
    that household says yes on its phone, or an administrator above the village who has seen the
    document: proposed once a week, whatever they said. An official's is not given at all, which is
    returned, so that it is told. From who has neither, the number alone goes.

    Raises:
        AlreadyBound: the caller acts for a household already.
    """
    owner = identity.owner_of_number(user_id=by.user_id, phone=phone)
    if owner is not None and owner.signs_in and owner.is_staff:
        _tell_owner(NUMBER_TRIED, owner.user_id, by, at)
        return PhoneOfStaff()
    bound = queries.open_binding(owner.user_id) if owner is not None else None
    if bound is not None:
        return _claimed(bound, by, at)
    if owner is not None and owner.signs_in:
        _tell_owner(NUMBER_LEFT, owner.user_id, by, at)
    return _bound_by_phone(by, phone, at)


def _claimed(bound: Binding, by: Caller, at: datetime) -> Proposal:
    if by.household_id is not None:
        raise AlreadyBound()
    asked = last_of(by, ACCOUNT.name, bound.user_id, since=at - LAPSES_AFTER)
    if asked is not None:
        return asked
    home = queries.household(bound.household_id)
    assert home is not None, "households stay"
    draft = Draft(
        region_id=home.village_id,
        subject=("user", bound.user_id),
        # Two who ask are two proposals.
        content={"household_id": str(bound.household_id), "asks": str(by.user_id)},
        seconds=its_yes(bound.household_id),
    )
    return propose(ACCOUNT, draft, by=by, at=at)


def _tell_owner(kind: NoticeKind, owner_id: UUID, by: Caller, at: datetime) -> None:
    said = notices.ToUser(owner_id, str(by.user_id), {})
    notices.tell(kind, [said], county_id=by.county_id, at=at)


def _bound_by_phone(by: Caller, phone: str, at: datetime) -> service.PhoneBinding:
    bound = service.bind_by_phone(user_id=by.user_id, county_id=by.county_id, phone=phone, at=at)
    if bound.binding is None:
        return bound
    cooling.begin(
        county_id=by.county_id,
        household_id=bound.binding.household_id,
        means_id=bound.user_id,
        at=at,
    )
    # The first phone of a household is the one on the roster: it would hear of itself.
    if bindings.is_bound_by_others(bound.binding):
        tell(
            BINDING_MADE,
            bound.binding.household_id,
            bound.binding.id,
            county_id=by.county_id,
            act_of=by.user_id,
            at=at,
            details={"is_in_person": False},
        )
    return bound


def bind_in_person(
    *,
    digits: str,
    household_id: UUID,
    member_name: str,
    document: DocumentKind,
    by: Caller,
    at: datetime,
) -> Binding | Proposal:
    """Bind who shows the digits, whose document a village worker has looked at.

    Somebody whom the roster does not know is proposed to a household that has something to lose:
    it says yes on its phone, or an administrator above the village does.

    Raises:
        SamePerson: the worker holds up a phone of their own.
        what ``households.meet`` and ``proposals.propose`` do.
    """
    met = service.meet(
        digits=digits, household_id=household_id, member_name=member_name, by=by, at=at
    )
    if met.user_id in phones_of(by.user_id):
        raise SamePerson()
    if not met.is_known and with_something_to_lose(by.county_id, [household_id], at):
        return propose(NEW_MEMBER, _draft(met, household_id, document, by, at), by=by, at=at)
    binding = service.bind_met(
        user_id=met.user_id,
        household_id=household_id,
        member_name=met.member_name,
        document=document,
        verified_by=by.user_id,
        at=at,
    )
    bound_in_person(binding, county_id=by.county_id, by=by.user_id, at=at)
    return binding


def end_binding(*, binding_id: UUID, by: Caller, at: datetime) -> None:
    """End a binding; whose it was hears of it. Raises what ``households.end_binding`` does."""
    binding = service.end_binding(binding_id=binding_id, by=by, at=at)
    household_id, topic = binding.household_id, str(binding.id)
    tell(BINDING_ENDED, household_id, topic, county_id=by.county_id, act_of=by.user_id, at=at)
    if binding.user_id != by.user_id:
        theirs = notices.ToUser(binding.user_id, topic, {})
        notices.tell(BINDING_ENDED, [theirs], county_id=by.county_id, at=at)


def _draft(
    met: service.Met, household_id: UUID, document: DocumentKind, by: Caller, at: datetime
) -> Draft:
    return Draft(
        region_id=met.village_id,
        subject=("user", met.user_id),
        content={
            "household_id": str(household_id),
            "user_id": str(met.user_id),
            "name": secrets.keep(met.member_name, county_id=by.county_id, at=at),
            "document": str(document),
        },
        seconds=its_yes(household_id),
    )
