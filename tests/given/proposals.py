"""A kind of proposals to try them with: another name for the first house of a village."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.agreements.proposals import (
    Draft,
    Kind,
    Line,
    Proposal,
    Whoever,
    proposal_kind,
    propose,
)
from app.agreements.proposals.jobs import begin_what_is_the_banks
from app.agreements.proposals.kinds import KINDS
from app.kernel.db import db, transaction
from app.kernel.errors import Conflict
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.trust import Concerned
from tests.given.http import post


class NameTaken(Conflict):
    code = "given.name_taken"
    message = "名字已有"


def house(village_id: UUID) -> Household:
    """The first house of the village; what it is called is its ``door_number``."""
    houses = select(Household).where(Household.village_id == village_id).order_by(Household.id)
    return db.session.scalars(houses.limit(1)).one()


def _rename(proposal: Proposal, _: datetime) -> None:
    if proposal.content["name"] == "不行村":
        house(proposal.region_id).door_number = "做了一半"
        db.session.flush()
        raise NameTaken()
    if proposal.content["name"] == "坏村":
        raise RuntimeError("poisoned")
    house(proposal.region_id).door_number = proposal.content["name"]


def _check(proposal: Proposal, _: datetime) -> None:
    if proposal.content["name"] == "":
        raise NameTaken()


def _concerned(proposal: Proposal) -> Concerned:
    return Concerned(households=[UUID(one) for one in proposal.content.get("households", [])])


def _kind(name: str, **more: object) -> Kind:
    # Known already when another test module has been here first.
    return KINDS.get(name) or proposal_kind(
        Kind(
            name,
            proposers={Role.VILLAGE_ADMIN, Role.TOWN_ADMIN},
            title=lambda proposal: "改名",
            lines=lambda p: [Line("名字", p.before and p.before["name"], p.content["name"])],
            do=_rename,
            now=lambda proposal: {"name": house(proposal.region_id).door_number},
            check=_check,
            concerned=_concerned,
            **more,  # type: ignore[arg-type]
        )
    )


TOWN = (Whoever(roles={Role.TOWN_ADMIN}),)
AT_ONCE = _kind("given_rename", seconds=TOWN)
LATER = _kind(
    "given_rename_later", seconds=TOWN, cool_off=timedelta(hours=24), told={Role.GROUP_LEADER}
)
BY_TWO = _kind(
    "given_rename_by_two", seconds=(*TOWN, Whoever(roles={Role.COUNTY_ADMIN, Role.TOWN_ADMIN}))
)


def rename(name: str, place_id: UUID, **more: object) -> Draft:
    return Draft(
        region_id=place_id,
        subject=("region", place_id),
        content={"name": name} | {k: v for k, v in more.items() if k == "households"},
        **{k: v for k, v in more.items() if k != "households"},  # type: ignore[arg-type]
    )


@pytest.fixture
def proposed(app, noon) -> Callable[..., UUID]:
    """``proposed(kind, caller, draft)``: the id of a proposal that somebody has made."""

    def make(kind: Kind, by: Caller, draft: Draft) -> UUID:
        with app.app_context(), transaction():
            return propose(kind, draft, by=by, at=noon()).id

    return make


def read(client, proposal_id) -> dict:
    answer = client.get(f"/api/v1/proposals/{proposal_id}")
    assert answer.status_code == 200, answer.json
    return answer.json


def agree(client, proposal_id, digest: str | None = None):
    """Read the proposal and approve it; what is the bank's channel's to do, its worker does."""
    digest = digest or read(client, proposal_id)["digest"]
    answer = post(client, f"proposals/{proposal_id}/approval", {"digest": digest})
    with client.application.app_context():
        begin_what_is_the_banks()
    return answer
