"""The points policy: read by everybody, drafted by one person, approved by another."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.errors import Forbidden
from app.points.awards import changes as tables
from app.points.awards import queries, versions
from app.points.awards.boosts import read_boosts
from app.points.awards.models import Policy, PolicyDraft
from app.points.awards.outlook import Outlook, outlook
from app.points.awards.payable import Table, table_of
from app.points.awards.rules import read_rules
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import PageArgs, page
from miniprogram_api.points.policies_bodies import (
    ApprovalIn,
    ChangesOut,
    DraftIn,
    DraftOut,
    DraftPage,
    OutlookOut,
    PolicyOut,
    VersionArgs,
    VersionPage,
)

bp = Blueprint("policies", __name__, description="积分规则")
drafts_bp = Blueprint("policy_drafts", __name__, description="积分规则草稿")

MAKERS = (Role.COUNTY_ADMIN, Role.OPERATOR)
READERS = (*MAKERS, Role.AUDITOR)


@bp.get("")
@requires(Role.VISITOR)
@bp.arguments(VersionArgs, location="query")
@bp.response(200, VersionPage)
def policies(args: dict[str, Any]) -> dict[str, Any]:
    """Every version of the caller's county, newest first."""
    found = queries.policies(caller().county_id, **args)
    return {
        "items": found,
        "next": found[-1].version if len(found) == args["limit"] else None,
    }


@bp.get("/in-force")
@requires(Role.VISITOR)
@bp.response(200, PolicyOut)
@bp.alt_response(409, schema=ErrorOut, description="The county has no policy yet")
def in_force() -> dict[str, Any]:
    """The table in force today, in words."""
    return _told(_policy_of_today())


@bp.get("/<int(max=2147483647):version>")
@requires(Role.VISITOR)
@bp.response(200, PolicyOut)
@bp.alt_response(404, schema=ErrorOut, description="No such version")
def policy(version: int) -> dict[str, Any]:
    """One version, in words."""
    return _told(queries.policy(caller().county_id, version))


@bp.get("/<int(max=2147483647):version>/changes")
@requires(Role.VISITOR)
@bp.response(200, ChangesOut)
@bp.alt_response(404, schema=ErrorOut, description="No such version")
def policy_changes(version: int) -> dict[str, Any]:
    """What differs between the version in force today and this one."""
    new = queries.policy(caller().county_id, version)
    return _changes(table_of(new), new.version)


@drafts_bp.get("")
@requires(*READERS)
@drafts_bp.arguments(PageArgs, location="query")
@drafts_bp.response(200, DraftPage)
def drafts(args: dict[str, Any]) -> dict[str, Any]:
    """The county's drafts, newest first."""
    return page(queries.drafts(_of_the_county(*READERS).county_id, **args), args["limit"])


@drafts_bp.post("")
@requires(*MAKERS)
@idempotent
@drafts_bp.arguments(DraftIn)
@drafts_bp.response(201, DraftOut)
@drafts_bp.alt_response(422, schema=ErrorOut, description="The table is not within reason")
def draft(body: dict[str, Any]) -> PolicyDraft:
    """Begin the next version from the newest one. It counts once somebody else approves it."""
    who = _of_the_county(*MAKERS)
    return versions.draft(
        county_id=who.county_id, wanted=_wanted(body), made_by=who.user_id, at=clock.now()
    )


@drafts_bp.get("/<uuid:draft_id>")
@requires(*READERS)
@drafts_bp.response(200, DraftOut)
@drafts_bp.alt_response(404, schema=ErrorOut, description="No such draft")
def draft_of(draft_id: UUID) -> PolicyDraft:
    """One draft."""
    return queries.draft(_of_the_county(*READERS).county_id, draft_id)


@drafts_bp.get("/<uuid:draft_id>/changes")
@requires(*READERS)
@drafts_bp.response(200, ChangesOut)
@drafts_bp.alt_response(404, schema=ErrorOut, description="No such draft")
def draft_changes(draft_id: UUID) -> dict[str, Any]:
    """What differs between the version in force today and the draft."""
    found = queries.draft(_of_the_county(*READERS).county_id, draft_id)
    new = Table(read_rules(found.rules), read_boosts(found.boosts))
    return _changes(new, found.version)


@drafts_bp.get("/<uuid:draft_id>/outlook")
@requires(*READERS)
@drafts_bp.response(200, OutlookOut)
@drafts_bp.alt_response(404, schema=ErrorOut, description="No such draft")
def draft_outlook(draft_id: UUID) -> Outlook:
    """What the last thirty days would have cost under the draft, and who would gain most."""
    found = queries.draft(_of_the_county(*READERS).county_id, draft_id)
    return outlook(found, clock.now())


@drafts_bp.put("/<uuid:draft_id>")
@requires(*MAKERS)
@drafts_bp.arguments(DraftIn)
@drafts_bp.response(200, DraftOut)
@drafts_bp.alt_response(403, schema=ErrorOut, description="Somebody else's draft")
@drafts_bp.alt_response(404, schema=ErrorOut, description="No such draft")
@drafts_bp.alt_response(409, schema=ErrorOut, description="Approved or withdrawn already")
@drafts_bp.alt_response(422, schema=ErrorOut, description="The table is not within reason")
def edit(body: dict[str, Any], draft_id: UUID) -> PolicyDraft:
    """Write the caller's draft anew."""
    who = _of_the_county(*MAKERS)
    with transaction():
        return versions.edit(
            county_id=who.county_id,
            draft_id=draft_id,
            wanted=_wanted(body),
            edited_by=who.user_id,
            at=clock.now(),
        )


@drafts_bp.post("/<uuid:draft_id>/approval")
@requires(Role.COUNTY_ADMIN)
@with_factor
@idempotent
@drafts_bp.arguments(ApprovalIn)
@drafts_bp.response(200, DraftOut)
@drafts_bp.alt_response(403, schema=ErrorOut, description="Not apart from who made it")
@drafts_bp.alt_response(404, schema=ErrorOut, description="No such draft")
@drafts_bp.alt_response(409, schema=ErrorOut, description="Decided, edited, or out of date")
@drafts_bp.alt_response(422, schema=ErrorOut, description="Its day is less than 24 hours away")
def approve(body: dict[str, Any], draft_id: UUID) -> PolicyDraft:
    """Make somebody else's draft the next version, in force from its day."""
    who = _of_the_county(Role.COUNTY_ADMIN)
    return versions.approve(
        county_id=who.county_id,
        draft_id=draft_id,
        approved_by=who.user_id,
        at=clock.now(),
        **body,
    )


@drafts_bp.post("/<uuid:draft_id>/withdrawal")
@requires(*MAKERS)
@idempotent
@drafts_bp.response(200, DraftOut)
@drafts_bp.alt_response(403, schema=ErrorOut, description="Somebody else's draft")
@drafts_bp.alt_response(404, schema=ErrorOut, description="No such draft")
@drafts_bp.alt_response(409, schema=ErrorOut, description="Approved or withdrawn already")
def withdraw(draft_id: UUID) -> PolicyDraft:
    """Close the caller's own draft."""
    who = _of_the_county(*MAKERS)
    return versions.withdraw(
        county_id=who.county_id, draft_id=draft_id, withdrawn_by=who.user_id, at=clock.now()
    )


def _of_the_county(*roles: Role) -> Caller:
    """The caller, who holds one of the roles for the whole county and not for a part of it."""
    who = caller()
    if not regions.is_inside(regions.root(who.county_id).id, who.places(*roles)):
        raise Forbidden()
    return who


def _wanted(body: dict[str, Any]) -> versions.Wanted:
    boosts = body["boosts"]
    if boosts is not None:
        boosts = [
            one
            | {
                "rule": one["rule"].value,
                "first_day": one["first_day"].isoformat(),
                "last_day": one["last_day"].isoformat(),
                "region_id": str(one["region_id"]) if one["region_id"] else None,
            }
            for one in boosts
        ]
    return versions.Wanted(body["in_force_from"], body["changes"], boosts)


def _policy_of_today() -> Policy:
    return queries.policy_of(caller().county_id, clock.day_of(clock.now()))


def _changes(new: Table, version: int | None) -> dict[str, Any]:
    old = _policy_of_today()
    return {
        "old_version": old.version,
        "new_version": version,
        "changes": tables.changes(table_of(old), new),
    }


def _told(found: Policy) -> dict[str, Any]:
    table = table_of(found)
    return {
        "version": found.version,
        "in_force_from": found.in_force_from,
        "approved_at": found.approved_at,
        "entries": tables.entries(table),
        "boosts": [vars(boost) | {"text": boost.text()} for boost in table.boosts],
    }
