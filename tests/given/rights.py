"""What the product changes in rows, held against what the application's role may change.

PostgreSQL refuses a column only when an UPDATE names it, and an UPDATE names what has become
another value. Under the still clock of a test an instant is set to itself, so a missing right
would be met by the first real minute.
"""

import re

from sqlalchemy import event, inspect

from app.kernel.db import Model
from operations.proving import inventory

MAY = re.compile(r"UPDATE\(([^)]*)\)")


def keep_watch() -> None:
    """Fail whatever test has a column changed, of a row that is kept, that only its owner may."""
    shipped = inventory.read()
    for mapper in Model.registry.mappers:
        may = MAY.search(shipped.get(f"rights of fen_app on public.{mapper.local_table.name}", ""))
        granted = may[1].split(", ") if may else ()
        for column in mapper.column_attrs:
            if column.columns[0].name not in granted:
                event.listen(getattr(mapper.class_, column.key), "set", _refuse)


def _refuse(target: object, _value: object, _before: object, initiator: object) -> None:
    assert not inspect(target).persistent, (
        f"the application may not change {type(target).__name__}.{initiator.key}: grant it"
    )
