"""A thousand random alterations by a superuser, and ``flask ledger verify`` finds every one.

``make test`` runs some of them, ``make proof`` the thousand. FEN_SEED repeats a run.
"""

import os
import sys
from collections import Counter
from random import Random, SystemRandom

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel.signing import signer
from app.points.ledger.seals.sealing import every_seal
from operations.proving import prove
from tests.operations.proving.alterations import ALTERATIONS, rehash, rewrite_history

SEED = int(os.environ.get("FEN_SEED") or SystemRandom().randrange(10**9))
TIMES = int(os.environ.get("FEN_ALTERATIONS") or 100)


def test_every_random_alteration_is_found(app, story, superuser):
    chance, made, missed = Random(SEED), Counter(), []
    with app.app_context():
        known = signer().known
    with superuser.connect() as connection:
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
        handed_out = every_seal(connection)

    def remove_the_newest(connection):
        connection.execute(text("DELETE FROM ledger.seals WHERE number = 2"))

    assert altered(remove_the_newest) == set()
    found = altered(remove_the_newest, handed_out=handed_out)
    assert found == {"seals_are_those_that_were_handed_out"}
