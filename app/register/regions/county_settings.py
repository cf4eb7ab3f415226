"""What a county may choose: each domain owns its settings, and one table keeps all their versions.

A domain's ``settings.py`` has a frozen dataclass, whose defaults hold until a county chooses
otherwise, and ``SETTINGS``, by which they are read and set. The newest version is in force; the
older ones stay, with who set them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select

from app.kernel import audit
from app.kernel.db import db
from app.kernel.units import yuan_text
from app.register.regions import queries
from app.register.regions.errors import SettingOutOfBounds
from app.register.regions.models import CountySettings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from sqlalchemy import BindParameter
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


class Strict(Enum):
    """In which direction a number keeps people shorter; neither, where no end is the safe one."""

    LOWER = -1
    HIGHER = 1
    NEITHER = 0


@dataclass(frozen=True)
class Bounds:
    """What a number is, and between which, both included, a county may choose."""

    label: str
    unit: str
    least: int
    most: int
    may_be_none: bool
    strict: Strict

    def hold(self, value: int | None) -> bool:
        return self.may_be_none if value is None else self.least <= value <= self.most

    def nearest(self, value: int | None) -> int | None:
        """What counts of a number that was chosen when there were other bounds, or past them."""
        if value is None:
            return None if self.may_be_none else self.most  # none was: no limit
        return min(max(value, self.least), self.most)

    def is_stricter(self, before: int | None, after: int | None) -> bool:
        """Whether the new number is the stricter one; none, for no limit, never is."""
        if before is None or after is None:
            return before is None and self.strict is Strict.LOWER
        return (after - before) * self.strict.value > 0

    def said(self, value: int | None) -> str:
        """A number in words."""
        if value is None:
            return "不限"
        if self.unit == YUAN:
            return f"{yuan_text(value)} 元"
        return f"{value}%" if self.unit == "%" else f"{value} {self.unit}"

    @property
    def span(self) -> str:
        """Between which numbers, in words."""
        return f"{self.said(self.least)}到 {self.said(self.most)}"


YUAN = "元"  # the number itself is in fen


def whole(
    default: int, label: str, unit: str, *, least: int, most: int, strict: Strict = Strict.NEITHER
) -> int:
    """A field of settings that is a whole number, with its words for people."""
    bounds = Bounds(label, unit, least, most, may_be_none=False, strict=strict)
    return field(default=default, metadata={"bounds": bounds})


def whole_or_none(
    default: int | None, label: str, unit: str, *, least: int, most: int
) -> int | None:
    """A field of settings that is a limit, the lower the stricter, or none for no limit."""
    bounds = Bounds(label, unit, least, most, may_be_none=True, strict=Strict.LOWER)
    return field(default=default, metadata={"bounds": bounds})


@dataclass(frozen=True)
class InForce(Generic[T]):
    """The settings that count now."""

    version: int | None  # none: the county has chosen nothing, the defaults hold
    settings: T


def bounds_of(settings: "DataclassInstance") -> dict[str, Bounds]:
    """What the numbers of settings are and may be, by name."""
    return {
        each.name: each.metadata["bounds"] for each in fields(settings) if "bounds" in each.metadata
    }


def in_words(settings: "DataclassInstance") -> dict[str, str]:
    """What was chosen, by label, as people read it."""
    return {
        bounds.label: bounds.said(getattr(settings, name))
        for name, bounds in bounds_of(settings).items()
    }


@dataclass(frozen=True)
class Form(Generic[T]):
    """How settings are read as they were kept, written, and said in words, by label."""

    read: Callable[[Mapping[str, Any]], T] | None = None  # none: a flat table
    write: Callable[[T], dict[str, Any]] = asdict
    words: Callable[[T], dict[str, str]] = in_words


class Settings(Generic[T]):
    """The settings of one domain: ``SETTINGS = Settings("orders", OrderSettings(), "订单的期限")``.

    ``check`` raises for numbers that do not fit together; ``form`` is for settings that are no flat
    table of numbers.
    """

    def __init__(
        self,
        name: str,
        defaults: T,
        title: str,
        *,
        check: Callable[[T], None] | None = None,
        form: Form[T] | None = None,
    ) -> None:
        self.name, self.defaults, self.title, self._check = name, defaults, title, check
        form = form or Form()
        self._read, self.write, self.words = form.read or self._flat, form.write, form.words

    def of(self, county_id: int) -> T:
        """What counts in the county."""
        return self.in_force(county_id).settings

    def in_force(self, county_id: int) -> InForce[T]:
        """What counts in the county, and which version that is; one query."""
        asked = {"county": county_id, "name": self.name}
        newest = db.session.connection().execute(_NEWEST, asked).one_or_none()
        if newest is None:
            return InForce(None, self.defaults)
        return InForce(newest.version, self.read(newest.content))

    def content(
        self, county_id: "InstrumentedAttribute[int] | BindParameter[int]"
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
        """The settings of what ``content`` found.

        A number beyond its bounds counts as the nearest within: a floor holds for what was chosen
        before there was one, and for whoever writes past the product.
        """
        if content is None:
            return self.defaults
        found = self.written(content)
        return replace(
            found,
            **{
                name: bounds.nearest(getattr(found, name))
                for name, bounds in bounds_of(found).items()
            },
        )

    def written(self, content: Mapping[str, Any]) -> T:
        """What ``write`` wrote, as it was meant, within its bounds or not."""
        return self._read(content)

    def number(self, key: str, county_id: "InstrumentedAttribute[int]") -> ColumnElement[int]:
        """One number, which every county has, for a query over many counties."""
        default = getattr(self.defaults, key)
        assert isinstance(default, int), "none would be taken for what is not set"
        bounds = bounds_of(self.defaults)[key]
        chosen = func.coalesce(self.content(county_id)[key].as_integer(), default)
        return func.least(func.greatest(chosen, bounds.least), bounds.most)

    def check(self, settings: T) -> None:
        """Refuse what a county cannot choose.

        Raises:
            SettingOutOfBounds: a number is not within its bounds.
            what the domain's ``check`` raises.
        """
        for name, bounds in bounds_of(settings).items():
            if not bounds.hold(getattr(settings, name)):
                raise SettingOutOfBounds(
                    setting=name,
                    least=bounds.least,
                    most=bounds.most,
                    what=bounds.label,
                    span=bounds.span,
                )
        if self._check is not None:
            self._check(settings)

    def is_stricter(self, before: T, after: T) -> bool:
        """Whether everything that differs is stricter than it was."""
        known = bounds_of(before)
        was, becomes = vars(before), vars(after)
        differing = [name for name in was if was[name] != becomes[name]]
        return all(
            name in known and known[name].is_stricter(was[name], becomes[name])
            for name in differing
        )

    def set(
        self,
        *,
        county_id: int,
        settings: T,
        actor_id: UUID | None,
        at: datetime,
        proposal_id: UUID | None = None,
    ) -> int:
        """Put all of them in force; returns the version. ``proposal_id``: by which it was agreed.

        Raises:
            CountyNotFound: no such county.
            SettingOutOfBounds: a number is not within its bounds.
            what the domain's ``check`` raises.
        """
        _take_turns(county_id)
        before = self.in_force(county_id)
        return self._keep(county_id, before, settings, actor_id, at, proposal_id)

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
        proposal_id: UUID | None = None,
    ) -> int:
        self.check(settings)
        version = (before.version or 0) + 1
        was, content = self.write(before.settings), self.write(settings)
        db.session.add(
            CountySettings(
                county_id=county_id,
                name=self.name,
                version=version,
                content=content,
                set_by=actor_id,
                set_at=at,
                proposal_id=proposal_id,
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
            content=content,
            before={key: was[key] for key in changed},
            after={key: content[key] for key in changed},
        )
        return version

    def _flat(self, content: Mapping[str, Any]) -> T:
        """Keys of another release are left out, and those that it did not know have defaults."""
        known = {each.name for each in fields(self.defaults)} & content.keys()
        return replace(self.defaults, **{key: content[key] for key in known})


def _take_turns(county_id: int) -> None:
    """Two who set at once take turns: neither undoes what the other set."""
    queries.county(county_id)
    queries.lock_county(county_id)
