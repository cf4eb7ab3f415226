"""Entering people."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.people.models import Person


def enter(
    *, county_id: int, id_number_indexes: Collection[bytes], at: datetime
) -> dict[bytes, UUID]:
    """The person of each ID number, by its index; who is not there yet is entered now."""
    if not id_number_indexes:
        return {}
    # In one order, or two imports of the same people could wait for each other.
    indexes = sorted(set(id_number_indexes))
    db.session.execute(
        insert(Person)
        .values(
            [
                {
                    "id": uuid7(at),
                    "county_id": county_id,
                    "id_number_index": index,
                    "created_at": at,
                }
                for index in indexes
            ]
        )
        .on_conflict_do_nothing(index_elements=["county_id", "id_number_index"])
    )
    rows = db.session.execute(
        select(Person.id_number_index, Person.id).where(
            Person.county_id == county_id, Person.id_number_index.in_(indexes)
        )
    )
    return {row.id_number_index: row.id for row in rows}
