"""``flask photo …``: photos whose content no machine answered for wait for a person here."""

from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup

from app import outside
from app.kernel import audit, clock
from app.kernel.db import transaction
from app.kernel.jobs import defer
from app.kernel.shell import by_option, told
from app.photos import checking, queries
from app.photos.models import Variant, file_key
from app.register.identity.named import official_named
from app.register.identity.roles import Role
from app.sorting.self_checks.jobs import screen_photo

photo = AppGroup("photo", help="Judge the content of photos that WeChat did not judge.")
LISTED_MAX = 200
ANSWERS = (Role.COUNTY_ADMIN, Role.OPERATOR)  # for what was shown or refused
county_argument = click.argument("county_id", type=int)
photo_argument = click.argument("photo_id", type=click.UUID)


@photo.command()
@told
def waiting() -> None:
    """List the photos that wait for a person, the longest waiting first."""
    for found in queries.waiting_for_a_person(LISTED_MAX):
        since = clock.day_of(found.received_at)
        click.echo(f"{found.county_id} {found.id} {since:%Y-%m-%d} asked {found.check_tries} times")


@photo.command()
@county_argument
@photo_argument
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@by_option
@told
def save(county_id: int, photo_id: UUID, file: Path, by: str) -> None:
    """Save the picture of a photo, to look at it; the trace says who did."""
    with transaction():
        who = official_named(county_id, by, ANSWERS)
        audit.record(
            "photos.save",
            county_id=county_id,
            actor_id=who.user_id if who else None,
            subject=("photo", photo_id),
            at=clock.now(),
        )
    with outside.photos().open(file_key(photo_id, Variant.SHOWN)) as picture:
        file.write_bytes(picture.read())


@photo.command()
@county_argument
@photo_argument
@by_option
@told
def admit(county_id: int, photo_id: UUID, by: str) -> None:
    """Let a photo be seen and reviewed."""
    _decide(county_id, photo_id, by, is_fit=True)


@photo.command()
@county_argument
@photo_argument
@by_option
@told
def refuse(county_id: int, photo_id: UUID, by: str) -> None:
    """Refuse a photo for what it shows; its sender is told to photograph the bins only."""
    _decide(county_id, photo_id, by, is_fit=False)


def _decide(county_id: int, photo_id: UUID, by: str, *, is_fit: bool) -> None:
    with transaction():
        who = official_named(county_id, by, ANSWERS)
        checking.decide(
            county_id=county_id,
            photo_id=photo_id,
            is_fit=is_fit,
            by=who.user_id if who else None,
            at=clock.now(),
        )
        defer(screen_photo, str(county_id), str(photo_id))
    click.echo(f"{photo_id}: {'admitted' if is_fit else 'refused'}.")


COMMANDS = (photo,)
