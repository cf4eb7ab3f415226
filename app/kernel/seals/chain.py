"""Chains of seals: one for each county over rows that are only ever added.

A seal covers the commits from one fence to the next. A fence is taken at ``pg_snapshot_xmin``,
below which every transaction has ended, so no row can appear later in a range that was sealed. The
database keeps the chain without gaps and without branches (``append``); whether roots and
signatures are true is for a proof to say, which trusts nothing there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, TextClause, text

from app.kernel.findings import Findings
from app.kernel.seals import merkle
from app.kernel.seals.statement import NOTHING_BEFORE, Seal, Sealed, SealStatement
from app.kernel.signing import PublicKeys, Signer

ROWS_MAX = 50_000  # in one seal, so that one row is proved in a moment
_AT_ONCE = 500
_FENCE = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")

# The hashed leaves of a county's range of commits, in their order.
Leaves = Callable[[Connection, int, int, int], Iterable[bytes]]


@dataclass(frozen=True)
class Chain:
    """What is sealed, and where its seals are kept.

    ``rows`` is the table of what is sealed, where ``xact`` is the transaction of each; ``seals`` is
    the table of the seals, ``append`` the function of the database that adds one. All are constants
    of the code.
    """

    of: Sealed
    rows: str
    xact: str  # the type of that column: xid8, or bigint
    seals: str
    append: str
    leaves: Leaves

    def seal_next(
        self, connection: Connection, *, county_id: int, signer: Signer, at: datetime
    ) -> Seal | None:
        """Seal the county's oldest rows that no seal covers, up to ``ROWS_MAX``.

        Returns None when there is nothing to seal, also because somebody else has just sealed
        it. A transaction that is still open holds back all that began after it.
        """
        last = self.last(connection, county_id)
        commits_from = last.statement.commits_before if last else 0
        # The fence is read before the rows: what is below it can only be seen whole.
        fence: int = connection.execute(_FENCE).scalar_one()
        commits_before = self._end(connection, county_id, commits_from, fence)
        if commits_before <= commits_from:
            return None
        tree = merkle.Tree()
        for leaf in self.leaves(connection, county_id, commits_from, commits_before):
            tree.add(leaf)
        if not tree.size:
            return None
        statement = SealStatement(
            of=self.of,
            county_id=county_id,
            number=last.statement.number + 1 if last else 1,
            previous=last.statement.digest() if last else NOTHING_BEFORE,
            commits_from=commits_from,
            commits_before=commits_before,
            count=tree.size,
            root=tree.root(),
            sealed_at=at,
            key_id=signer.key_id,
        )
        seal = Seal(statement, signer.sign(statement.text().encode()))
        is_ours: bool = connection.execute(self._append, _values(seal)).scalar_one()
        return seal if is_ours else None

    def last(self, connection: Connection, county_id: int) -> Seal | None:
        """The county's newest seal."""
        query = self._select("WHERE county_id = :county_id ORDER BY number DESC LIMIT 1")
        return self._one(connection, query, county_id=county_id)

    def numbered(self, connection: Connection, county_id: int, number: int) -> Seal | None:
        query = self._select("WHERE county_id = :county_id AND number = :number")
        return self._one(connection, query, county_id=county_id, number=number)

    def covering(self, connection: Connection, county_id: int, xact: int) -> Seal | None:
        """The seal over a commit, if there is one yet."""
        query = self._select(
            "WHERE county_id = :county_id AND commits_from <= :xact AND commits_before > :xact"
        )
        return self._one(connection, query, county_id=county_id, xact=xact)

    def last_before(self, connection: Connection, county_id: int, instant: datetime) -> Seal | None:
        """The county's last seal made before the instant; those made later do not change it."""
        query = self._select(
            "WHERE county_id = :county_id AND sealed_at < :instant ORDER BY number DESC LIMIT 1"
        )
        return self._one(connection, query, county_id=county_id, instant=instant)

    def every(self, connection: Connection) -> Iterator[Seal]:
        """All seals, each county's in their order, read a few at a time."""
        county_id, number = 0, 0
        query = self._select(
            "WHERE (county_id, number) > (:county_id, :number)"
            " ORDER BY county_id, number LIMIT :most"
        )
        while rows := connection.execute(
            query, {"county_id": county_id, "number": number, "most": _AT_ONCE}
        ).all():
            yield from map(self._seal, rows)
            county_id, number = rows[-1].county_id, rows[-1].number

    def made_in(self, connection: Connection, since: datetime, until: datetime) -> list[Seal]:
        """The seals made in a span of time, each county's in their order."""
        query = self._select(
            "WHERE sealed_at >= :since AND sealed_at < :until ORDER BY county_id, number"
        )
        rows = connection.execute(query, {"since": since, "until": until})
        return [self._seal(row) for row in rows]

    def follow(
        self,
        connection: Connection,
        findings: Findings,
        check: str,
        known: PublicKeys,
    ) -> Iterator[Seal]:
        """Every seal in its turn, once its place and its signature were looked at."""
        seals = self.every(connection)
        for _, chain in groupby(seals, lambda seal: seal.statement.county_id):
            number, previous, commits_before = 0, NOTHING_BEFORE, 0
            for seal in chain:
                said = seal.statement
                problem = None
                if said.number != number + 1:
                    problem = f"follows {self.named(number)}"
                elif said.previous != previous or said.commits_from != commits_before:
                    problem = "does not continue the seal before"
                elif not said.is_signed_by(known, seal.signature):
                    problem = f"is not signed by a known key (it names {said.key_id})"
                if problem:
                    findings.report(check, said.county_id, self.named(said.number), problem)
                number, previous, commits_before = said.number, said.digest(), said.commits_before
                yield seal

    def compare(
        self, connection: Connection, findings: Findings, check: str, handed_out: Iterable[Seal]
    ) -> None:
        """Check that every seal of this chain that was handed out is still there, and the same.

        Only these copies show that the newest seals were removed together with what they covered.
        """
        findings.begin(check)
        for theirs in handed_out:
            said = theirs.statement
            if said.of is not self.of:
                continue
            ours = self.numbered(connection, said.county_id, said.number)
            if ours is None:
                findings.report(check, said.county_id, self.named(said.number), "is gone")
            elif ours != theirs:
                findings.report(
                    check, said.county_id, self.named(said.number), "is another one now"
                )

    def named(self, number: int) -> str:
        """How findings name a seal."""
        return f"seal {number}" if self.of is Sealed.TRANSFERS else f"trace seal {number}"

    def _end(self, connection: Connection, county_id: int, commits_from: int, fence: int) -> int:
        beyond = self._beyond(connection, county_id, commits_from, ROWS_MAX)
        if beyond is None or beyond >= fence:
            return fence
        # One transaction that is larger than a seal is sealed whole.
        first = self._beyond(connection, county_id, commits_from, 0)
        assert first is not None, "what lies beyond begins somewhere"
        return max(beyond, first + 1)

    def _beyond(
        self, connection: Connection, county_id: int, commits_from: int, most: int
    ) -> int | None:
        """The transaction of the row after so many."""
        values = {"county_id": county_id, "commits_from": commits_from, "most": most}
        found: int | None = connection.execute(self._rows_beyond, values).scalar()
        return found

    @cached_property
    def _columns(self) -> str:
        return (
            f"county_id, number, previous, commits_from, commits_before, {self.of.counted}, root,"
            " sealed_at, key_id, signature"
        )

    @cached_property
    def _append(self) -> TextClause:
        return text(
            f"SELECT {self.append}(:county_id, :number, :commits_from, :commits_before, :count,"
            " :root, :previous, :sealed_at, :key_id, :signature)"
        )

    @cached_property
    def _rows_beyond(self) -> TextClause:
        return text(
            f"SELECT CAST(CAST(xact AS text) AS bigint) FROM {self.rows}"  # noqa: S608
            f" WHERE county_id = :county_id"
            f" AND xact >= CAST(CAST(:commits_from AS text) AS {self.xact})"
            " ORDER BY xact OFFSET :most LIMIT 1"
        )

    def _select(self, where: str) -> TextClause:
        return text(f"SELECT {self._columns} FROM {self.seals} {where}")  # noqa: S608

    def _one(self, connection: Connection, query: TextClause, **values: object) -> Seal | None:
        row = connection.execute(query, values).first()
        return self._seal(row) if row else None

    def _seal(self, row: Any) -> Seal:
        county_id, number, previous, commits_from, commits_before, count, root, at, key_id, by = row
        statement = SealStatement(
            of=self.of,
            county_id=county_id,
            number=number,
            previous=bytes(previous),
            commits_from=commits_from,
            commits_before=commits_before,
            count=count,
            root=bytes(root),
            sealed_at=at,
            key_id=key_id,
        )
        return Seal(statement, bytes(by))


def _values(seal: Seal) -> dict[str, Any]:
    facts = {name: value for name, value in vars(seal.statement).items() if name != "of"}
    return facts | {"signature": seal.signature}
