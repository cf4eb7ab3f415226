"""What about a household's means of spending needs its own yes, or a second person."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.agreements.proposals import Kind, Line, Proposal, Whoever, proposal_kind, secrets
from app.kernel.secrets import masked_id_number, masked_phone
from app.points.means.adding import account_moved, bound_in_person, hand_over
from app.points.means.cooling import COOL_OFF, is_cooling
from app.points.means.errors import LiaisonNamedLately, NewPhoneSaysNoYes
from app.points.means.notices import ACCOUNT_CLAIMED, ROSTER_CHANGE
from app.register import trust
from app.register.cards import queries as cards
from app.register.cards.pins import KeptPin
from app.register.cards.states import Receiver
from app.register.households import bindings, service
from app.register.households import queries as households
from app.register.households.locking import lock_households
from app.register.households.models import DocumentKind
from app.register.households.roster import held
from app.register.households.roster.held import HeadAs, HeldHousehold
from app.register.identity import queries as identity
from app.register.identity.roles import Role
from app.register.identity.service import check_no_office
from app.register.regions import queries as regions

WORKERS = service.WORKERS
LIAISON_IS_NEW_FOR = timedelta(days=30)
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


def _check_phone(proposal: Proposal, user_id: UUID, at: datetime) -> None:
    """A phone that is new to a household with points does not say its yes. Its proposer may have
    bound it a minute ago."""
    if is_cooling(proposal.county_id, _household_id(proposal), [user_id], at):
        raise NewPhoneSaysNoYes()


def _check_present(proposal: Proposal, user_id: UUID, at: datetime) -> None:
    """Who stands there: the household itself, its group leader, or a liaison whom neither who
    printed the card nor who takes the PIN has lately made one."""
    _check_phone(proposal, user_id, at)
    household_id = _household_id(proposal)
    if user_id not in bindings.liaison_users(household_id):
        return
    if any(grant.role is Role.GROUP_LEADER for grant in identity.grants_of(user_id)):
        return
    printer = cards.who_printed(proposal.county_id, _card_id(proposal))
    makers = trust.phones_of(proposal.proposed_by) | trust.phones_of(printer)
    since = at - LIAISON_IS_NEW_FOR
    if makers & bindings.named_liaison(user_id, proposal.county_id, household_id, since=since):
        raise LiaisonNamedLately()


def _door(proposal: Proposal) -> Line:
    home = households.household(_household_id(proposal))
    assert home is not None, "households stay"
    return Line("住户", None, f"{home.village}{home.group}{home.door_number}")


def _name(proposal: Proposal) -> str | None:
    return secrets.opened(proposal.county_id, proposal.content["name"])


def _member_lines(proposal: Proposal) -> list[Line]:
    seen = DOCUMENTS[DocumentKind(proposal.content["document"])]
    return [
        _door(proposal),
        Line("绑定的人", None, _name(proposal) or secrets.GONE),
        Line("看过的证件", None, seen),
    ]


def _bind(proposal: Proposal, at: datetime) -> None:
    binding = service.bind_met(
        user_id=UUID(proposal.content["user_id"]),
        household_id=_household_id(proposal),
        member_name=secrets.needed(proposal.county_id, proposal.content["name"]),
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
        check_second=_check_phone,
    )
)


def _claimed(proposal: Proposal) -> UUID:
    return UUID(proposal.subject_id)


def _account_lines(proposal: Proposal) -> list[Line]:
    bound = households.bound_as(_claimed(proposal))
    return [
        _door(proposal),
        Line("账号是谁的", None, bound.member_name if bound else "已解除绑定"),
        Line("手机号", None, identity.holder(_claimed(proposal)).phone),
    ]


def _account_now(proposal: Proposal) -> Mapping[str, Any]:
    bound = households.open_binding(_claimed(proposal))
    return {
        "binding_id": str(bound.id) if bound else None,
        "phone": identity.holder(_claimed(proposal)).phone,
    }


def _move_account(proposal: Proposal, at: datetime) -> None:
    service.move_to(
        from_id=proposal.proposed_by, to_id=_claimed(proposal), by=proposal.proposed_by, at=at
    )
    account_moved(
        _household_id(proposal),
        _claimed(proposal),
        county_id=proposal.county_id,
        by=proposal.proposed_by,
        at=at,
    )


ACCOUNT = proposal_kind(
    Kind(
        "account_of_another_wechat",
        proposers={Role.VISITOR},
        seconds=(),
        title=lambda _: "另一个微信凭手机号要接用一户的账号",
        lines=_account_lines,
        do=_move_account,
        check_second=_check_phone,
        now=_account_now,
        check=lambda proposal, _: check_no_office(proposal.proposed_by, _claimed(proposal)),
        notice=ACCOUNT_CLAIMED,
        is_hidden=True,
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
        check_second=_check_present,
        now=lambda proposal: {"step": cards.step(proposal.county_id, _card_id(proposal))},
    )
)


def written_heads(was: HeadAs, head: HeadAs) -> str:
    """A head as it is and as it shall be, for what is kept of a proposal."""
    return json.dumps([asdict(was), asdict(head)])


def _heads(text: str) -> tuple[HeadAs, HeadAs]:
    was, head = json.loads(text)
    return HeadAs(**was), HeadAs(**head)


def _head_title(proposal: Proposal) -> str:
    is_another = proposal.content["indexes"]["id_number"] is not None
    return "给一户换户主" if is_another else "改一户登记的手机号或户主姓名"


def _head_lines(proposal: Proposal) -> list[Line]:
    kept = secrets.opened(proposal.county_id, proposal.content["heads"])
    if kept is None:
        return [_door(proposal), Line("户主", None, secrets.GONE)]
    was, head = _heads(kept)
    lines = [
        _door(proposal),
        Line("户主姓名", was.name, head.name),
        Line(
            "手机号",
            masked_phone(was.phone) if was.phone else "没有登记",
            masked_phone(head.phone) if head.phone else "不再登记",
        ),
    ]
    if head.id_number is not None:
        lines.append(Line("新户主的身份证号", None, masked_id_number(head.id_number)))
    return lines


def _head_now(proposal: Proposal) -> Mapping[str, Any]:
    lock_households([_household_id(proposal)])  # of two that begin at once, one has moved on
    number = proposal.content["indexes"]["id_number"]
    known = held.registered_heads(proposal.county_id, [number]) if number else []
    return held.head_now(_household_id(proposal)) | {"registered": known}


def _change_head(proposal: Proposal, at: datetime) -> None:
    _, head = _heads(secrets.needed(proposal.county_id, proposal.content["heads"]))
    held.change_head(
        household_id=_household_id(proposal),
        head=head,
        by=proposal.proposed_by,
        at=at,
    )


ROSTER_HEAD = proposal_kind(
    Kind(
        "roster_head",
        proposers=WORKERS,
        seconds=(),
        title=_head_title,
        lines=_head_lines,
        do=_change_head,
        check_second=_check_phone,
        now=_head_now,
        cool_off=COOL_OFF,
        notice=ROSTER_CHANGE,
    )
)
LISTED_MAX = 50


def written_households(households: Sequence[HeldHousehold]) -> str:
    """New households, for what is kept of a proposal."""
    return json.dumps([asdict(one) | {"village_id": str(one.village_id)} for one in households])


def _new_households(text: str) -> list[HeldHousehold]:
    return [
        HeldHousehold(
            **one | {"village_id": UUID(one["village_id"]), "head": HeadAs(**one["head"])}
        )
        for one in json.loads(text)
    ]


def _indexes(proposal: Proposal) -> list[str]:
    indexes: list[str] = proposal.content["indexes"]
    return indexes


def _new_title(proposal: Proposal) -> str:
    village = regions.region(proposal.county_id, proposal.region_id)
    assert village is not None, "regions stay"
    return f"{village.name}登记 {len(_indexes(proposal))} 户新住户"


def _new_lines(proposal: Proposal) -> list[Line]:
    kept = secrets.opened(proposal.county_id, proposal.content["households"])
    if kept is None:
        return [Line("新住户", None, secrets.GONE)]
    wanted = _new_households(kept)
    lines = [Line(f"{one.group}{one.door_number}", None, _who(one)) for one in wanted[:LISTED_MAX]]
    if len(wanted) > LISTED_MAX:
        lines.append(Line("还有", None, f"{len(wanted) - LISTED_MAX} 户"))
    return lines


def _who(one: HeldHousehold) -> str:
    assert one.head.id_number is not None, "a row of the roster has an ID number"
    return f"{one.head.name}，{masked_id_number(one.head.id_number)}，{one.member_count} 人"


def _enter(proposal: Proposal, at: datetime) -> None:
    held.enter_households(
        county_id=proposal.county_id,
        village_id=proposal.region_id,
        wanted=_new_households(secrets.needed(proposal.county_id, proposal.content["households"])),
        by=proposal.proposed_by,
        at=at,
    )


NEW_HOUSEHOLDS = proposal_kind(
    Kind(
        "roster_new_households",
        proposers=WORKERS,
        seconds=(Whoever(roles=WORKERS),),
        title=_new_title,
        lines=_new_lines,
        do=_enter,
        now=lambda p: {"registered": held.registered_heads(p.county_id, _indexes(p))},
    )
)
