"""What the county's offices propose for others to approve: money, campaigns, points policies."""

from base64 import b64encode
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID, uuid4

from app.kernel.secrets import vault
from app.outside.bank import desk
from mall.settlement.models import (
    BankStatement,
    EntryClass,
    StatementEntry,
    StatementSource,
    StatementState,
)
from tests.access.world.ground import Around, Ground, number, sent


def furnish(ground: Ground, around: Around) -> dict[str, object]:
    allotment = {"village_id": str(ground.village.id), "amount_fen": 10}
    funder_id = sent(ground.finance, "funders", {"name": f"{number()}号供销社"})["id"]
    funding = {"funder_id": funder_id, "direction": "funding", "amount_fen": 10}
    terms = campaign(funder_id, around.shop_id)
    running_id = sent(ground.finance, "campaigns", terms)["id"]
    sent(ground.admin, f"campaigns/{running_id}/approval")
    statement_id, named, unnamed, unclear = _entries(ground)
    waiting = _statement(ground, StatementSource.PERSON, StatementState.WAITING)
    ground.add(waiting)
    deposit = {"recycler_id": str(around.recycler_id), "statement_entry_id": str(named)}
    draft = {"in_force_from": "2026-07-01", "changes": {"notice_days": 3}}
    batch_id, result_file_id, payment_id = _payment_files(ground, around)
    return {
        "statement_id": statement_id,
        "waiting_statement_id": waiting.id,
        "payment_id": payment_id,
        "payment_batch_id": batch_id,
        "result_file_id": result_file_id,
        "allotment_id": sent(ground.finance, "allotments", allotment)["id"],
        "funder_id": funder_id,
        "funding_id": sent(ground.finance, "subsidy-fundings", funding)["id"],
        "campaign_id": sent(ground.finance, "campaigns", terms)["id"],
        "running_id": running_id,
        "entry_id": unnamed,
        "open_entry_id": unclear,
        "deposit_id": sent(ground.finance, "deposits", deposit)["id"],
        "draft_id": UUID(sent(ground.admin, "policy-drafts", draft)["id"]),
    }


def campaign(funder_id: str, shop_id: str) -> dict[str, object]:
    """The terms of a half-price campaign at one shop."""
    return {
        "name": "五折日",
        "percent": 50,
        "first_on": "2026-06-01",
        "last_on": "2026-06-02",
        "funder_id": funder_id,
        "shop_ids": [shop_id],
    }


def _payment_files(ground: Ground, around: Around) -> tuple[UUID, UUID, str]:
    """A file of payments for the bank, one of results that was kept apart, and a payment."""
    at, batch_id, result_file_id = ground.clock(), uuid4(), uuid4()
    with ground.app.app_context():
        sealed = vault().seal(b64encode(batch_id.bytes).decode(), "bank_batches.file")
    batch = desk.BankBatch(
        county_id=ground.county_id,
        id=batch_id,
        order_count=1,
        total_fen=30,
        file_name=f"payments-{batch_id.hex}.csv",
        file_digest=sha256(batch_id.bytes).digest(),
        file_sealed=sealed,
        made_at=at,
    )
    results = desk.BankResultFile(
        county_id=ground.county_id,
        id=result_file_id,
        file_digest=token_bytes(32),
        batch_id=batch_id,
        line_count=0,
        is_quarantined=True,
        problems=[{"row": None, "payment_id": None, "problem": "缺少结果"}],
        received_at=at,
    )
    payment = desk.BankOrder(
        payment_id=UUID(around.cash_out_id).hex,
        county_id=ground.county_id,
        amount_fen=30,
        payee_sealed=b"sealed",
        content_digest=token_bytes(32),
        taken_at=at,
        batch_id=batch_id,
        state=desk.OrderState.IN_DOUBT,
        doubted_at=at,
        doubted_in=result_file_id,
    )
    ground.add(batch, results, payment)
    return batch_id, result_file_id, payment.payment_id


def _statement(ground: Ground, source: StatementSource, state: StatementState) -> BankStatement:
    return BankStatement(
        county_id=ground.county_id,
        id=uuid4(),
        on_day=ground.clock().date(),
        opening_fen=0,
        closing_fen=200,
        line_count=2,
        file_digest=token_bytes(32),
        source=source,
        state=state,
        imported_at=ground.clock(),
    )


def _entries(ground: Ground) -> tuple[UUID, UUID, UUID, UUID]:
    """Two lines of the bank that show money coming in, and one that nobody understands."""
    at, ids = ground.clock(), (uuid4(), uuid4(), uuid4())
    classes = (EntryClass.FUNDING, EntryClass.FUNDING, EntryClass.BANK_ONLY)
    statement = _statement(ground, StatementSource.BANK, StatementState.CONFIRMED)
    lines = [
        StatementEntry(
            county_id=ground.county_id,
            id=entry_id,
            statement_id=statement.id,
            bank_reference=f"access{number()}",
            line_digest=token_bytes(32),
            booked_on=at.date(),
            amount_fen=100,
            counterparty_name="清清再生资源公司",
            purpose="预付收购款",
            entry_class=entry_class,
            received_at=at,
        )
        for entry_id, entry_class in zip(ids, classes, strict=True)
    ]
    ground.add(statement, *lines)
    return statement.id, *ids
