"""Random histories through the ledger's front door, against a plain model of what they mean."""

from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.points import ledger

HISTORIES = 300
STEPS = 40

VILLAGES = [UUID(int=1), UUID(int=2)]
HOMES = [UUID(int=11), UUID(int=12), UUID(int=13)]
SHOPS = [UUID(int=21), UUID(int=22)]
FUNDERS = [UUID(int=31), UUID(int=32)]
EXPIRED = date(2026, 3, 31)  # before the day of the test
LAST_DAYS = [EXPIRED, date(2027, 3, 31), None]
WINTER = datetime(2026, 2, 1, tzinfo=UTC)  # what expired could still be spent
REFUSED = (
    ledger.InsufficientPoints,
    ledger.ReferenceReused,
    ledger.HoldResolved,
    ledger.AccountFrozen,
)

counties = count(200_001)
amounts = st.integers(1, 60)


class Histories(RuleBasedStateMachine):
    """The model: what each account holds, what is held on it, and every command so far."""

    def __init__(self, app, at) -> None:
        super().__init__()
        self.app, self.at, self.county = app, at, next(counties)
        self.posted: dict[ledger.Account, int] = defaultdict(int)
        self.held: dict[ledger.Account, int] = defaultdict(int)
        self.frozen: set[ledger.Account] = set()
        self.holds: dict[UUID, dict] = {}
        self.held_points: dict[str, dict] = {}  # by reference
        self.done: list[tuple] = []  # (command, arguments) that took effect
        self.awards: list[tuple] = []  # (village, award) that batches posted
        self.numbers = count()

    # What the commands mean ---------------------------------------------------------------

    def free(self, account) -> int:
        return self.posted[account] - self.held[account]

    def move(self, debit, credit, amount) -> None:
        self.posted[debit] -= amount
        self.posted[credit] += amount

    def call(self, command, **arguments):
        """The outcome of a command, or the refusal it met."""
        try:
            with self.app.app_context(), transaction():
                return command(county_id=self.county, **arguments)
        except REFUSED as refusal:
            return type(refusal)

    def post(self, kind, debit, credit, amount, *, may=None) -> None:
        arguments = {
            "reference": f"{kind}:{next(self.numbers)}",
            "decided_at": self.at,
            "kind": ledger.TransferKind(kind),
            "debit": debit,
            "credit": credit,
            "amount": amount,
        }
        outcome = self.call(ledger.post, **arguments)
        enough = kind == "funding" or self.free(debit) >= amount
        if self.frozen & {debit, credit}:
            # Which of two reasons is named first depends on the order of locks.
            assert outcome in {ledger.AccountFrozen, ledger.InsufficientPoints}
        elif not enough:
            assert outcome is ledger.InsufficientPoints
        else:
            self.move(debit, credit, amount)
            assert (outcome.amount, outcome.is_replay) == (amount, False)
            assert outcome.debit_after == self.posted[debit]
            assert outcome.credit_after == self.posted[credit]
            self.done.append((ledger.post, arguments))

    # What may happen ----------------------------------------------------------------------

    @rule(funder=st.sampled_from(FUNDERS), amount=st.integers(20, 100), back=st.booleans())
    def fund_campaigns(self, funder, amount, back):
        reserve, subsidy = ledger.reserve(), ledger.subsidy(funder)
        if back:
            self.post("subsidy_reclaim", subsidy, reserve, amount)
        else:
            self.post("funding", ledger.custody(), reserve, amount)
            self.post("subsidy_funding", reserve, subsidy, amount)

    @rule(
        funder=st.sampled_from(FUNDERS),
        shop=st.sampled_from(SHOPS),
        amount=amounts,
        back=st.booleans(),
    )
    def subsidise(self, funder, shop, amount, back):
        shop, subsidy = ledger.shop(shop), ledger.subsidy(funder)
        if back:
            self.post("subsidy_return", shop, subsidy, amount)
        else:
            self.post("subsidy", subsidy, shop, amount)

    @rule(village=st.sampled_from(VILLAGES), amount=st.integers(50, 400))
    def fund(self, village, amount):
        self.post("funding", ledger.custody(), ledger.reserve(), amount)
        self.post("allotment", ledger.reserve(), ledger.village_budget(village), amount)

    @rule(
        village=st.sampled_from(VILLAGES),
        home=st.sampled_from(HOMES),
        last_day=st.sampled_from(LAST_DAYS),
        amount=amounts,
    )
    def award(self, village, home, last_day, amount):
        self.post("award", ledger.village_budget(village), ledger.household(home, last_day), amount)

    @rule(
        village=st.sampled_from(VILLAGES),
        wanted=st.lists(
            st.tuples(st.sampled_from(HOMES), st.sampled_from(LAST_DAYS), amounts),
            min_size=1,
            max_size=6,
        ),
        again=st.integers(0, 3),
        twice=st.booleans(),
    )
    def award_many(self, village, wanted, again, twice):
        """New awards together with some that are known, and perhaps one that is named twice."""
        new = [
            ledger.Award(f"award:{next(self.numbers)}", self.at, home, last_day, amount)
            for home, last_day, amount in wanted
        ]
        known = [award for place, award in self.awards if place == village][-again:]
        batch = [*known, *new, *new[: int(twice)]]
        outcome = self.call(ledger.award_many, village_id=village, awards=batch)
        budget, total = ledger.village_budget(village), sum(award.amount for award in new)
        if self.frozen & {ledger.household(a.household_id, a.expires_on) for a in new}:
            assert outcome is ledger.AccountFrozen
        elif self.free(budget) < total:
            assert outcome is ledger.InsufficientPoints
        else:
            for award in new:
                self.award_posted(village, award)
            assert outcome == ledger.Batch(len(new), len(batch) - len(new), total)

    def award_posted(self, village, award) -> None:
        budget = ledger.village_budget(village)
        home = ledger.household(award.household_id, award.expires_on)
        self.move(budget, home, award.amount)
        self.awards.append((village, award))
        self.done.append(
            (
                ledger.post,
                {
                    "reference": award.reference,
                    "decided_at": award.decided_at,
                    "kind": ledger.TransferKind.AWARD,
                    "debit": budget,
                    "credit": home,
                    "amount": award.amount,
                },
            )
        )

    @rule(
        village=st.sampled_from(VILLAGES),
        home=st.sampled_from(HOMES),
        last_day=st.sampled_from(LAST_DAYS),
        amount=amounts,
    )
    def reverse(self, village, home, last_day, amount):
        self.post(
            "reversal", ledger.household(home, last_day), ledger.village_budget(village), amount
        )

    @rule(shop=st.sampled_from(SHOPS), amount=amounts)
    def pay_out(self, shop, amount):
        self.post("payout", ledger.payout_in_flight(), ledger.custody(), amount)

    @rule(home=st.sampled_from(HOMES), shop=st.sampled_from(SHOPS), amount=amounts)
    def spend(self, home, shop, amount):
        credit = ledger.shop(shop)
        arguments = {
            "household_id": home,
            "reference": f"redemption:{next(self.numbers)}",
            "decided_at": self.at,
            "kind": ledger.TransferKind.REDEMPTION,
            "credit": credit,
            "amount": amount,
        }
        outcome = self.call(ledger.spend, **arguments)
        buckets = [
            account
            for last_day in LAST_DAYS
            if last_day != EXPIRED
            and (account := ledger.household(home, last_day)) not in self.frozen
        ]
        if sum(self.free(bucket) for bucket in buckets) < amount:
            assert outcome is ledger.InsufficientPoints
            return
        if credit in self.frozen:
            assert outcome is ledger.AccountFrozen
            return
        left, pieces = amount, []
        for bucket in buckets:
            if (piece := min(left, self.free(bucket))) > 0:
                self.move(bucket, credit, piece)
                pieces.append(piece)
                left -= piece
        assert [posted.amount for posted in outcome] == pieces
        self.done.append((ledger.spend, arguments))

    @rule(home=st.sampled_from(HOMES), village=st.sampled_from(VILLAGES), amount=amounts)
    def take_back(self, home, village, amount):
        """As much as there is of the points that can still be spent and have a last day."""
        credit, bucket = ledger.village_budget(village), ledger.household(home, LAST_DAYS[1])
        outcome = self.call(
            ledger.take_back,
            household_id=home,
            reference=f"reversal:{next(self.numbers)}",
            decided_at=self.at,
            kind=ledger.TransferKind.REVERSAL,
            credit=credit,
            amount=amount,
        )
        if bucket in self.frozen:
            assert outcome is ledger.AccountFrozen
            return
        taken = min(amount, self.free(bucket))
        assert [posted.amount for posted in outcome] == ([taken] if taken else [])
        self.move(bucket, credit, taken)

    @rule(limit=st.integers(1, 3))
    def expire(self, limit):
        """A batch of what has passed goes to the reserve, the rest stays for the next."""
        due = {
            account: self.free(account)
            for home in HOMES
            if (account := ledger.household(home, EXPIRED)) not in self.frozen
            and self.free(account)
        }
        outcome = self.call(ledger.expire, day=clock.day_of(self.at), after=0, limit=limit)
        assert outcome.accounts == min(limit, len(due))
        with self.app.app_context():
            emptied = [
                account for account in due if ledger.balance(self.county, account).available == 0
            ]
        assert outcome.accounts == len(emptied)
        assert outcome.points == sum(due[account] for account in emptied)
        for account in emptied:
            self.move(account, ledger.reserve(), due[account])

    @rule(shop=st.sampled_from(SHOPS), amount=amounts)
    def hold(self, shop, amount):
        debit, credit = ledger.shop(shop), ledger.payout_in_flight()
        arguments = {
            "reference": f"hold:{next(self.numbers)}",
            "decided_at": self.at,
            "kind": ledger.TransferKind.CASH_OUT,
            "debit": debit,
            "credit": credit,
            "amount": amount,
            "expires_at": None,
        }
        outcome = self.call(ledger.hold, **arguments)
        if debit in self.frozen:
            assert outcome is ledger.AccountFrozen
        elif self.free(debit) < amount:
            assert outcome is ledger.InsufficientPoints
        else:
            self.held[debit] += amount
            self.holds[outcome.id] = {"debit": debit, "amount": amount, "by": None}
            self.done.append((ledger.hold, arguments))

    @rule(pick=st.integers(0), amount=st.integers(0, 70), again=st.booleans())
    def resolve(self, pick, amount, again):
        if not self.holds:
            return
        hold_id = list(self.holds)[pick % len(self.holds)]
        hold = self.holds[hold_id]
        debit, credit = hold["debit"], ledger.payout_in_flight()
        earlier = hold["by"]
        reference, amount = (
            earlier if earlier and again else (f"resolve:{next(self.numbers)}", amount)
        )
        arguments = {"hold_id": hold_id, "reference": reference, "decided_at": self.at}
        outcome = (
            self.call(ledger.settle, amount=amount, **arguments)
            if amount
            else self.call(ledger.release, **arguments)
        )
        if earlier and again:
            assert outcome is None if amount == 0 else outcome.is_replay
        elif earlier or amount > hold["amount"]:
            assert outcome is ledger.HoldResolved
        elif amount and self.frozen & {debit, credit}:
            assert outcome is ledger.AccountFrozen
        else:
            self.held[debit] -= hold["amount"]
            self.move(debit, credit, amount)
            hold["by"] = (reference, amount)

    @rule(
        home=st.sampled_from(HOMES),
        shop=st.sampled_from(SHOPS),
        amount=st.integers(1, 150),
        is_winter=st.booleans(),
    )
    def hold_points(self, home, shop, amount, is_winter):
        """In the winter, points that have expired by now could still be held."""
        arguments = {
            "household_id": home,
            "reference": f"order:{next(self.numbers)}",
            "decided_at": WINTER if is_winter else self.at,
            "kind": ledger.TransferKind.REDEMPTION,
            "credit": ledger.shop(shop),
            "amount": amount,
            "expires_at": None,
        }
        outcome = self.call(ledger.hold_points, **arguments)
        buckets = [
            account
            for last_day in LAST_DAYS
            if (is_winter or last_day != EXPIRED)
            and (account := ledger.household(home, last_day)) not in self.frozen
        ]
        if sum(self.free(bucket) for bucket in buckets) < amount:
            assert outcome is ledger.InsufficientPoints
            return
        left, pieces = amount, []
        for bucket in buckets:
            if (piece := min(left, self.free(bucket))) > 0:
                self.held[bucket] += piece
                pieces.append((bucket, piece))
                left -= piece
        told = [(piece.expires_on, piece.amount, piece.is_replay) for piece in outcome]
        assert told == [(bucket.expires_on, piece, False) for bucket, piece in pieces]
        self.held_points[arguments["reference"]] = {
            "at": arguments["decided_at"],
            "credit": arguments["credit"],
            "amount": amount,
            "pieces": pieces,
            "by": None,
        }
        self.done.append((ledger.hold_points, arguments))

    @rule(pick=st.integers(0), amount=st.integers(0, 160), again=st.booleans())
    def resolve_points(self, pick, amount, again):
        if not self.held_points:
            return
        held_as = list(self.held_points)[pick % len(self.held_points)]
        held = self.held_points[held_as]
        earlier = held["by"]
        reference, amount = (
            earlier if earlier and again else (f"resolve:{next(self.numbers)}", amount)
        )
        arguments = {"held_as": held_as, "held_at": held["at"]}
        arguments |= {"reference": reference, "decided_at": self.at}
        outcome = (
            self.call(ledger.settle_points, amount=amount, **arguments)
            if amount
            else self.call(ledger.release_points, **arguments)
        )
        if earlier and again:
            assert outcome is None if amount == 0 else all(posted.is_replay for posted in outcome)
            assert not amount or sum(posted.amount for posted in outcome) == amount
        elif earlier or amount > held["amount"]:
            assert outcome is ledger.HoldResolved
        else:
            self.points_resolved(held, (reference, amount), outcome)

    def points_resolved(self, held, by, outcome) -> None:
        """What expires first moves, unless an account that it touches is frozen."""
        left, moves = by[1], []
        for bucket, piece in held["pieces"]:
            if part := min(left, piece):
                moves.append((bucket, part))
                left -= part
        if self.frozen & {account for bucket, _ in moves for account in (bucket, held["credit"])}:
            assert outcome is ledger.AccountFrozen
            return
        assert [part for _, part in moves] == [posted.amount for posted in outcome or ()]
        for bucket, piece in held["pieces"]:
            self.held[bucket] -= piece
        for bucket, part in moves:
            self.move(bucket, held["credit"], part)
        held["by"] = by

    @rule(pick=st.integers(0), change=st.booleans())
    def replay(self, pick, change):
        """A command sent again changes nothing; with another amount it is refused."""
        if not self.done:
            return
        command, arguments = self.done[pick % len(self.done)]
        outcome = self.call(
            command, **{**arguments, "amount": arguments["amount"] + (1 if change else 0)}
        )
        if change:
            assert outcome is ledger.ReferenceReused
        elif command in {ledger.spend, ledger.hold_points}:
            assert all(piece.is_replay for piece in outcome)
            assert sum(piece.amount for piece in outcome) == arguments["amount"]
        else:
            assert outcome.is_replay

    @rule(
        account=st.sampled_from([ledger.shop(SHOPS[0]), ledger.household(HOMES[0], LAST_DAYS[1])]),
        freeze=st.booleans(),
    )
    def freeze_or_thaw(self, account, freeze):
        self.call(ledger.freeze if freeze else ledger.thaw, account=account)
        (self.frozen.add if freeze else self.frozen.discard)(account)

    # What must hold after every step ------------------------------------------------------

    @invariant()
    def the_ledger_agrees_with_the_model(self):
        with self.app.app_context():
            rows = db.session.execute(
                text("""
                    SELECT a.kind, a.owner, a.expires_on, b.posted, b.held
                      FROM ledger.accounts a JOIN ledger.balances b
                        ON b.county_id = a.county_id AND b.account_id = a.id
                     WHERE a.county_id = :county AND (b.posted <> 0 OR b.held <> 0)
                """),
                {"county": self.county},
            ).all()
        stands = {
            ledger.Account(ledger.AccountKind(kind), owner, day): (posted, held)
            for kind, owner, day, posted, held in rows
        }
        meant = {
            account: (posted, self.held[account])
            for account, posted in self.posted.items()
            if posted or self.held[account]
        }
        assert stands == meant
        assert sum(posted for posted, _ in stands.values()) == 0


@pytest.mark.timeout(600)
def test_random_histories_agree_with_a_plain_model(app, committed, noon):
    """The seed of a failure is printed by Hypothesis; @seed(...) on this test repeats it.

    Committed for real: twelve thousand savepoints in one transaction would fill the lock table.
    """
    run_state_machine_as_test(
        lambda: Histories(app, noon()),
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
