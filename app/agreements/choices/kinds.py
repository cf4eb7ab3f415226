"""A kind of proposals for each domain that lets a county choose: all of them work alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.agreements.proposals import Kind, Line, Proposal, Whoever, proposal_kind
from app.register.identity.roles import Role
from app.register.regions.county_settings import Settings

A_DAY = timedelta(hours=24)
WATCHERS = frozenset({Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR})


@dataclass(frozen=True)
class SettingsKind:
    """The settings of a domain, and the kind of proposals by which they change."""

    settings: Settings[Any]
    kind: Kind


# By the name of the settings; ``proposal_kind`` has refused two of one name.
SETTINGS_KINDS: dict[str, SettingsKind] = {}


def settings_kind(settings: Settings[Any]) -> SettingsKind:
    """Have these settings change by proposals.

    Raises:
        TwoOfOneKind: others of this name do already.
    """

    def after(proposal: Proposal) -> Any:
        return settings.written(proposal.content)

    def lines(proposal: Proposal) -> list[Line]:
        assert proposal.before is not None, "something is always in force"
        was = settings.words(settings.written(proposal.before))
        becomes = settings.words(after(proposal))
        differing = [label for label in was | becomes if was.get(label) != becomes.get(label)]
        return [Line(label, was.get(label), becomes.get(label)) for label in differing]

    def now(proposal: Proposal) -> Mapping[str, Any]:
        return settings.write(settings.of(proposal.county_id))

    def check(proposal: Proposal, _: datetime) -> None:
        settings.check(after(proposal))

    def put_in_force(proposal: Proposal, at: datetime) -> None:
        settings.set(
            county_id=proposal.county_id,
            settings=after(proposal),
            actor_id=proposal.proposed_by,
            at=at,
            proposal_id=proposal.id,
        )

    kind = proposal_kind(
        Kind(
            f"{settings.name}_settings",
            proposers={Role.COUNTY_ADMIN},
            seconds=(Whoever(roles={Role.COUNTY_ADMIN}),),
            title=lambda proposal: f"改{settings.title}",
            lines=lines,
            do=put_in_force,
            now=now,
            check=check,
            cool_off=A_DAY,
            told=WATCHERS,
        )
    )
    SETTINGS_KINDS[settings.name] = SettingsKind(settings, kind)
    return SETTINGS_KINDS[settings.name]
