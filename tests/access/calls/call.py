"""One request about what lies at one distance."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from tests.access.world import Around
from tests.given import pictures
from tests.given.rosters import id_number

Body = Callable[[Around], dict[str, Any]]


def _nothing(_: Around) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Call:
    """One request about what lies at one distance.

    A call that shows objects names one with ``shows``: it is granted when the answer holds it. Any
    other call is granted unless it is answered 401, 403 or 404. ``is_same_everywhere``: the call
    names no object, so it is made once.
    """

    path: Body = _nothing
    json: Body | None = None
    form: Body | None = None
    query: Body = _nothing
    shows: Callable[[Around], object] | None = None
    is_same_everywhere: bool = False
    reached: tuple[str, ...] = ()  # refusals of what there is not, to a caller who may ask for it
    # SQL that makes the own object the caller's work, who is :caller; each other name is an object.
    made_by_caller: str = ""


def photo() -> tuple[BytesIO, str]:
    return BytesIO(pictures.photo(9_000)), "p.jpg"


def file() -> tuple[BytesIO, str]:
    return BytesIO(b"not what it should be"), "f.csv"


def about(key: str, json: Body | None = None, name: str | None = None, **more: Any) -> Call:
    """A call with the object's id in its path."""
    return Call(path=lambda around: {key: getattr(around, name or key)}, json=json, **more)


def lists(name: str, **more: Any) -> Call:
    """A list that may hold the object."""
    return Call(shows=lambda around: getattr(around, name), **{"query": LONG} | more)


def once(**more: Any) -> Call:
    return Call(is_same_everywhere=True, **more)


def same(**body: Any) -> Body:
    return lambda _: body


LONG = same(limit=100)
STAFF = same(phone="19900009999", name="新人", id_number=id_number(999))
