"""The database session and the one place that commits it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from select import POLLIN, poll
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from psycopg._preparing import PrepareManager  # APIFRAGILE
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Enum,
    ExceptionContext,
    MetaData,
    Select,
    SmallInteger,
    Text,
    event,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# "cached plan must not change result type", and a statement that the server does not know.
OUTDATED = (psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName)
Query = TypeVar("Query", bound=Select[Any])

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table. Instants always carry a zone; text and numbers have room."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        int: BigInteger(),
        str: Text(),
        # States are stored as their own words, checked by the domain, not as database enums.
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=None,
            create_constraint=False,
            values_callable=lambda states: [state.value for state in states],
        ),
    }


class Registered(Model):
    """A table that grows with people and places: a plain id (a reference table on Citus)."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)


class Recorded(Model):
    """A table that grows with activity: keyed by county, then id (distributed on Citus)."""

    __abstract__ = True

    county_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2, autoincrement=False)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)


class Turns:
    """Rows that are locked so that others take turns, and never changed.

    PostgreSQL lets a role lock only what it may change: it may change this column, and nobody does.
    """

    turn: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class Session(FlaskSession):
    """Honours an explicit bind, so that tests can run inside one rolled-back connection."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        return self.bind or super().get_bind(*args, **kwargs)


db = SQLAlchemy(
    metadata=Model.metadata,
    disable_autonaming=True,
    session_options={"class_": Session, "expire_on_commit": False},
)


def refuse_dead_connections(engine: Engine) -> None:
    """Have the pool replace a connection that its server has closed, without asking the server.

    A connection at rest has nothing to read; one that has, has been told good-bye. SQLAlchemy's
    own check (``pool_pre_ping``) costs every request a round trip.
    """

    @event.listens_for(engine, "checkout")
    def look(connection: Any, *_: Any) -> None:
        at_rest = poll()
        at_rest.register(connection.fileno(), POLLIN)
        if at_rest.poll(0):
            raise DisconnectionError("the server closed this connection")


class _Prepared(PrepareManager):
    """Keeps what the server has prepared when a transaction is rolled back.

    psycopg has it forgotten then, since the transaction might have dropped a table. Ours never do,
    and each request that only reads ends by rolling back: nothing was ever prepared for long, and
    the server planned most statements anew each time.
    """

    prepared_max = 300

    def clear(self) -> bool:
        return False


def keep_prepared(engine: Engine) -> None:
    """Have statements planned once by each connection, until a migration makes the plans wrong."""

    @event.listens_for(engine, "connect")
    def equip(connection: Any, _record: Any) -> None:
        connection._prepared = _Prepared()  # APIFRAGILE: of psycopg

    @event.listens_for(engine, "handle_error")
    def begin_anew(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, OUTDATED):
            context.is_disconnect = True  # so that every connection is replaced


def locked(
    query: Query,
    *,
    of: type[Model] | None = None,
    skip_taken: bool = False,
    shared: bool = False,
) -> Query:
    """The query, locking its rows until commit and reading them afresh.

    Order queries of several rows by id, or two callers may deadlock. ``of`` locks the rows of one
    table of a join; ``skip_taken`` leaves out rows that others hold instead of waiting for them.
    ``shared``: many may hold the row at once, and nobody changes it meanwhile.
    """
    return query.with_for_update(read=shared, of=of, skip_locked=skip_taken).execution_options(
        populate_existing=True
    )


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or roll all of it back; then run ``after_commit`` hooks.

    Opened only by the edges (views, jobs, commands), never by a service, and never nested:
    a service that opened its own could not be composed with another.
    """
    if "hooks" in db.session.info:
        raise RuntimeError("transaction() does not nest; open it at the edge only")
    hooks: list[Callable[[], None]] = []
    db.session.info["hooks"] = hooks
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        del db.session.info["hooks"]
    for hook in hooks:
        hook()


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection of its own that sees the database as it was at one moment, and only reads."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def asking() -> Iterator[Connection]:
    """A connection for one question outside any transaction: one round trip, and nothing begun.

    Not for what must agree with another question, nor inside ``transaction()``, whose changes it
    does not see.
    """
    assert "hooks" not in db.session.info, "inside transaction() ask its session"
    if isinstance(db.session.bind, Connection):  # tests live in one connection
        yield db.session.bind
        return
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo only this block when it raises, and let the transaction go on."""
    with db.session.begin_nested():
        yield


@contextmanager
def reading() -> Iterator[None]:
    """Look something up and give the connection back, outside any ``transaction()``.

    For an edge that reads before slow work, say the caller before an upload that takes a village
    line a minute: a connection idle in a transaction is cut by the server.
    """
    assert "hooks" not in db.session.info, "inside transaction() just read"
    try:
        yield
    finally:
        db.session.rollback()


def after_commit(hook: Callable[[], None]) -> None:
    """Run ``hook`` once the enclosing transaction has committed; drop it on rollback."""
    hooks = db.session.info.get("hooks")
    if hooks is None:
        raise RuntimeError("after_commit() needs an open transaction()")
    hooks.append(hook)
