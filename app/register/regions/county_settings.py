"""What a county may choose: each domain owns its settings, and one table keeps all their versions.

A domain's ``settings.py`` has a frozen dataclass, whose defaults hold until a county chooses
otherwise, and ``SETTINGS``, by which they are read and set. The newest version is in force; the
older ones stay, with who set them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select

from app.kernel import audit
from app.kernel.db import db
from app.register.regions import queries
from app.register.regions.errors import SettingOutOfBounds
from app.register.regions.models import CountySettings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from sqlalchemy.orm import InstrumentedAttribute

T = TypeVar("T", bound="DataclassInstance")


_NEWEST = (
    select(CountySettings.version, CountySettings.content)
    .where(
        CountySettings.county_id == bindparam("county"),
        CountySettings.name == bindparam("name"),
    )
    .order_by(CountySettings.version.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Bounds:
    """Between which numbers, both included, a county may choose."""

    least: int
    most: int | None
    may_be_none: bool

    def hold(self, value: int | None) -> bool:
        if value is None:
            return self.may_be_none
        return self.least <= value and (self.most is None or value <= self.most)


def whole(default: int, *, least: int, most: int | None = None) -> int:
    """A field of settings that is a whole number."""
    return field(default=default, metadata={"bounds": Bounds(least, most, may_be_none=False)})


def whole_or_none(default: int | None, *, least: int, most: int | None = None) -> int | None:
    """A field of settings that is a whole number, or none for no limit."""
    return field(default=default, metadata={"bounds": Bounds(least, most, may_be_none=True)})


@dataclass(frozen=True)
class InForce(Generic[T]):
    """The settings that count now."""

    version: int | None  # none: the county has chosen nothing, the defaults hold
    settings: T


class Settings(Generic[T]):
    """The settings of one domain: ``SETTINGS = Settings("orders", OrderSettings())``.

    ``check`` raises for numbers that do not fit together; ``read`` and ``write`` are for settings
    that are no flat table of numbers.
    """

    def __init__(
        self,
        name: str,
        defaults: T,
        *,
        check: Callable[[T], None] | None = None,
        read: Callable[[Mapping[str, Any]], T] | None = None,
        write: Callable[[T], dict[str, Any]] = asdict,
    ) -> None:
        self.name, self.defaults = name, defaults
        self._check, self._read, self._write = check, read or self._flat, write

    def of(self, county_id: int) -> T:
        """What counts in the county."""
        return self.in_force(county_id).settings

    def in_force(self, county_id: int) -> InForce[T]:
        """What counts in the county, and which version that is; one query."""
        asked = {"county": county_id, "name": self.name}
        newest = db.session.connection().execute(_NEWEST, asked).one_or_none()
        if newest is None:
            return InForce(None, self.defaults)
        return InForce(newest.version, self._read(newest.content))

    def content(
        self, county_id: "InstrumentedAttribute[int]"
    ) -> "ScalarSelect[dict[str, Any] | None]":
        """The content for a query that has counties already, to be ``read``; none: the defaults."""
        return (
            select(CountySettings.content)
            .where(CountySettings.county_id == county_id, CountySettings.name == self.name)
            .order_by(CountySettings.version.desc())
            .limit(1)
            .scalar_subquery()
        )

    def read(self, content: Mapping[str, Any] | None) -> T:
        """The settings of what ``content`` found."""
        return self.defaults if content is None else self._read(content)

    def number(self, key: str, county_id: "InstrumentedAttribute[int]") -> ColumnElement[int]:
        """One number, which every county has, for a query over many counties."""
        default = getattr(self.defaults, key)
        assert isinstance(default, int), "none would be taken for what is not set"
        return func.coalesce(self.content(county_id)[key].as_integer(), default)

    def set(self, *, county_id: int, settings: T, actor_id: UUID | None, at: datetime) -> int:
        """Put all of them in force; returns the version.

        Raises:
            CountyNotFound: no such county.
            SettingOutOfBounds: a number is not within its bounds.
            what the domain's ``check`` raises.
        """
        _take_turns(county_id)
        return self._keep(county_id, self.in_force(county_id), settings, actor_id, at)

    def change(self, *, county_id: int, actor_id: UUID | None, at: datetime, **values: object) -> T:
        """Put the named ones in force, leave the others as they are; returns all of them.

        Raises: as ``set`` does.
        """
        _take_turns(county_id)
        before = self.in_force(county_id)
        settings = replace(before.settings, **values)
        self._keep(county_id, before, settings, actor_id, at)
        return settings

    def _keep(
        self,
        county_id: int,
        before: InForce[T],
        settings: T,
        actor_id: UUID | None,
        at: datetime,
    ) -> int:
        _check(settings)
        if self._check is not None:
            self._check(settings)
        version = (before.version or 0) + 1
        was, content = self._write(before.settings), self._write(settings)
        db.session.add(
            CountySettings(
                county_id=county_id,
                name=self.name,
                version=version,
                content=content,
                set_by=actor_id,
                set_at=at,
            )
        )
        db.session.flush()  # the next question must find it
        changed = [key for key in content if content[key] != was[key]]
        audit.record(
            f"{self.name}.set_settings",
            county_id=county_id,
            actor_id=actor_id,
            subject=("county", county_id),
            at=at,
            version=version,
            before={key: was[key] for key in changed},
            after={key: content[key] for key in changed},
        )
        return version

    def _flat(self, content: Mapping[str, Any]) -> T:
        """Keys of another release are left out, and those that it did not know have defaults."""
        known = {each.name for each in fields(self.defaults)} & content.keys()
        return replace(self.defaults, **{key: content[key] for key in known})


def _check(settings: "DataclassInstance") -> None:
    for each in fields(settings):
        bounds: Bounds | None = each.metadata.get("bounds")
        if bounds is not None and not bounds.hold(getattr(settings, each.name)):
            raise SettingOutOfBounds(setting=each.name, least=bounds.least, most=bounds.most)


def _take_turns(county_id: int) -> None:
    """Two who set at once take turns: neither undoes what the other set."""
    queries.county(county_id)
    queries.lock_county(county_id)
