"""Where a merchant is paid, who owns it, that it goes on, what a shop is: nobody decides alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from app.agreements.proposals import (
    Draft,
    Kind,
    Line,
    Proposal,
    Whoever,
    proposal_kind,
    propose,
    secrets,
)
from app.agreements.proposals import service as proposals
from app.agreements.proposals.errors import Forgotten
from app.agreements.proposals.queries import pending
from app.kernel.secrets import Sealed, vault
from app.register.identity import queries as identity
from app.register.identity import service as users
from app.register.identity.apart import check_apart
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from app.register.regions import queries as regions
from app.register.trust import Concerned
from mall.merchants import queries, service, shops, staff, visits
from mall.merchants.errors import KindAlready, PayeeNumbersDiffer
from mall.merchants.models import Merchant, Shop, ShopKind
from mall.merchants.notices import OWNER_PROPOSED, PAYEE_CHANGED

THREE_DAYS = timedelta(hours=72)
A_DAY = timedelta(hours=24)
WATCHERS = frozenset({Role.AUDITOR})
_SEALED = "proposals.payee"


def propose_payee(
    *, merchant_id: UUID, payee: service.Payee, by: Caller, at: datetime
) -> Proposal | None:
    """Propose another account for a merchant; at once, and none, while none is verified.

    Finance types it again; then its owner has three days to stop it.

    Raises:
        MerchantNotFound: there is no such merchant in the county.
        what ``propose`` raises.
    """
    merchant = queries.locked_merchant(by.county_id, merchant_id)
    if not merchant.is_payee_verified:
        service.correct_payee(
            county_id=by.county_id,
            merchant_id=merchant_id,
            payee=payee,
            corrected_by=by.user_id,
            at=at,
        )
        return None
    content = {
        "name": secrets.keep(payee.name, county_id=by.county_id, at=at),
        "account": secrets.keep(payee.account, county_id=by.county_id, at=at),
        "tail": payee.account[-4:],
        "bank": payee.bank,
    }
    return propose(PAYEE, _draft(merchant, content), by=by, at=at)


def verify_payee(
    *, merchant_id: UUID, account: str, by: Caller, at: datetime
) -> proposals.Approval | None:
    """Agree to the account that is proposed, by typing it again; none: it was the first one.

    Raises:
        MerchantNotFound, PayeeAlreadyVerified: there is nothing to verify.
        NotSeen: of the first one, nobody apart from who entered or admits it has seen the shop.
        PayeeNumbersDiffer: the two people did not type the same account.
        SamePerson, SameHousehold, Related, Interested, TooFresh: not beside who entered it.
    """
    merchant = queries.locked_merchant(by.county_id, merchant_id)
    proposal = pending(by.county_id, PAYEE.name, [merchant_id]).get(str(merchant_id))
    if proposal is None or not merchant.is_payee_verified:
        if merchant.first_verified_at is None:
            _check_seen(merchant, at)
        service.verify_payee(
            county_id=by.county_id,
            merchant_id=merchant_id,
            account=account,
            verified_by=by.user_id,
            at=at,
        )
        return None
    return proposals.approve(
        proposal_id=proposal.id, digest=proposal.digest, id_number=account, by=by, at=at
    )


def _check_seen(merchant: Merchant, at: datetime) -> None:
    """A shop that nobody has stood before is paid by nobody."""
    makers = (merchant.payee_entered_by, merchant.approved_by)
    visits.check_seen(
        county_id=merchant.county_id,
        licence_number=merchant.licence_number,
        apart_from=[who for who in makers if who is not None],
        at=at,
    )


def propose_owner(
    *, merchant_id: UUID, phone: str, name: str, is_owner_away: bool, by: Caller, at: datetime
) -> Proposal | None:
    """Propose a further owner, to whom the present one agrees; the first is named at once: none.

    ``is_owner_away``: no owner can answer; another administrator agrees, and there are three days
    to stop it.

    Raises:
        MerchantNotFound: there is no such merchant in the county.
        NotApart: the same person holds a role that must not meet it.
        what ``propose`` raises.
    """
    merchant = queries.locked_merchant(by.county_id, merchant_id)
    present = queries.owners(merchant_id)
    if not present:
        return None
    user = users.enrol_staff(
        county_id=by.county_id, phone=phone, name=name, actor_id=by.user_id, at=at
    )
    agrees = Whoever(roles={Role.COUNTY_ADMIN}) if is_owner_away else Whoever(users=present)
    draft = Draft(
        region_id=regions.root(by.county_id).id,
        subject=("merchant", merchant.id),
        content={"user_id": str(user.id), "is_owner_away": is_owner_away},
        seconds=(agrees,),
        told=Whoever(users=present),
        cool_off=THREE_DAYS if is_owner_away else timedelta(0),
    )
    return propose(OWNER, draft, by=by, at=at)


def propose_reinstatement(*, merchant_id: UUID, by: Caller, at: datetime) -> Proposal:
    """Propose that a suspended merchant goes on.

    Raises:
        MerchantNotFound, NotActiveYet: there is nothing to reinstate.
        what ``propose`` raises.
    """
    merchant = queries.locked_merchant(by.county_id, merchant_id)
    return propose(REINSTATEMENT, _draft(merchant, {}), by=by, at=at)


def propose_kind(*, shop_id: UUID, kind: ShopKind, by: Caller, at: datetime) -> Proposal:
    """Propose that a shop is a counter, or the county's mall, which delivers.

    Raises:
        ShopNotFound: there is no such shop in the county.
        KindAlready: that is what it is.
        what ``propose`` raises.
    """
    shop = queries.shop(by.county_id, shop_id)
    if shop.kind is kind:
        raise KindAlready()
    draft = Draft(
        region_id=regions.root(by.county_id).id,
        subject=("shop", shop.id),
        content={"kind": str(kind)},
        told=Whoever(users=queries.owners(shop.merchant_id)),
    )
    return propose(KIND, draft, by=by, at=at)


def _draft(merchant: Merchant, content: Mapping[str, Any]) -> Draft:
    return Draft(
        region_id=regions.root(merchant.county_id).id,
        subject=("merchant", merchant.id),
        content=content,
        told=Whoever(users=queries.owners(merchant.id)),
    )


def _merchant(proposal: Proposal) -> Merchant:
    return queries.merchant(proposal.county_id, UUID(proposal.subject_id))


def _opened(proposal: Proposal, key: str) -> str:
    kept = proposal.content[key]
    found = secrets.opened(proposal.county_id, kept)
    if found is not None:
        return found
    try:  # one of before had it sealed in its content
        return vault().unseal(bytes.fromhex(kept), _SEALED)
    except (ValueError, Sealed):
        return secrets.GONE


def _needed(proposal: Proposal, key: str) -> str:
    text = _opened(proposal, key)
    if text == secrets.GONE:
        raise Forgotten()
    return text


def _title_of_payee(proposal: Proposal) -> str:
    before = proposal.before["tail"] if proposal.before else ""
    name, after = _merchant(proposal).name, proposal.content["tail"]
    return f"{name}的收款账户，尾号 {before} 改为 {after}"


def _lines_of_payee(proposal: Proposal) -> list[Line]:
    before, content = proposal.before or {}, proposal.content
    return [
        Line("商户", _merchant(proposal).name, _merchant(proposal).name),
        Line("账户尾号", before.get("tail"), content["tail"]),
        Line("户名", before.get("name"), _opened(proposal, "name")),
        Line("开户行", before.get("bank"), content["bank"]),
    ]


def _payee_now(proposal: Proposal) -> Mapping[str, Any]:
    merchant = _merchant(proposal)
    return {
        "name": merchant.payee_name,
        "tail": merchant.payee_account_tail,
        "bank": merchant.payee_bank,
        "entered_at": merchant.payee_entered_at.isoformat(),
    }


def _is_typed_again(proposal: Proposal, typed: str | None, _: UUID, __: datetime) -> None:
    """Who agrees types the account from the paper: reading its last digits is not enough."""
    if typed is None or not compare_digest(_opened(proposal, "account").encode(), typed.encode()):
        raise PayeeNumbersDiffer()


def _change_payee(proposal: Proposal, at: datetime) -> None:
    assert proposal.decided_by is not None, "what begins was agreed to"
    assert proposal.decided_at is not None, "what begins was agreed to"
    service.change_payee(
        county_id=proposal.county_id,
        merchant_id=UUID(proposal.subject_id),
        payee=service.Payee(
            _needed(proposal, "name"), _needed(proposal, "account"), proposal.content["bank"]
        ),
        changed_by=proposal.proposed_by,
        verified_by=proposal.decided_by,
        verified_at=proposal.decided_at,
        at=at,
    )


def _who_is_paid(proposal: Proposal) -> Concerned:
    return service.who_is_paid(_merchant(proposal))


def _owner_id(proposal: Proposal) -> UUID:
    return UUID(proposal.content["user_id"])


def _lines_of_owner(proposal: Proposal) -> list[Line]:
    who = identity.holder(_owner_id(proposal))
    return [
        Line("商户", _merchant(proposal).name, _merchant(proposal).name),
        Line("姓名", None, who.name),
        Line("手机号", None, who.phone),
    ]


def _check_owner(proposal: Proposal, _: datetime) -> None:
    user = users.lock_user(_owner_id(proposal))
    check_apart(user, Grant(Role.MERCHANT, UUID(proposal.subject_id)))


def _near_the_owner(proposal: Proposal) -> Concerned:
    """The owner may well take in their own family; administrators must be apart from the new."""
    return Concerned(about=[_owner_id(proposal)] if proposal.content["is_owner_away"] else [])


def _add_owner(proposal: Proposal, at: datetime) -> None:
    staff.add_owner(
        county_id=proposal.county_id,
        merchant_id=UUID(proposal.subject_id),
        user_id=_owner_id(proposal),
        by=proposal.proposed_by,
        at=at,
    )


def _state_now(proposal: Proposal) -> Mapping[str, Any]:
    return {"state": str(_merchant(proposal).state)}


def _reinstate(proposal: Proposal, at: datetime) -> None:
    service.reinstate(
        county_id=proposal.county_id,
        merchant_id=UUID(proposal.subject_id),
        by=proposal.proposed_by,
        at=at,
    )


def _check_reinstatement(proposal: Proposal, _: datetime) -> None:
    service.check_has_begun(_merchant(proposal))


def _shop(proposal: Proposal) -> Shop:
    return queries.shop(proposal.county_id, UUID(proposal.subject_id))


def _set_kind(proposal: Proposal, at: datetime) -> None:
    shops.set_kind(
        county_id=proposal.county_id,
        shop_id=UUID(proposal.subject_id),
        kind=ShopKind(proposal.content["kind"]),
        by=proposal.proposed_by,
        at=at,
    )


def _lines_of_kind(proposal: Proposal) -> list[Line]:
    assert proposal.before is not None, "a shop is something"
    shop = _shop(proposal)
    return [
        Line("商店", shop.name, shop.name),
        Line("类型", _KINDS[proposal.before["kind"]], _KINDS[proposal.content["kind"]]),
    ]


_KINDS = {str(ShopKind.COUNTER): "村里的商店", str(ShopKind.MALL): "积分商城，可以送货"}

PAYEE = proposal_kind(
    Kind(
        queries.PAYEE_CHANGE,
        proposers={Role.COUNTY_ADMIN},
        seconds=(Whoever(roles={Role.FINANCE}),),
        title=_title_of_payee,
        lines=_lines_of_payee,
        do=_change_payee,
        now=_payee_now,
        concerned=_who_is_paid,
        identify=_is_typed_again,
        cool_off=THREE_DAYS,
        told=WATCHERS,
        notice=PAYEE_CHANGED,
    )
)
OWNER = proposal_kind(
    Kind(
        "merchant_owner",
        proposers={Role.COUNTY_ADMIN},
        seconds=(Whoever(roles={Role.COUNTY_ADMIN}),),  # or the present owner: propose_owner
        title=lambda proposal: f"{_merchant(proposal).name}的新店主",
        lines=_lines_of_owner,
        do=_add_owner,
        check=_check_owner,
        concerned=_near_the_owner,
        told=WATCHERS,
        notice=OWNER_PROPOSED,
    )
)
REINSTATEMENT = proposal_kind(
    Kind(
        "merchant_reinstatement",
        proposers={Role.COUNTY_ADMIN},
        seconds=(Whoever(roles={Role.COUNTY_ADMIN, Role.FINANCE}),),
        title=lambda proposal: f"恢复{_merchant(proposal).name}",
        lines=lambda proposal: [Line("商户", "已暂停", _merchant(proposal).name)],
        do=_reinstate,
        now=_state_now,
        check=_check_reinstatement,
        concerned=_who_is_paid,
        told=WATCHERS,
    )
)
KIND = proposal_kind(
    Kind(
        "shop_kind",
        proposers={Role.COUNTY_ADMIN},
        seconds=(Whoever(roles={Role.COUNTY_ADMIN}),),
        title=lambda proposal: f"改{_shop(proposal).name}的类型",
        lines=_lines_of_kind,
        do=_set_kind,
        now=lambda proposal: {"kind": str(_shop(proposal).kind)},
        concerned=lambda proposal: service.who_is_paid(
            queries.merchant(proposal.county_id, _shop(proposal).merchant_id)
        ),
        cool_off=A_DAY,
        told=WATCHERS | {Role.COUNTY_ADMIN},
    )
)
