"""``flask bank …``: payment files out, result files and statements in; limits of cash-outs."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import county_option, told
from app.kernel.units import yuan_text
from app.outside.bank import BadStatement, desk
from app.outside.bank.files import BadResults
from app.register.regions import queries as regions
from mall.settlement import jobs, reconciliation
from mall.settlement import service as settlement
from mall.settlement.models import StatementSource, StatementState

bank = AppGroup("bank", help="Payment files out, result files and statements in.")
county = AppGroup("county")
_NOT_YET = {
    StatementState.WAITING: "已收下，等工作人员在系统里核对确认后才入账。",
    StatementState.SET_ASIDE: "与这一天已经生效的对账单有出入，没有入账，请向银行核实。",
}


@bank.command("import-statement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@county_option
@told
def import_statement(file: Path, county_id: int | None) -> None:
    """Import a statement file of the bank (CSV); it waits until a person confirms it."""
    take_in(county_id, file.read_bytes(), StatementSource.PERSON)


@bank.command("fetch-statement")
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day; yesterday unless given."
)
@county_option
@told
def fetch_statement(on: datetime | None, county_id: int | None) -> None:
    """Fetch the statement of a day from the bank and book its lines."""
    day = on.date() if on else _yesterday()
    take_in(county_id, outside.bank().statement(day), StatementSource.BANK)


@bank.command("export-batch")
@click.option("--again", "batch_id", type=click.UUID, help="Write the file of this batch again.")
@county_option
@told
def export_batch(batch_id: UUID | None, county_id: int | None) -> None:
    """Write the payments that wait for the bank into one payment file (BANK_ADAPTER=file…)."""
    county = regions.named_or_only_county(county_id)
    if batch_id:
        batch = desk.batch(county.id, batch_id)
    else:
        with transaction():
            batch = settlement.export_batch(county_id=county.id, made_by=None, at=clock.now())
    click.echo(desk.write_out(outside.bank_desk(), batch))
    click.echo(f"{batch.order_count} 笔，{yuan_text(batch.total_fen)} 元")
    click.echo(f"SHA-256 {batch.file_digest.hex()}")


@bank.command("import-results")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@county_option
@told
def import_results(file: Path, county_id: int | None) -> None:
    """Take in the bank's result file; one that is not beyond doubt is kept apart."""
    try:
        with transaction():
            county = regions.named_or_only_county(county_id)
            taken = settlement.import_results(
                county_id=county.id, content=file.read_bytes(), received_by=None, at=clock.now()
            )
    except BadResults as refusal:
        _tell_problems(refusal.details["problems"])
        raise
    if taken.is_repeat:
        click.echo("这份结果文件已经导入过，没有变化。")
    elif taken.file.is_quarantined:
        _tell_problems(taken.file.problems)
        raise click.ClickException("结果文件有疑问，已隔离，没有记账。请向银行核对后重新导入。")
    else:
        jobs.go_on_with_due()
        click.echo(f"新结果 {len(taken.changed)} 笔，还没有最终结果 {taken.still_open} 笔。")


def _tell_problems(problems: list[dict[str, Any]]) -> None:
    for problem in problems:
        place = f"第 {problem['row']} 行" if problem["row"] else "文件"
        name = problem.get("payment_id")
        click.echo(f"{place}{f'（{name}）' if name else ''}：{problem['problem']}", err=True)


def take_in(county_id: int | None, content: bytes, source: StatementSource) -> None:
    """Import a statement, book it, and print how bank and ledger stand."""
    county = regions.named_or_only_county(county_id)
    try:
        with transaction():
            days = settlement.import_file(
                county_id=county.id,
                content=content,
                imported_by=None,
                at=clock.now(),
                source=source,
            )
    except BadStatement as refusal:
        for problem in refusal.details["problems"]:
            row, column = problem["row"], problem["column"] or ""
            place = f"第 {row} 行 {column}".strip() if row else "文件"
            click.echo(f"{place}：{problem['problem']}", err=True)
        raise
    for imported in days:
        _tell(county.id, imported)


def _tell(county_id: int, imported: settlement.Imported) -> None:
    if imported.statement.state is not StatementState.CONFIRMED:
        click.echo(_NOT_YET[imported.statement.state])
        return
    jobs.book_statement(str(county_id), str(imported.statement.id))
    on = imported.statement.on_day
    if imported.is_repeat:
        click.echo(f"{on}: 这份对账单已经导入过，没有变化。")
    else:
        click.echo(
            f"{on}: 新增 {imported.new_lines} 笔，已有 {imported.known_lines} 笔，"
            f"内容有变 {imported.changed_lines} 笔。"
        )
    _show(reconciliation.reconciliation(county_id, on))


def _show(day: reconciliation.Reconciliation) -> None:
    click.echo(f"银行期末余额 {yuan_text(day.closing_fen)} 元")
    click.echo(f"账本托管余额 {yuan_text(day.ledger_custody_fen)} 元")
    click.echo(
        f"入金 {yuan_text(day.funded_fen)} 元，付款 {yuan_text(day.paid_fen)} 元，"
        f"退回 {yuan_text(day.returned_fen)} 元，在途 {yuan_text(day.payout_in_flight_fen)} 元"
    )
    if day.gap_fen:
        click.echo(
            f"期初余额与上一份对账单相差 {yuan_text(day.gap_fen)} 元：中间的对账单没有导入。"
        )
    for difference in day.differences:
        amount_fen = difference.bank_fen if difference.bank_fen is not None else difference.our_fen
        name = difference.bank_reference or difference.cash_out_id
        click.echo(f"差异 {name} {yuan_text(amount_fen or 0)} 元：{difference.what_to_do}")
    click.echo("对账一致。" if day.is_balanced else "对账有差异，请按提示处理。")


def _yesterday() -> date:
    return clock.day_of(clock.now()) - timedelta(days=1)


COMMANDS = (bank,)
