"""``flask budget …``: how far the villages' money reaches."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.shell import county_option, told
from app.kernel.units import yuan_text
from app.points.budgets import queries
from app.register.regions import queries as regions

budget = AppGroup("budget", help="See how far the villages' money reaches.")


@budget.command()
@county_option
@told
def forecast(county_id: int | None) -> None:
    """Print for each village how many days its budget lasts: at the caps, and as of late."""
    county = regions.named_or_only_county(county_id)
    places = [regions.root(county.id).id]
    for row in queries.budgets(county.id, places, at=clock.now()):
        click.echo(
            f"{row.town}/{row.village}: 已拨 {yuan_text(row.allotted_fen)} 元，"
            f"已用 {yuan_text(row.used_fen)} 元，剩余 {yuan_text(row.left_fen)} 元，"
            f"等发放 {row.waiting_count} 笔 {yuan_text(row.waiting_points)} 元；"
            f"按上限 {_days(row.days_left_by_caps)}，按近四周 {_days(row.days_left_by_trend)}"
            + ("  快用完了" if row.is_low else "")
        )


def _days(days: int | None) -> str:
    return "没有支出" if days is None else f"够 {days} 天"


COMMANDS = (budget,)
