"""Phones as means: binding one to a household and ending that, told by the means of before."""

from datetime import datetime
from uuid import UUID

from app.messages import notices
from app.points.means.notices import ACCOUNT_MOVED, BINDING_ENDED, BINDING_MADE
from app.points.means.telling import tell
from app.register.households import bindings, service
from app.register.households.models import Binding, DocumentKind
from app.register.identity.caller import Caller


def bind_by_phone(
    *, user_id: UUID, county_id: int, phone: str, at: datetime
) -> service.PhoneBinding:
    """Bind by a phone that WeChat vouches for; raises what ``households.bind_by_phone`` does."""
    bound = service.bind_by_phone(user_id=user_id, county_id=county_id, phone=phone, at=at)
    if bound.binding is None:
        return bound
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
        _tell_of(bound.binding, county_id, user_id, at, is_in_person=False)
    return bound


def bind_in_person(
    *,
    digits: str,
    household_id: UUID,
    member_name: str,
    document: DocumentKind,
    by: Caller,
    at: datetime,
) -> Binding:
    """Bind who shows the digits and a document; raises what ``households.bind_in_person`` does."""
    binding = service.bind_in_person(
        digits=digits,
        household_id=household_id,
        member_name=member_name,
        document=document,
        by=by,
        at=at,
    )
    _tell_of(binding, by.county_id, by.user_id, at, is_in_person=True)
    return binding


def end_binding(*, binding_id: UUID, by: Caller, at: datetime) -> None:
    """End a binding; whose it was hears of it. Raises what ``households.end_binding`` does."""
    binding = service.end_binding(binding_id=binding_id, by=by, at=at)
    household_id, topic = binding.household_id, str(binding.id)
    tell(BINDING_ENDED, household_id, topic, county_id=by.county_id, act_of=by.user_id, at=at)
    if binding.user_id != by.user_id:
        theirs = notices.ToUser(binding.user_id, topic, {})
        notices.tell(BINDING_ENDED, [theirs], county_id=by.county_id, at=at)


def _tell_of(
    binding: Binding, county_id: int, act_of: UUID, at: datetime, *, is_in_person: bool
) -> None:
    tell(
        BINDING_MADE,
        binding.household_id,
        binding.id,
        county_id=county_id,
        act_of=act_of,
        at=at,
        details={"is_in_person": is_in_person},
    )
