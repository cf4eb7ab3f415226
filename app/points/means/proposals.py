"""What about a household's means of spending needs its own yes, or a second person."""

from datetime import datetime
from uuid import UUID

from app.agreements.proposals import Kind, Line, Proposal, Whoever, proposal_kind
from app.points.means.adding import bound_in_person, hand_over
from app.points.means.sealing import opened
from app.register.cards import queries as cards
from app.register.cards.pins import KeptPin
from app.register.cards.states import Receiver
from app.register.households import queries as households
from app.register.households import service
from app.register.households.models import DocumentKind
from app.register.identity.roles import Role

WORKERS = service.WORKERS
FROM_ABOVE = frozenset({Role.TOWN_ADMIN, Role.COUNTY_ADMIN})
DOCUMENTS = {
    DocumentKind.ID_CARD: "身份证",
    DocumentKind.HOUSEHOLD_REGISTER: "户口簿",
    DocumentKind.SOCIAL_SECURITY_CARD: "社保卡",
}


def its_yes(household_id: UUID) -> tuple[Whoever]:
    """The household on its phone, or an administrator above the village."""
    return (Whoever(roles=FROM_ABOVE, households={household_id}),)


def _household_id(proposal: Proposal) -> UUID:
    return UUID(proposal.content["household_id"])


def _door(proposal: Proposal) -> Line:
    home = households.household(_household_id(proposal))
    assert home is not None, "households stay"
    return Line("住户", None, f"{home.village}{home.group}{home.door_number}")


def _member_lines(proposal: Proposal) -> list[Line]:
    seen = DOCUMENTS[DocumentKind(proposal.content["document"])]
    return [
        _door(proposal),
        Line("绑定的人", None, opened(proposal.content["name"])),
        Line("看过的证件", None, seen),
    ]


def _bind(proposal: Proposal, at: datetime) -> None:
    binding = service.bind_met(
        user_id=UUID(proposal.content["user_id"]),
        household_id=_household_id(proposal),
        member_name=opened(proposal.content["name"]),
        document=DocumentKind(proposal.content["document"]),
        verified_by=proposal.proposed_by,
        at=at,
    )
    bound_in_person(binding, county_id=proposal.county_id, by=proposal.proposed_by, at=at)


NEW_MEMBER = proposal_kind(
    Kind(
        "binding_of_new_member",
        proposers=WORKERS,
        seconds=(),
        title=lambda _: "名册上没有的人要绑定到您家",
        lines=_member_lines,
        do=_bind,
    )
)


def _card_id(proposal: Proposal) -> UUID:
    return UUID(proposal.subject_id)


def _receiver(proposal: Proposal) -> Receiver:
    content = proposal.content
    return Receiver(UUID(content["member_id"]), DocumentKind(content["document"]))


def _card_lines(proposal: Proposal) -> list[Line]:
    return [
        _door(proposal),
        Line("卡号", None, cards.card(proposal.county_id, _card_id(proposal)).number),
        Line("看过的证件", None, DOCUMENTS[_receiver(proposal).document]),
    ]


def _hand_over(proposal: Proposal, at: datetime) -> None:
    pin = KeptPin(*(bytes.fromhex(proposal.content[part]) for part in ("salt", "hash")))
    hand_over(
        county_id=proposal.county_id,
        card_id=_card_id(proposal),
        pin=pin,
        receiver=_receiver(proposal),
        by=proposal.proposed_by,
        at=at,
    )


HAND_OVER = proposal_kind(
    Kind(
        "card_hand_over",
        proposers=WORKERS,
        seconds=(),
        title=lambda _: "您家的积分卡要设密码，设好就能付积分",
        lines=_card_lines,
        do=_hand_over,
        now=lambda proposal: {"step": cards.step(proposal.county_id, _card_id(proposal))},
    )
)
