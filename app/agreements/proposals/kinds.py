"""Kinds of proposals: each is declared by the domain whose act it is, in its ``proposals.py``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.agreements.proposals.models import Proposal
from app.agreements.proposals.notices import PROPOSAL_MADE
from app.messages.notices import NoticeKind
from app.register.identity.roles import Role
from app.register.trust import Concerned

LAPSES_AFTER = timedelta(days=7)


class TwoOfOneKind(RuntimeError):
    """Two domains declare proposals of one name, and one would do what the other agreed."""


@dataclass(frozen=True)
class Whoever:
    """People, by what they are: holders of a role over the proposal's region, users, households.

    A household is everybody who is bound to it.
    """

    roles: Collection[Role] = ()
    users: Collection[UUID] = ()
    households: Collection[UUID] = ()

    def written(self) -> dict[str, list[str]]:
        """As the row keeps it."""
        return {name: sorted(str(one) for one in of) for name, of in vars(self).items()}

    @staticmethod
    def read(kept: Mapping[str, Sequence[str]]) -> "Whoever":
        return Whoever(
            roles=tuple(Role(role) for role in kept["roles"]),
            users=tuple(UUID(user) for user in kept["users"]),
            households=tuple(UUID(household) for household in kept["households"]),
        )


@dataclass(frozen=True)
class Line:
    """One thing that would change, in words for who decides; none before: it is new."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Draft:
    """What is proposed.

    ``content`` holds numbers, words and ids that the kind's functions understand, and nobody's
    name, phone or number in clear: everybody who is told can read it.
    """

    region_id: UUID
    subject: tuple[str, object]  # the kind of row that it is about, and its id
    content: Mapping[str, Any]
    seconds: Sequence[Whoever] | None = None  # instead of the kind's
    told: Whoever = Whoever()  # besides the kind's roles
    cool_off: timedelta | None = None  # instead of the kind's


def _nothing(_: Proposal) -> None:
    return None


def _no_document(_: Proposal, __: str | None, ___: UUID, ____: datetime) -> None:
    return None


def _no_objection(_: Proposal, __: datetime) -> None:
    return None


def _anybody(_: Proposal, __: UUID, ___: datetime) -> None:
    return None


def _nobody(_: Proposal) -> Concerned:
    return Concerned()


@dataclass(frozen=True)
class Kind:
    """A kind of proposals; ``proposal_kind`` makes it known.

    Args:
        proposers: who may propose, by roles over the region; visitors are anybody.
        seconds: who must agree: one person for each, apart from the proposer and each other.
        title: what is proposed in a few words, without personal data; notices say it.
        lines: what would change, for who decides; may open what is sealed.
        do: what was agreed is done. Called once, in a transaction, after the cool-off; what it
            refuses with a DomainError then makes the proposal ``failed``.
        now: what ``do`` would change, as it is now; kept at the proposal. When it has become
            something else, approval and doing are refused: decisions.moved_on.
        check: refuses what must not be proposed or agreed to; asked at both.
        check_second: refuses a user as one who agrees, beyond who they are.
        concerned: whom it is about; proposer and seconds must be apart from them.
        cool_off: what was agreed begins so much later, and can be stopped until then.
        begins: when that is, from the moment of the last yes, where it is not simply so much later.
        identify: takes the ID number that the last second has read off a document, if any, and who
            that is; before anything else is asked.
        told: roles over the region who are told of it and may stop it.
        is_hidden: who proposed it does not read the lines, for they may be a stranger.
        by_bank: it moves what only the bank's channel moves, whose worker does it then.
    """

    name: str
    proposers: Collection[Role]
    seconds: Sequence[Whoever]
    title: Callable[[Proposal], str]
    lines: Callable[[Proposal], Sequence[Line]]
    do: Callable[[Proposal, datetime], None]
    now: Callable[[Proposal], Mapping[str, Any] | None] = _nothing
    check: Callable[[Proposal, datetime], None] = _no_objection
    check_second: Callable[[Proposal, UUID, datetime], None] = _anybody
    concerned: Callable[[Proposal], Concerned] = _nobody
    identify: Callable[[Proposal, str | None, UUID, datetime], None] = _no_document
    cool_off: timedelta = timedelta(0)
    begins: Callable[[datetime], datetime] | None = None
    told: Collection[Role] = ()
    notice: NoticeKind = PROPOSAL_MADE
    is_hidden: bool = False
    by_bank: bool = False


KINDS: dict[str, Kind] = {}
# What the kinds do, by name: apart, so that the contract finds what an approval can refuse.
DO: dict[str, Callable[[Proposal, datetime], None]] = {}
NOW: dict[str, Callable[[Proposal], Mapping[str, Any] | None]] = {}
CHECK: dict[str, Callable[[Proposal, datetime], None]] = {}
CHECK_SECOND: dict[str, Callable[[Proposal, UUID, datetime], None]] = {}
CONCERNED: dict[str, Callable[[Proposal], Concerned]] = {}
IDENTIFY: dict[str, Callable[[Proposal, str | None, UUID, datetime], None]] = {}


def proposal_kind(kind: Kind) -> Kind:
    """Declare a kind of proposals, in the ``proposals.py`` of the domain whose act it is.

    Raises:
        TwoOfOneKind: there is one of this name.
    """
    if kind.name in KINDS:
        raise TwoOfOneKind(kind.name)
    KINDS[kind.name] = kind
    DO[kind.name], NOW[kind.name] = kind.do, kind.now
    IDENTIFY[kind.name] = kind.identify
    CHECK[kind.name], CONCERNED[kind.name] = kind.check, kind.concerned
    CHECK_SECOND[kind.name] = kind.check_second
    return kind
