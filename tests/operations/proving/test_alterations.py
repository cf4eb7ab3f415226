"""A thousand random alterations by a superuser, and ``flask ledger verify`` finds every one.

``make test`` runs some of them, ``make proof`` the thousand. FEN_SEED repeats a run.
"""

import os
import sys
from collections import Counter
from random import Random, SystemRandom

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel.audit import verifying
from app.kernel.findings import Findings
from app.kernel.signing import signer
from app.points.ledger.seals import TRANSFERS
from operations.proving import prove
from tests.operations.proving.alterations import ALTERATIONS, rehash, rewrite_history
from tests.operations.proving.flipping import flip_a_bit_of_the_trace

SEED = int(os.environ.get("FEN_SEED") or SystemRandom().randrange(10**9))
TIMES = int(os.environ.get("FEN_ALTERATIONS") or 100)


def test_every_random_alteration_is_found(app, story, superuser):
    chance, made, missed = Random(SEED), Counter(), []
    with app.app_context(), superuser.connect() as connection:
        known = signer().known
        while made.total() < TIMES:
            alter = ALTERATIONS[made.total()] if made.total() < len(ALTERATIONS) else any_of(chance)
            with connection.begin() as undone:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                try:
                    what = alter(chance, connection)
                except IntegrityError:  # a CHECK that not even a superuser gets past
                    undone.rollback()
                    continue
                if not prove(connection, public_keys=known).findings:
                    missed.append(what)
                undone.rollback()
            made[alter.__name__] += 1
        honest = prove(connection, public_keys=known)
    sys.stderr.write(f"FEN_SEED={SEED}: {TIMES} alterations, missed {missed}: {dict(made)}\n")

    assert missed == [], f"FEN_SEED={SEED}"
    assert honest.findings == []


def test_every_flipped_bit_of_the_trace_is_found_and_named(app, story, superuser):
    """One bit of one column of one event, sealed or not, at a time."""
    chance, missed = Random(SEED), []
    with app.app_context(), superuser.connect() as connection:
        known = signer().known
        for _ in range(TIMES):
            with connection.begin() as undone:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                flipped = flip_a_bit_of_the_trace(chance, connection)
                findings = Findings()
                verifying.verify(connection, findings, known)
                if not any(flipped.is_named(finding) for finding in findings.findings):
                    missed.append((flipped, findings.findings))
                undone.rollback()
        honest = Findings()
        verifying.verify(connection, honest, known)

    assert missed == [], f"FEN_SEED={SEED}"
    assert honest.findings == []


def any_of(chance: Random):
    """Half of them change a column somewhere: that is where the many possibilities are."""
    return chance.choice([*ALTERATIONS, *[ALTERATIONS[0]] * len(ALTERATIONS)])


def test_only_the_seals_tell_that_history_was_rewritten(altered, story):
    checks = altered(lambda connection: rewrite_history(Random(1), connection))

    assert checks == {"seals_are_true_of_the_transfers"}


def test_rewriting_without_a_change_is_no_lie(altered, story):
    assert altered(rehash) == set()


def test_only_others_copies_tell_that_the_newest_seal_was_removed(app, altered, story, superuser):
    with superuser.connect() as connection:
        handed_out = list(TRANSFERS.every(connection))

    def remove_the_newest(connection):
        connection.execute(text("DELETE FROM ledger.seals WHERE number = 2"))

    assert altered(remove_the_newest) == set()
    found = altered(remove_the_newest, handed_out=handed_out)
    assert found == {"seals_are_those_that_were_handed_out"}
