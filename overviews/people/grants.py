"""The places of somebody's roles by name, for a person who chooses in which of them to act."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Text,
    bindparam,
    cast,
    literal,
    select,
    union_all,
)

from app.kernel.db import db
from app.register.identity.roles import Grant
from app.register.regions.models import Region
from mall.merchants.models import Merchant, Shop


@dataclass(frozen=True)
class Place:
    """Where a role holds."""

    id: UUID
    kind: str  # county, town, village, group, shop, merchant
    name: str


@dataclass(frozen=True)
class GrantAtPlace:
    """A role of somebody's, and where it holds."""

    role: str
    place_id: UUID
    place: Place


_IDS: BindParameter[UUID] = bindparam("ids", expanding=True)
_PLACES: CompoundSelect[Any] = union_all(
    select(Region.id, cast(Region.kind, Text), Region.name).where(Region.id.in_(_IDS)),
    select(Shop.id, literal("shop"), Shop.name).where(Shop.id.in_(_IDS)),
    select(Merchant.id, literal("merchant"), Merchant.name).where(Merchant.id.in_(_IDS)),
)


def grants_with_places(grants: Sequence[Grant]) -> list[GrantAtPlace]:
    """The same grants with their places, in one query, or none for who has none."""
    if not grants:
        return []
    rows = db.session.execute(_PLACES, {"ids": [grant.place_id for grant in grants]})
    places = {id_: Place(id_, kind, name) for id_, kind, name in rows}
    return [GrantAtPlace(g.role, g.place_id, places[g.place_id]) for g in grants]
