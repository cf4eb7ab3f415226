"""Money: budgets, funders and deposits, cash-outs, the bank and its statements."""

from uuid import uuid4

from tests.access.calls.call import LONG, Call, about, file, lists, once, same
from tests.access.world.offices import campaign

_NO_STATEMENT = "settlement.statement_not_found"
_NO_FILES = "bank.takes_no_files"

CALLS: dict[str, Call] = {
    "allotments.allotments": lists("allotment_id"),
    "allotments.approve": about("allotment_id"),
    "allotments.decline": about("allotment_id"),
    "allotments.propose": Call(
        json=lambda a: {"village_id": str(a.village.id), "amount_fen": 1},
    ),
    "bank.notify": once(json=same(payment_id=uuid4().hex)),
    "bank_statements.classify": about(
        "entry_id", same(reason="向银行问过", entry_class="dismissed"), "open_entry_id"
    ),
    "bank_statements.take_apart": about(
        "entry_id",
        same(reason="银行给了明细", cash_out_ids=[str(uuid4()), str(uuid4())]),
        "open_entry_id",
        reached=("settlement.parts_not_open",),
    ),
    "bank_statements.set_aside": about(
        "statement_id", same(reason="不是银行的"), "waiting_statement_id"
    ),
    "bank_statements.take_in": about(
        "statement_id", same(reason="银行补来的"), "waiting_statement_id"
    ),
    "bank_statements.confirm": about("statement_id", name="waiting_statement_id"),
    "bank_statements.lines": about(
        "statement_id",
        name="statement_id",
        shows=lambda a: a.entry_id,
        query=LONG,
    ),
    "bank_statements.statements": lists("statement_id"),
    "custody_account.account": once(),
    "custody_account.enter": once(json=same(account="9901010100000018")),
    "bank_statements.import_statement": once(form=lambda _: {"file": file()}),
    "budgets.budgets": Call(shows=lambda a: a.village.id),
    "campaigns.approve": about("campaign_id"),
    "campaigns.campaigns": lists("campaign_id"),
    "campaigns.decline": about("campaign_id"),
    "campaigns.make": Call(json=lambda a: campaign(a.funder_id, a.shop_id)),
    "campaigns.stop": about("campaign_id", same(reason="钱用完了，先停"), "running_id"),
    "cash_outs.ask": Call(json=lambda a: {"amount_fen": 1, "shop_id": a.shop_id}),
    "cash_outs.ask_again": about("cash_out_id"),
    "cash_outs.cash_out": about("cash_out_id"),
    "cash_outs.cash_outs": lists("cash_out_id"),
    "cash_outs.decline": about("cash_out_id", same(reason="账户不对")),
    "cash_outs.release": about("cash_out_id"),
    "deposits.approve": about("deposit_id"),
    "deposits.decline": about("deposit_id"),
    "deposits.deposits": lists("deposit_id"),
    "deposits.propose": Call(
        json=lambda a: {
            "recycler_id": str(a.recycler_id),
            "statement_entry_id": str(a.entry_id),
        },
    ),
    "funders.enter": once(json=same(name="新单位")),
    "funders.funders": lists("funder_id"),
    "payment_batches.withdraw": about(
        "batch_id",
        same(reason="没有上传"),
        "payment_batch_id",
        reached=("settlement.batch_answered",),
    ),
    "payment_batches.export": once(reached=(_NO_FILES,)),
    "payment_batches.exported": lists("payment_batch_id"),
    "payment_batches.file": about("batch_id", name="payment_batch_id", reached=(_NO_FILES,)),
    "payment_batches.import_results": once(form=lambda _: {"file": file()}, reached=(_NO_FILES,)),
    "payment_batches.confirm_refusal": about("payment_id"),
    "payment_batches.doubts": Call(shows=lambda a: a.payment_id),
    "payment_batches.quarantine": Call(shows=lambda a: a.result_file_id),
    "reconciliations.closed_days": once(),
    "reconciliations.close": once(
        path=same(on="2026-05-31"), json=same(notes=[]), reached=(_NO_STATEMENT,)
    ),
    "reconciliations.of_day": once(path=same(on="2026-05-31"), reached=(_NO_STATEMENT,)),
    "reconciliations.open_days": once(),
    "recyclers.add_recycler": Call(
        json=lambda a: {
            "region_id": str(a.village.group_id),
            "name": "新回收公司",
            "owner_phone": "19900000333",
            "owner_name": "贺再生",
        },
    ),
    "recyclers.own": lists("recycler_id", query=same()),
    "recyclers.recyclers": lists("recycler_id"),
    "subsidy_fundings.approve": about("funding_id"),
    "subsidy_fundings.decline": about("funding_id"),
    "subsidy_fundings.fundings": lists("funding_id"),
    "subsidy_fundings.propose": Call(
        json=lambda a: {"funder_id": a.funder_id, "direction": "funding", "amount_fen": 1},
    ),
}
