"""What the product changes in rows, held against what the roles that write may change.

PostgreSQL refuses a column only when an UPDATE names it, and an UPDATE names what has become
another value. Under the still clock of a test an instant is set to itself, so a missing right
would be met by the first real minute.
"""

import re

from sqlalchemy import event, inspect

from app.kernel.db import Model
from operations.proving import inventory

WRITERS = ("fen_app", "fen_worker", "fen_bank")
MAY = re.compile(r"UPDATE\(([^)]*)\)")


def keep_watch() -> None:
    """Fail whatever test has a column changed, of a row that is kept, that only its owner may."""
    shipped = inventory.read()
    for mapper in Model.registry.mappers:
        table = mapper.local_table.name
        rights = [shipped.get(f"rights of {one} on public.{table}", "") for one in WRITERS]
        granted = ", ".join(may[1] for one in rights if (may := MAY.search(one))).split(", ")
        for column in mapper.column_attrs:
            if column.columns[0].name not in granted:
                event.listen(getattr(mapper.class_, column.key), "set", _refuse)


def _refuse(target: object, _value: object, _before: object, initiator: object) -> None:
    assert not inspect(target).persistent, (
        f"the application may not change {type(target).__name__}.{initiator.key}: grant it"
    )
