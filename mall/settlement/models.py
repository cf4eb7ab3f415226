"""Cash-outs, allotments and bank statements, with the states each may go through."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Recorded
from app.kernel.decisions import Decided, Proposed
from mall.agreed_moves import AgreedMove, are_agreed


class CashOutState(StrEnum):
    """How far a cash-out has come. What is not an end is still held on the shop's account."""

    AWAITING_RELEASE = "awaiting_release"  # a second person must agree
    CREATED = "created"  # committed, nothing was sent yet
    SUBMITTING = "submitting"  # being sent now, or the process died while it was
    ACCEPTED = "accepted"  # the bank will pay
    UNKNOWN = "unknown"  # sent, and nobody knows whether the bank acted: it is asked
    SETTLED = "settled"  # the bank paid
    RETURNED = "returned"  # the bank paid, and the money came back
    REJECTED = "rejected"  # the bank refused explicitly
    DECLINED = "declined"  # the second person did not agree

    @property
    def is_with_bank(self) -> bool:
        """The bank may have the instruction and has not said the last word."""
        return self in {CashOutState.SUBMITTING, CashOutState.ACCEPTED, CashOutState.UNKNOWN}

    @property
    def was_paid(self) -> bool:
        return self in {CashOutState.SETTLED, CashOutState.RETURNED}


_S = CashOutState
# Every legal step. Only an explicit word of the bank leads out of the states "with the bank".
CASH_OUT_STEPS: Mapping[CashOutState, frozenset[CashOutState]] = MappingProxyType(
    {
        _S.AWAITING_RELEASE: frozenset({_S.CREATED, _S.DECLINED}),
        _S.CREATED: frozenset({_S.SUBMITTING}),
        _S.SUBMITTING: frozenset({_S.ACCEPTED, _S.SETTLED, _S.REJECTED, _S.UNKNOWN}),
        _S.UNKNOWN: frozenset({_S.SUBMITTING, _S.ACCEPTED, _S.SETTLED, _S.REJECTED}),
        _S.ACCEPTED: frozenset({_S.SETTLED, _S.REJECTED, _S.UNKNOWN}),
        _S.SETTLED: frozenset({_S.RETURNED}),
        _S.RETURNED: frozenset(),
        _S.REJECTED: frozenset(),
        _S.DECLINED: frozenset(),
    }
)


class CashOut(Proposed, Recorded):
    """A shop's points on their way to the merchant's bank account.

    Amount and payee are a snapshot of the moment it was asked for, and never change. The id, as
    32 hex characters, is the instruction's id at the bank: a repeat never pays twice.
    """

    __tablename__ = "cash_outs"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('awaiting_release', 'created', 'submitting', 'accepted', 'unknown', "
            "'settled', 'returned', 'rejected', 'declined')",
            name="state_is_known",
        ),
        CheckConstraint("decided_by <> asked_by", name="released_by_another"),
        CheckConstraint(
            "(state IN ('settled', 'returned')) = (settled_at IS NOT NULL)",
            name="settled_has_its_time",
        ),
        Index("ix_cash_outs_shop", "county_id", "shop_id", "id"),
        Index("ix_cash_outs_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )
    CONTENT = ("merchant_id", "shop_id", "amount_fen", "payee_account_tail")

    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    amount_fen: Mapped[int]
    payee_name: Mapped[str]
    payee_account_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    payee_account_tail: Mapped[str]
    payee_bank: Mapped[str]
    hold_id: Mapped[UUID]  # what keeps the amount on the shop's account in the ledger
    state: Mapped[CashOutState]
    proposed_by: Mapped[UUID] = mapped_column("asked_by", ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column("asked_at")
    sent_at: Mapped[datetime | None]  # the last time sending began
    tries: Mapped[int] = mapped_column(default=0)  # questions to the bank since it was sent
    due_at: Mapped[datetime | None]  # the sweep goes on with it from then; none: nothing to do
    # The bank denied knowing it, long enough after it was sent: it may be sent again.
    may_resend: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]  # the bank's or the checker's words, for people
    bank_reference: Mapped[str | None]  # 流水号 of the booking, once the bank named one
    settled_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """What the county's limit releases is nobody's to decide."""
        return self.state is CashOutState.AWAITING_RELEASE

    @property
    def payment_id(self) -> str:
        return self.id.hex

    def step_to(self, state: CashOutState) -> None:
        """Enter the next state; a step that is not listed is a bug of the caller."""
        if state not in CASH_OUT_STEPS[self.state]:
            raise AssertionError(f"a cash-out does not go from {self.state} to {state}")
        self.state = state


class Allotment(AgreedMove):
    """Money of the reserve for a village's budget: one person proposes, another approves."""

    __tablename__ = "allotments"
    __table_args__ = (
        *are_agreed(),
        Index("ix_allotments_village", "county_id", "village_id", "id"),
    )
    CONTENT = ("village_id", "amount_fen")

    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))


class CustodyAccount(Model):
    """The county's account at the bank: named by two people, or by the bank's own statement.

    Its row is also what imports of one county queue on.
    """

    __tablename__ = "custody_accounts"

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"), primary_key=True)
    # None until two people, or the bank, named it.
    account_index: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    account_tail: Mapped[str | None]
    seen_at: Mapped[datetime]  # when the account in force was named
    # What one person typed and waits for another who types the same.
    proposed_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    proposed_tail: Mapped[str | None]
    typed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    typed_again_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class StatementSource(StrEnum):
    """Whose word a statement file is."""

    BANK = "bank"  # fetched over the bank's own channel
    PERSON = "person"  # uploaded, or imported at the shell


class StatementState(StrEnum):
    """Whether a statement file counts."""

    WAITING = "waiting"  # only one person's word: nothing of it is booked
    CONFIRMED = "confirmed"  # the bank's word, or two people's
    SET_ASIDE = "set_aside"  # it contradicts what counts, or two people said that it is wrong


class BankStatement(Decided, Recorded):
    """A day of a statement file. A later file of the same day adds only the lines that are new."""

    __tablename__ = "bank_statements"
    __table_args__ = (
        CheckConstraint("source IN ('bank', 'person')", name="source_is_known"),
        CheckConstraint("source = 'person' OR imported_by IS NULL", name="the_bank_is_nobody"),
        CheckConstraint("state IN ('waiting', 'confirmed', 'set_aside')", name="state_is_known"),
        CheckConstraint("decided_by <> imported_by", name="decided_by_another"),
        CheckConstraint("state <> 'waiting' OR decided_by IS NULL", name="waiting_is_undecided"),
        UniqueConstraint("county_id", "file_digest"),
        Index("ix_bank_statements_day", "county_id", "on_day", "id"),
    )

    on_day: Mapped[date]
    opening_fen: Mapped[int]
    closing_fen: Mapped[int]
    line_count: Mapped[int]
    # SHA-256 of the file; of one with several days, of the file and the day.
    file_digest: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[StatementSource]
    state: Mapped[StatementState]
    # None: the bank, or the shell.
    proposed_by: Mapped[UUID | None] = mapped_column("imported_by", ForeignKey("users.id"))
    imported_at: Mapped[datetime]

    CONTENT = ("on_day", "opening_fen", "closing_fen", "line_count")

    @property
    def is_open(self) -> bool:
        return self.state is StatementState.WAITING


class EntryClass(StrEnum):
    """What a line of the statement turned out to be."""

    WAITING = "waiting"  # not looked at yet
    PAYOUT = "payout"  # our payment left the account
    RETURN = "return"  # our payment came back
    FUNDING = "funding"  # money for the programme
    BANK_ONLY = "bank_only"  # we gave no instruction for it
    DIFFERENT_AMOUNT = "different_amount"  # not the amount we instructed
    DUPLICATE = "duplicate"  # paid or returned before
    NOT_INSTRUCTED = "not_instructed"  # paid though it was refused, or never sent
    UNCLEAR_RETURN = "unclear_return"  # looks like a return and does not say of what
    EARLY_RETURN = "early_return"  # a return of a payment that no statement shows leaving yet
    SET_ASIDE = "set_aside"  # of a file that contradicts what counts
    EN_BLOC = "en_bloc"  # several transactions in one sum, and not told which
    UNBOOKABLE = "unbookable"  # booking it failed time and again
    DISMISSED = "dismissed"  # two people looked at it: it moves nothing
    TAKEN_APART = "taken_apart"  # two people said of which payments it is the sum: its parts move

    @property
    def is_booked(self) -> bool:
        """The ledger moved for it."""
        return self in {EntryClass.PAYOUT, EntryClass.RETURN, EntryClass.FUNDING}

    @property
    def has_moved(self) -> bool:
        """The ledger moved for it, or for its parts."""
        return self.is_booked or self is EntryClass.TAKEN_APART

    @property
    def is_difference(self) -> bool:
        return not self.has_moved and self not in {EntryClass.WAITING, EntryClass.DISMISSED}


_CLASSES = ", ".join(f"'{entry_class.value}'" for entry_class in EntryClass)


class StatementEntry(Recorded):
    """One line of a statement. It is never overwritten.

    Banks begin their references anew each day, and give one to several lines: the same line is one
    of the same day, reference and amount, and the same place among such.
    """

    __tablename__ = "statement_entries"
    __table_args__ = (
        Index(
            "uq_statement_entries_line",
            "county_id",
            "booked_on",
            "bank_reference",
            "amount_fen",
            "ordinal",
            unique=True,
            postgresql_where=text("is_believed"),
        ),
        CheckConstraint(
            "is_believed OR entry_class NOT IN ('payout', 'return', 'funding') OR is_agreed",
            name="booked_is_believed",
        ),
        ForeignKeyConstraint(
            ["county_id", "statement_id"],
            ["bank_statements.county_id", "bank_statements.id"],
            name="fk_statement_entries_statement",
        ),
        ForeignKeyConstraint(
            ["county_id", "part_of"],
            ["statement_entries.county_id", "statement_entries.id"],
            name="fk_statement_entries_part_of",
        ),
        CheckConstraint(
            "part_of IS NULL OR (is_agreed AND NOT is_believed)", name="parts_are_agreed"
        ),
        Index(
            "ix_statement_entries_part_of",
            "county_id",
            "part_of",
            postgresql_where=text("part_of IS NOT NULL"),
        ),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
        CheckConstraint(f"entry_class IN ({_CLASSES})", name="class_is_known"),
        # A payment leaves the account once and comes back at most once.
        Index(
            "uq_statement_entries_cash_out",
            "county_id",
            "cash_out_id",
            "entry_class",
            unique=True,
            postgresql_where=text("entry_class IN ('payout', 'return')"),
        ),
        Index("ix_statement_entries_statement", "county_id", "statement_id", "id"),
        Index(
            "ix_statement_entries_waiting",
            "received_at",
            postgresql_where=text("entry_class = 'waiting'"),
        ),
    )

    statement_id: Mapped[UUID]
    bank_reference: Mapped[str]  # 流水号
    line_digest: Mapped[bytes] = mapped_column(LargeBinary)  # of all the line says
    booked_on: Mapped[date]
    amount_fen: Mapped[int]  # positive: into the custody account; negative: out of it
    counterparty_name: Mapped[str]
    purpose: Mapped[str]
    payment_id: Mapped[str | None]  # our instruction's id, as the bank repeats it
    # The bank booked several transactions together and does not tell each.
    is_bloc: Mapped[bool] = mapped_column(default=False)
    part_of: Mapped[UUID | None]  # the line that two people took apart; no file has its parts
    ordinal: Mapped[int] = mapped_column(default=1)  # place among equal lines of its file
    # Its file counts. Until then it is one person's word and hides no line of another file.
    is_believed: Mapped[bool] = mapped_column(default=True)
    is_agreed: Mapped[bool] = mapped_column(default=False)  # two people said what it is
    entry_class: Mapped[EntryClass]
    cash_out_id: Mapped[UUID | None]
    tries: Mapped[int] = mapped_column(default=0)  # how often booking it failed
    received_at: Mapped[datetime]


class ChangedLine(Recorded):
    """A line that came again under its reference with other contents: kept apart, moves nothing."""

    __tablename__ = "changed_lines"
    __table_args__ = (
        UniqueConstraint("county_id", "bank_reference", "line_digest"),
        ForeignKeyConstraint(
            ["county_id", "statement_id"],
            ["bank_statements.county_id", "bank_statements.id"],
            name="fk_changed_lines_statement",
        ),
    )

    statement_id: Mapped[UUID]  # the file that brought the other contents
    bank_reference: Mapped[str]
    line_digest: Mapped[bytes] = mapped_column(LargeBinary)
    amount_fen: Mapped[int]
    first_amount_fen: Mapped[int]  # what the line said when it first came
    received_at: Mapped[datetime]


class DayClosing(Model):
    """A person looked at a day at the bank and answers for it. It is never opened again."""

    __tablename__ = "day_closings"

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    closing_fen: Mapped[int]  # the bank's balance that evening, as it was then
    ledger_custody_fen: Mapped[int]  # the ledger's
    # What that person found out about each open difference, by the difference's key.
    notes: Mapped[dict[str, str]] = mapped_column(JSONB)
    closed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime]
