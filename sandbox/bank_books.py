"""The books of the stand-in bank: one custody account, its payments and entries, in SQLite.

The bank has a clock of its own that can be moved forward. Whatever is due by that clock
(settlements, returns) is booked before anything is answered, in the order of its due time.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.kernel.clock import day_of

ACCOUNT = "9901010100000018"
ACCOUNT_NAME = "分分县垃圾分类积分专户"
DAY_SECONDS = 86_400
LATE_SECONDS = DAY_SECONDS
RETURN_AFTER_SECONDS = 2 * DAY_SECONDS

SCHEMA = """
CREATE TABLE IF NOT EXISTS clock (ahead_seconds INTEGER NOT NULL);
INSERT INTO clock SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM clock);
CREATE TABLE IF NOT EXISTS payments (
    payment_id TEXT PRIMARY KEY,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    payee_name TEXT NOT NULL,
    payee_account TEXT NOT NULL,
    payee_bank TEXT NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'settled', 'rejected', 'returned')),
    reason TEXT,
    bank_reference TEXT,
    settle_at REAL NOT NULL,  -- Unix seconds by the bank's clock
    return_at REAL,
    return_reason TEXT
);
CREATE TABLE IF NOT EXISTS misbookings (
    payment_id TEXT PRIMARY KEY,
    wrong_fen INTEGER NOT NULL CHECK (wrong_fen > 0),  -- what is booked instead of the amount
    correct_at REAL,  -- once it is booked: when that is put right
    is_corrected INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS entries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    bank_reference TEXT NOT NULL UNIQUE,
    booked_on TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen <> 0),  -- positive: into the account
    counterparty_name TEXT NOT NULL,
    counterparty_account TEXT NOT NULL,
    purpose TEXT NOT NULL,
    payment_id TEXT
);
"""


@dataclass(frozen=True)
class Order:
    """What a customer asks to be paid; the same id must always come with the same content."""

    payment_id: str
    amount_fen: int
    payee_name: str
    payee_account: str
    payee_bank: str
    purpose: str


@dataclass(frozen=True)
class Fate:
    """What befalls an order that is otherwise in order."""

    refusal: str | None = None
    return_reason: str | None = None
    is_late: bool = False
    is_misbooked: bool = False  # a fen too much leaves the account; put right the day after


class OtherContent(Exception):
    """The id is known with another content."""


class Books:
    """Safe for threads: one connection, one at a time."""

    def __init__(
        self, path: Path, *, settle_seconds: float, now: Callable[[], float] = time.time
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._settle_seconds = settle_seconds
        self._now = now
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _open(self) -> Iterator[float]:
        """A transaction in which everything due is booked; gives the bank's time."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                (ahead_seconds,) = self._db.execute("SELECT ahead_seconds FROM clock").fetchone()
                now = self._now() + ahead_seconds
                self._book_what_is_due(now)
                yield now
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def advance(self, seconds: int) -> datetime:
        """Move the bank's clock forward; the new time."""
        with self._lock:
            self._db.execute("UPDATE clock SET ahead_seconds = ahead_seconds + ?", (seconds,))
        with self._open() as now:
            return datetime.fromtimestamp(now, UTC)

    def submit(self, order: Order, fate: Fate) -> dict[str, Any]:
        """Take the order, or give the first answer again.

        Raises:
            OtherContent: another order has this id.
        """
        with self._open() as now:
            known = self._payment(order.payment_id)
            if known is None:
                self._take(order, fate, now)
                known = self._payment(order.payment_id)
                assert known is not None, "just inserted"
            elif any(known[name] != value for name, value in asdict(order).items()):
                raise OtherContent
            answer = _answer(known)
            if answer["state"] != "rejected":  # whatever became of it since
                answer |= {"state": "accepted", "reason": None, "bank_reference": None}
            return answer

    def payment(self, payment_id: str) -> dict[str, Any] | None:
        with self._open():
            known = self._payment(payment_id)
            return None if known is None else _answer(known)

    def payments(self) -> list[dict[str, Any]]:
        """Every payment with ``paid_fen``, what has left the account for it on balance."""
        with self._open():
            rows = self._db.execute(
                "SELECT p.*, coalesce((SELECT -sum(e.amount_fen) FROM entries e"
                " WHERE e.payment_id = p.payment_id), 0) AS paid_fen FROM payments p"
                " ORDER BY p.rowid"
            ).fetchall()
            return [{**_answer(row), "paid_fen": row["paid_fen"]} for row in rows]

    def entries(self) -> list[dict[str, Any]]:
        with self._open():
            rows = self._db.execute("SELECT * FROM entries ORDER BY sequence").fetchall()
            return [dict(row) for row in rows]

    def deposit(self, amount_fen: int, *, name: str, account: str, purpose: str) -> dict[str, Any]:
        """Money that somebody else sends to the custody account."""
        with self._open() as now:
            reference = self._book(now, amount_fen, name, account, purpose, None)
            return {"bank_reference": reference, "balance_fen": self._balance_fen()}

    def send_back(self, payment_id: str, reason: str) -> None:
        """A settled payment comes back now."""
        with self._open() as now:
            self._db.execute(
                "UPDATE payments SET return_at = ?, return_reason = ? WHERE payment_id = ?",
                (now, reason, payment_id),
            )
            self._book_what_is_due(now)

    def misbooked_now(self) -> list[dict[str, Any]]:
        """The payments that are booked with another amount, and not put right yet."""
        with self._open():
            rows = self._db.execute(
                "SELECT p.payment_id, p.amount_fen, m.wrong_fen FROM misbookings m"
                " JOIN payments p USING (payment_id)"
                " WHERE m.correct_at IS NOT NULL AND NOT m.is_corrected"
            ).fetchall()
            return [dict(row) for row in rows]

    def balance_fen_on(self, on: date) -> int:
        """The balance at the end of a day."""
        with self._open():
            (balance_fen,) = self._db.execute(
                "SELECT coalesce(sum(amount_fen), 0) FROM entries WHERE booked_on <= ?",
                (on.isoformat(),),
            ).fetchone()
            return int(balance_fen)

    def balance_fen(self) -> int:
        with self._open():
            return self._balance_fen()

    def day(self, on: date) -> tuple[int, list[dict[str, Any]]] | None:
        """The balance before the day and its entries; None for a day that is yet to come."""
        with self._open() as now:
            if on > day_of(datetime.fromtimestamp(now, UTC)):
                return None
            (opening_fen,) = self._db.execute(
                "SELECT coalesce(sum(amount_fen), 0) FROM entries WHERE booked_on < ?",
                (on.isoformat(),),
            ).fetchone()
            rows = self._db.execute(
                "SELECT * FROM entries WHERE booked_on = ? ORDER BY sequence", (on.isoformat(),)
            ).fetchall()
            return opening_fen, [dict(row) for row in rows]

    def _take(self, order: Order, fate: Fate, now: float) -> None:
        (promised_fen,) = self._db.execute(
            "SELECT coalesce(sum(amount_fen), 0) FROM payments WHERE state = 'accepted'"
        ).fetchone()
        refusal = fate.refusal
        if refusal is None and self._balance_fen() - promised_fen < order.amount_fen:
            refusal = "余额不足"
        settle_at = now + (LATE_SECONDS if fate.is_late else self._settle_seconds)
        self._db.execute(
            "INSERT INTO payments VALUES (:payment_id, :amount_fen, :payee_name, :payee_account,"
            " :payee_bank, :purpose, :state, :reason, NULL, :settle_at, :return_at,"
            " :return_reason)",
            asdict(order)
            | {
                "state": "accepted" if refusal is None else "rejected",
                "reason": refusal,
                "settle_at": settle_at,
                "return_at": settle_at + RETURN_AFTER_SECONDS if fate.return_reason else None,
                "return_reason": fate.return_reason,
            },
        )

        if fate.is_misbooked and refusal is None:
            self._db.execute(
                "INSERT INTO misbookings (payment_id, wrong_fen) VALUES (?, ?)",
                (order.payment_id, order.amount_fen + 1),
            )

    def _book_what_is_due(self, now: float) -> None:
        due = self._db.execute(
            "SELECT payment_id, settle_at AS due_at FROM payments"
            " WHERE state = 'accepted' AND settle_at <= :now UNION ALL"
            " SELECT payment_id, return_at FROM payments"
            " WHERE state IN ('accepted', 'settled') AND return_at <= :now ORDER BY due_at",
            {"now": now},
        ).fetchall()
        for payment_id, due_at in due:
            payment = self._payment(payment_id)
            assert payment is not None, "selected above"
            if payment["state"] == "accepted":
                self._settle(payment, due_at)
            else:
                self._return(payment, due_at)

        wrong = self._db.execute(
            "SELECT payment_id, wrong_fen, correct_at FROM misbookings"
            " WHERE correct_at <= ? AND NOT is_corrected ORDER BY correct_at",
            (now,),
        ).fetchall()
        for payment_id, wrong_fen, correct_at in wrong:
            payment = self._payment(payment_id)
            assert payment is not None, "it was misbooked"
            self._book_for(payment, correct_at, wrong_fen, "冲正：金额有误")
            self._book_for(payment, correct_at, -payment["amount_fen"], payment["purpose"])
            self._db.execute(
                "UPDATE misbookings SET is_corrected = 1 WHERE payment_id = ?", (payment_id,)
            )

    def _settle(self, payment: sqlite3.Row, at: float) -> None:
        wrong = self._db.execute(
            "UPDATE misbookings SET correct_at = ? WHERE payment_id = ? RETURNING wrong_fen",
            (at + DAY_SECONDS, payment["payment_id"]),
        ).fetchone()
        booked_fen = wrong["wrong_fen"] if wrong else payment["amount_fen"]
        reference = self._book_for(payment, at, -booked_fen, payment["purpose"])
        self._db.execute(
            "UPDATE payments SET state = 'settled', bank_reference = ? WHERE payment_id = ?",
            (reference, payment["payment_id"]),
        )

    def _return(self, payment: sqlite3.Row, at: float) -> None:
        reason = payment["return_reason"]
        self._book_for(payment, at, payment["amount_fen"], f"退汇：{reason}")
        self._db.execute(
            "UPDATE payments SET state = 'returned', reason = ? WHERE payment_id = ?",
            (reason, payment["payment_id"]),
        )

    def _book_for(self, payment: sqlite3.Row, at: float, amount_fen: int, purpose: str) -> str:
        name, account = payment["payee_name"], payment["payee_account"]
        return self._book(at, amount_fen, name, account, purpose, payment["payment_id"])

    def _book(
        self,
        at: float,
        amount_fen: int,
        name: str,
        account: str,
        purpose: str,
        payment_id: str | None,
    ) -> str:
        booked_on = day_of(datetime.fromtimestamp(at, UTC))
        (last,) = self._db.execute("SELECT coalesce(max(sequence), 0) FROM entries").fetchone()
        reference = f"{booked_on:%Y%m%d}{last + 1:010d}"
        self._db.execute(
            "INSERT INTO entries (bank_reference, booked_on, amount_fen, counterparty_name,"
            " counterparty_account, purpose, payment_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (reference, booked_on.isoformat(), amount_fen, name, account, purpose, payment_id),
        )
        return reference

    def _balance_fen(self) -> int:
        (balance_fen,) = self._db.execute(
            "SELECT coalesce(sum(amount_fen), 0) FROM entries"
        ).fetchone()
        return int(balance_fen)

    def _payment(self, payment_id: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._db.execute(
            "SELECT * FROM payments WHERE payment_id = ?", (payment_id,)
        ).fetchone()
        return found


def _answer(row: sqlite3.Row) -> dict[str, Any]:
    shown = ("payment_id", "amount_fen", "state", "reason", "bank_reference")
    return {name: row[name] for name in shown}
