"""Phones as means: binding one to a household and ending that, told by the means of before."""

from datetime import datetime
from uuid import UUID

from app.agreements.proposals import Draft, Proposal, propose
from app.kernel.decisions import SamePerson
from app.messages import notices
from app.points.means import cooling
from app.points.means.adding import bound_in_person
from app.points.means.notices import ACCOUNT_MOVED, BINDING_ENDED, BINDING_MADE
from app.points.means.proposals import NEW_MEMBER, its_yes
from app.points.means.sealing import sealed
from app.points.means.telling import tell
from app.points.means.worth import with_something_to_lose
from app.register.households import bindings, service
from app.register.households.models import Binding, DocumentKind
from app.register.identity.caller import Caller
from app.register.trust import phones_of


def bind_by_phone(
    *, user_id: UUID, county_id: int, phone: str, at: datetime
) -> service.PhoneBinding:
    """Bind by a phone that WeChat vouches for; raises what ``households.bind_by_phone`` does."""
    bound = service.bind_by_phone(user_id=user_id, county_id=county_id, phone=phone, at=at)
    if bound.binding is None:
        return bound
    cooling.begin(
        county_id=county_id,
        household_id=bound.binding.household_id,
        means_id=bound.user_id,
        at=at,
    )
    if bound.is_another_user:
        tell(
            ACCOUNT_MOVED,
            bound.binding.household_id,
            f"{bound.user_id}:{at.isoformat()}",
            county_id=county_id,
            act_of=user_id,
            at=at,
        )
    # The first phone of a household is the one on the roster: it would hear of itself.
    elif bindings.is_bound_by_others(bound.binding):
        tell(
            BINDING_MADE,
            bound.binding.household_id,
            bound.binding.id,
            county_id=county_id,
            act_of=user_id,
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
        return propose(NEW_MEMBER, _draft(met, household_id, document), by=by, at=at)
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


def _draft(met: service.Met, household_id: UUID, document: DocumentKind) -> Draft:
    return Draft(
        region_id=met.village_id,
        subject=("user", met.user_id),
        content={
            "household_id": str(household_id),
            "user_id": str(met.user_id),
            "name": sealed(met.member_name),
            "document": str(document),
        },
        seconds=its_yes(household_id),
    )
