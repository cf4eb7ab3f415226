"""Proposing what a county is to choose; making it stricter from the command line."""

from datetime import datetime
from typing import Any

from app.agreements.choices.errors import NothingDiffers, NotStricter
from app.agreements.choices.kinds import SettingsKind
from app.agreements.proposals import Draft, Proposal, propose
from app.register.identity.caller import Caller
from app.register.regions import queries as regions


def propose_settings(change: SettingsKind, after: Any, *, by: Caller, at: datetime) -> Proposal:
    """Propose that these settings count, all of them together.

    Raises:
        SettingOutOfBounds: a number is not within its bounds.
        NothingDiffers: they are in force.
        what the domain's ``check`` and ``propose`` refuse.
    """
    settings = change.settings
    settings.check(after)
    if after == settings.of(by.county_id):
        raise NothingDiffers()
    draft = Draft(
        region_id=regions.root(by.county_id).id,
        subject=("settings", settings.name),
        content=settings.write(after),
    )
    return propose(change.kind, draft, by=by, at=at)


def make_stricter(change: SettingsKind, after: Any, *, county_id: int, at: datetime) -> None:
    """Put stricter settings in force at once, from the command line: stopping cannot wait.

    Raises:
        SettingOutOfBounds: a number is not within its bounds.
        NothingDiffers: they are in force.
        NotStricter: one of them is looser, or neither.
        CountyNotFound: no such county.
        what the domain's ``check`` refuses.
    """
    regions.county(county_id)
    regions.lock_county(county_id)
    settings = change.settings
    before = settings.of(county_id)
    if after == before:
        raise NothingDiffers()
    if not settings.is_stricter(before, after):
        raise NotStricter()
    settings.set(county_id=county_id, settings=after, actor_id=None, at=at)
