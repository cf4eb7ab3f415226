"""``flask policy …``: what another version of the points policy would cost."""

import json
import sys
from dataclasses import asdict
from datetime import datetime

import click
from flask.cli import AppGroup

from app.kernel.db import reading, snapshot
from app.kernel.shell import county_option, told
from app.kernel.units import yuan_text
from app.points.awards import explanations, queries
from app.points.awards.payable import table_of
from app.points.awards.replay import Cost, Days, Replay, length
from app.points.awards.replay import replay as replayed
from app.points.awards.rules import Rule
from app.register.regions import queries as regions

policy = AppGroup("policy", help="See what a points policy costs.")

DAY = click.DateTime(["%Y-%m-%d"])


@policy.command()
@click.option("--version", type=int, required=True, help="The version to try.")
@click.option("--from", "first", type=DAY, required=True, help="The first day, in China.")
@click.option("--to", "last", type=DAY, required=True, help="The last day, inclusive.")
@county_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
@told
def replay(
    version: int, first: datetime, last: datetime, county_id: int | None, as_json: bool
) -> None:
    """Print what the events of a period would have cost under a version. Changes nothing.

    Amounts are points, which are fen. What the version says of how places are ranked and scored is
    not applied: the places and scores of the period are taken as they were.
    """
    if last < first:
        raise click.BadParameter("the last day is before the first", param_hint="--to")
    with reading():
        county = regions.named_or_only_county(county_id)
        table = table_of(queries.policy(county.id, version))
        names = {
            village.id: f"{village.town}/{village.name}"
            for village in regions.villages([regions.root(county.id).id])
        }
    days = Days(county.id, first.date(), last.date())
    with (
        snapshot() as connection,
        click.progressbar(
            length=length(connection, days),
            label="Replaying / 重算",
            file=sys.stderr,
            hidden=as_json,
        ) as bar,
    ):
        costs = replayed(connection, days, table, bar.update)
    by_village = {names[id_]: cost for id_, cost in costs.by_village.items()}
    if as_json:
        click.echo(json.dumps(_json(costs, by_village), ensure_ascii=False))
    else:
        _print(costs, by_village)


def _json(costs: Replay, by_village: dict[str, Cost]) -> dict[str, object]:
    return {
        "total": _row(costs.total),
        "by_rule": {rule.value: _row(costs.by_rule[rule]) for rule in _rules(costs)},
        "by_village": {name: _row(by_village[name]) for name in sorted(by_village)},
    }


def _row(cost: Cost) -> dict[str, int]:
    return asdict(cost) | {"difference": cost.difference}


def _rules(costs: Replay) -> list[Rule]:
    return [rule for rule in Rule if rule in costs.by_rule]


def _print(costs: Replay, by_village: dict[str, Cost]) -> None:
    for rule in _rules(costs):
        _echo(f"{rule.value}（{explanations.deed(rule)}）", costs.by_rule[rule])
    for name in sorted(by_village):
        _echo(name, by_village[name])
    _echo("合计", costs.total)


def _echo(name: str, cost: Cost) -> None:
    click.echo(
        f"{name}: {cost.events} 次，已定 {yuan_text(cost.paid)} 元，"
        f"按此版 {yuan_text(cost.would_be)} 元，相差 {yuan_text(cost.difference)} 元"
    )


COMMANDS = (policy,)
