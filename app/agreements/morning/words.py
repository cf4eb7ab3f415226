"""What is said of a deed, in plain words."""

from collections.abc import Iterator, Mapping
from functools import cache
from uuid import UUID

from app.agreements.morning.deeds import DEEDS
from app.agreements.proposals.kinds import KINDS
from app.agreements.proposals.models import Proposal
from app.kernel.audit.models import AuditEvent
from app.kernel.errors import DomainError
from app.register.identity.roles import NAMES, Role
from app.register.regions import queries as regions

COUNTED_MAX = 12  # kinds of deeds that one notice names


def sentence(event: AuditEvent, proposal: Proposal | None) -> str:
    """What was done, for who reads the list; ``proposal`` is what the event is about."""
    deed = DEEDS[event.action]
    more = [deed.sum_text(deed.sum(event.details))]
    if proposal is not None:
        more.append(KINDS[proposal.kind].title(proposal))
    if event.action == "trust.refused":
        more.append(_refusals().get(event.details["code"], event.details["code"]))
    if "role" in event.details:
        more.append(_role(event))
    return "：".join([deed.words, *(word for word in more if word)])


def counted(deeds: Mapping[str, tuple[int, int]]) -> str:
    """How often each deed was done, and its sum: ``放行商户提现 2 次，共 5.00 元；关账 1 次``."""
    found = sorted(deeds.items(), key=lambda one: (-one[1][0], one[0]))
    said = []
    for action, (count, total) in found[:COUNTED_MAX]:
        text = DEEDS[action].sum_text(total)
        said.append(f"{DEEDS[action].words} {count} 次" + (f"，共 {text}" if text else ""))
    left = sum(count for _, (count, _) in found[COUNTED_MAX:])
    return "；".join([*said, *([f"其他 {left} 次"] if left else [])])


def _role(event: AuditEvent) -> str:
    role = Role(event.details["role"])
    place = regions.region(event.county_id, UUID(event.details["place_id"]))
    return NAMES.get(role, str(role)) + (f"（{place.name}）" if place is not None else "")


@cache
def _refusals() -> dict[str, str]:
    """The sentences of refusals that are kept in the trace, by their codes."""
    return {one.code: one.message for one in _below(DomainError) if one.is_traced}


def _below(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for one in error.__subclasses__():
        yield one
        yield from _below(one)
