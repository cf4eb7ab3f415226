"""Names and numbers of a proposal are sealed for their own row, and end after sixty days."""

from uuid import UUID

import pytest
from sqlalchemy import text

from app.agreements.proposals import jobs, secrets
from app.agreements.proposals.errors import Forgotten
from app.agreements.proposals.models import ProposalSecret
from app.kernel.db import db, transaction
from app.kernel.secrets import Sealed, vault
from tests.given.factories import COUNTY


@pytest.fixture
def keeps(app, noon):
    """``keeps("王小明")``: the key."""

    def run(kept: str) -> str:
        with app.app_context(), transaction():
            return secrets.keep(kept, county_id=COUNTY, at=noon())

    return run


def opened(app, key: str) -> str | None:
    with app.app_context():
        return secrets.opened(COUNTY, key)


def test_what_is_kept_is_read_by_its_key_and_stands_nowhere_in_clear(app, keeps):
    key = keeps("王小明")

    assert opened(app, key) == "王小明"
    with app.app_context():
        (row,) = db.session.scalars(text("SELECT proposal_secrets::text FROM proposal_secrets"))
        assert secrets.needed(COUNTY, key) == "王小明"
    assert "王小明" not in row
    assert "王小明".encode().hex() not in row


def test_it_opens_in_no_other_row_and_no_other_county(app, keeps):
    one, other = keeps("王小明"), keeps("李大山")
    with app.app_context():
        sealed = db.session.get_one(ProposalSecret, (COUNTY, UUID(one))).sealed
        with pytest.raises(Sealed):
            vault().unseal(sealed, f"proposals.secret:{other}")

        assert secrets.opened(990102, one) is None


def test_after_sixty_days_it_is_gone(app, keeps, noon):
    old = keeps("王小明")
    noon.move(days=1)
    young = keeps("李大山")
    noon.move(days=59, seconds=1)

    with app.app_context():
        jobs.forget_secrets()

    assert (opened(app, old), opened(app, young)) == (None, "李大山")
    with app.app_context(), pytest.raises(Forgotten):
        secrets.needed(COUNTY, old)


def test_a_value_from_before_there_were_keys_is_gone_too(app, given):
    given.county()

    assert opened(app, "dGVzdDphYmM=") is None
