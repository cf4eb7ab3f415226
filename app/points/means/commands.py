"""``flask roster import``: bring a village roster in from the command line."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import by_option, county_option, told
from app.points.means.rosters import import_roster
from app.register.households.roster import Outcome, RosterHasProblems, Watch
from app.register.households.service import WORKERS
from app.register.identity.named import official_named
from app.register.regions.queries import named_or_only_county

roster = AppGroup("roster", help="Import village rosters.")
EVERY_PROBLEM = 1_000_000


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "is_dry_run", is_flag=True, help="List problems, change nothing.")
@by_option
@county_option
@told
def import_(file: Path, is_dry_run: bool, by: str, county_id: int | None) -> None:
    """Import the households of FILE (.xlsx), all of them or none. Ctrl-C changes nothing.

    What one person does not write alone becomes a proposal of whom --by names.
    """
    try:
        outcome = _imported(file, is_dry_run, by, county_id)
    except RosterHasProblems as refusal:
        for problem in refusal.details["problems"]:
            _tell(problem["row"], problem["column"], problem["message"])
        raise
    except KeyboardInterrupt:
        click.echo("\n已中断，没有改动任何内容。", err=True)
        raise SystemExit(130) from None
    changes = outcome.differences if is_dry_run else ()
    asked = (*outcome.problems, *outcome.questions, *outcome.confirmations)
    for problem in (*asked, *outcome.warnings, *changes):
        _tell(problem.row, problem.column, problem.message)
    if outcome.problem_count:
        raise click.ClickException(f"名册里有 {outcome.problem_count} 处问题，没有改动任何内容。")
    for group in outcome.new_groups:
        click.echo(f"新建组：{group}")
    click.echo(summary(outcome))


def summary(outcome: Outcome) -> str:
    """What the import did, in one line."""
    would = "试运行，没有改动。将会：" if outcome.is_dry_run else ""
    waiting = f"，{outcome.question_count} 户要先答复" if outcome.question_count else ""
    if outcome.confirmation_count:
        waiting += f"，{outcome.confirmation_count} 处要另一人同意"
    done = f"新增 {outcome.added} 户，更新 {outcome.updated} 户，未变 {outcome.unchanged} 户"
    return f"{would}{done}{waiting}"


def _imported(file: Path, is_dry_run: bool, by: str, county_id: int | None) -> Outcome:
    with file.open("rb") as stream, click.progressbar(length=1, label="导入名册") as bar:

        def progress(done: int, expected: int) -> None:
            bar.length = max(expected, 1)
            bar.update(done - bar.pos)

        with transaction():
            county = named_or_only_county(county_id)
            return import_roster(
                stream,
                county_id=county.id,
                by=official_named(county.id, by, WORKERS),
                is_dry_run=is_dry_run,
                at=clock.now(),
                watch=Watch(EVERY_PROBLEM, progress),
            )


def _tell(row: int, column: str, message: str) -> None:
    click.echo(f"第 {row} 行，{column}：{message}")


COMMANDS = (roster,)
