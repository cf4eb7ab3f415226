"""A short form of ``make torture``, and the acknowledgement that is lost after COMMIT."""

import subprocess
import sys
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

from app.config import ROOT
from app.kernel.db import transaction
from app.points import ledger
from bench.cutting import CuttingProxy
from tests.given.factories import COUNTY


@pytest.fixture
def proxy(settings):
    with CuttingProxy(settings.database_url, chance=0) as proxy:
        yield proxy


@pytest.fixture
def behind_the_proxy(proxy, settings, another_app):
    """An application whose connections the proxy may cut."""
    return another_app(replace(settings, database_url=proxy.database_url))


def test_a_commit_whose_answer_was_lost_is_met_by_its_repeat(
    app, committed, given, noon, proxy, behind_the_proxy
):
    village = given.village()
    given.budget(village, 100)
    award = ledger.Award("award:1", noon(), uuid4(), None, 30)

    def post():
        with behind_the_proxy.app_context(), transaction():
            return ledger.post(
                county_id=COUNTY,
                reference=award.reference,
                decided_at=award.decided_at,
                kind=ledger.TransferKind.AWARD,
                debit=ledger.village_budget(village.id),
                credit=ledger.household(award.household_id),
                amount=award.amount,
            )

    def post_batch():
        with behind_the_proxy.app_context(), transaction():
            return ledger.award_many(county_id=COUNTY, village_id=village.id, awards=[award])

    proxy.chance = 1
    with pytest.raises(OperationalError):
        post()
    proxy.chance = 0

    again, in_a_batch = post(), post_batch()

    assert proxy.cuts == 1
    assert (again.is_replay, again.debit_after, again.credit_after) == (True, 70, 30)
    assert in_a_batch == ledger.Batch(posted=0, skipped=1, amount=0)
    assert given.balance(ledger.village_budget(village.id)) == 70


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_by_three_kills_under_two_thousand_posts():
    done = subprocess.run(
        [sys.executable, "-m", "bench.torture", "--posts", "2000", "--kills", "3", "--seed", "6"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2,000 posts and 40 redemptions acknowledged" in done.stdout
    assert "lost 0, doubled 0, findings of the proof 0" in done.stdout
