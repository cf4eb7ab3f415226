"""``make torture``: processes are killed under posts; nothing may be lost and nothing doubled.

The whole service runs as ``make run`` runs it. Writers post through the ledger's front door and
clerks redeem over HTTP, each repeating a command until it is acknowledged. PostgreSQL, its
connections, the web server and the worker are killed with SIGKILL at random moments, and one
writer's connection loses the answer to some of its commits. In the end the books must hold each
acknowledged command exactly once, and prove themselves.
"""

import http.client
import json
import multiprocessing
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from multiprocessing.sharedctypes import Synchronized
from uuid import uuid4

import click
from flask import Flask
from sqlalchemy import select, text

from app.config import Settings, read_settings
from app.embedded import addresses
from app.kernel.db import db
from app.points import ledger
from bench import shop
from bench.cutting import CuttingProxy
from bench.ground import COUNTY, fund, village
from bench.victims import Kind, kill, victims
from bench.writing import BATCH, Told, write
from mall.redemption.models import Redemption
from operations.factory import create_app
from sandbox.demo.stage import Stage

CLERKS = 3
WRITERS_MAX = 4
POSTS_OF_A_WRITER_MIN = 1_000
REDEMPTION_SHARE = 50  # one redemption over HTTP for so many posts
POINTS = 2
CUT_CHANCE = 0.02
PATIENCE_SECONDS = 180
PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Outcome:
    """What was asked and acknowledged, and what the books say of it."""

    posts: int
    redemptions: int
    kills: Counter[str]
    repeats: int
    acknowledgements_lost: int
    met_first_outcome: int
    lost: int
    doubled: int
    findings: int

    @property
    def is_clean(self) -> bool:
        return (self.lost, self.doubled, self.findings) == (0, 0, 0)


def torture(*, posts: int, kills: int, seed: int) -> Outcome:
    """Run the service, kill ``kills`` processes under ``posts`` posts, and read the books.

    Raises:
        AssertionError: a command was not acknowledged within minutes, or was refused.
        StoryBroken: the service did not start, or left something running.
    """
    with Stage() as stage:
        settings = _settings(stage)
        with _application(settings) as app:
            with app.app_context():
                place, codes = _people(posts // REDEMPTION_SHARE)
            clerks = [
                Clerk(stage.api, token, codes[n::CLERKS])
                for n, token in enumerate(place.clerk_tokens)
            ]
            with CuttingProxy(settings.database_url, chance=CUT_CHANCE, seed=seed) as proxy:
                told, killed = _under_fire(stage, settings, proxy, clerks, posts, kills, seed)
            with app.app_context():
                outcome = _judged(told, clerks, killed, proxy.cuts)
        stage.stop()
    return outcome


class Clerk(threading.Thread):
    """Redeems codes, each with one key until it is answered."""

    def __init__(self, api: str, token: str, codes: list[str]) -> None:
        super().__init__(daemon=True)
        self._address = api.removeprefix("http://")
        self._token = token
        self._codes = codes
        self.paid: list[str] = []
        self.repeats = 0
        self.refused: str | None = None

    def run(self) -> None:
        for code in self._codes:
            key, deadline = uuid4().hex, time.monotonic() + PATIENCE_SECONDS
            while not self._redeem(code, key):
                self.repeats += 1
                if self.refused or time.monotonic() > deadline:
                    return
                time.sleep(PAUSE_SECONDS)

    def _redeem(self, code: str, key: str) -> bool:
        web = http.client.HTTPConnection(self._address, timeout=40)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        try:
            body = json.dumps({"code": code, "points": POINTS})
            web.request("POST", "/api/v1/redemptions", body, headers)
            answer = web.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()
        if answer.status == HTTPStatus.CREATED:
            self.paid.append(json.loads(told)["id"])
            return True
        if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self.refused = told.decode()
        return False


def _settings(stage: Stage) -> Settings:
    there = addresses(stage.home)
    return replace(
        read_settings({"FEN_HOME": str(stage.home), "FEN_LOG_LEVEL": "ERROR"}),
        database_url=there.database_url,
        database_owner_url=there.database_owner_url,
        redis_url=there.redis_url,
    )


@contextmanager
def _application(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _people(redemptions: int) -> tuple[shop.Counter, list[str]]:
    place = shop.open_shop(COUNTY, clerks=CLERKS, households=20)
    fund(COUNTY, [place.village_id, *(village(n) for n in range(WRITERS_MAX))])
    shop.give_points(COUNTY, place)
    return place, shop.issue_codes(COUNTY, place, redemptions)


def _under_fire(
    stage: Stage,
    settings: Settings,
    proxy: CuttingProxy,
    clerks: list[Clerk],
    posts: int,
    kills: int,
    seed: int,
) -> tuple[list[Told], Counter[str]]:
    """Let all of them work to the end, killing while they do."""
    context = multiprocessing.get_context("spawn")
    done, outbox = context.Value("q", 0), context.SimpleQueue()
    hands = max(1, min(WRITERS_MAX, posts // POSTS_OF_A_WRITER_MIN))
    share = posts // hands // BATCH * BATCH
    cut = replace(settings, database_url=proxy.database_url)
    writers = [
        context.Process(
            target=write,
            args=(cut if n == 0 else settings, n, share, datetime.now(UTC), done, outbox),
            daemon=True,
        )
        for n in range(hands)
    ]
    for writer in writers:
        writer.start()
    for clerk in clerks:
        clerk.start()
    try:
        killed = _kill_along(stage, done, posts, kills, random.Random(seed))
        told = [outbox.get() for _ in writers]
        for clerk in clerks:
            clerk.join(PATIENCE_SECONDS)
    finally:
        for writer in writers:
            writer.kill()
            writer.join()
    refusals = [clerk.refused for clerk in clerks if clerk.refused]
    assert not refusals, refusals
    assert not any(clerk.is_alive() for clerk in clerks), "a redemption was never answered"
    assert [t.problem for t in told if t.problem] == []
    return told, killed


def _kill_along(
    stage: Stage,
    done: "Synchronized[int]",
    posts: int,
    kills: int,
    choice: random.Random,
) -> Counter[str]:
    """Kill something at random moments of the work; returns what, and how often."""
    killed: Counter[str] = Counter()
    moments = sorted(choice.randrange(posts * 9 // 10) for _ in range(kills))
    # Every kind has its turn, in an order of chance.
    turns = [list(Kind)[n % len(Kind)] for n in range(kills)]
    choice.shuffle(turns)
    for moment, kind in zip(moments, turns, strict=True):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while done.value < moment:
            assert time.monotonic() < deadline, f"work stands still at {done.value} posts"
            time.sleep(PAUSE_SECONDS)
        while not (found := victims(stage.home, kind)) or not kill(choice.choice(found)):
            assert time.monotonic() < deadline, f"no {kind} is running"
            time.sleep(PAUSE_SECONDS)
        killed[kind] += 1
        click.echo(f"  killed {kind:<11} at {done.value:>7,} of {posts:,} posts", err=True)
    return killed


def _judged(told: list[Told], clerks: list[Clerk], killed: Counter[str], cuts: int) -> Outcome:
    """Compare what was acknowledged with what is written."""
    asked = Counter(reference for t in told for reference in t.acknowledged)
    written = Counter(
        db.session.scalars(
            text("SELECT reference FROM ledger.transfers WHERE reference LIKE 'torture:%'")
        )
    )
    paid = Counter(payment for clerk in clerks for payment in clerk.paid)
    rows = Counter(str(id_) for id_ in db.session.scalars(select(Redemption.id)))
    moved = Counter(
        db.session.scalars(
            text("SELECT substr(reference, 12) FROM ledger.transfers WHERE kind = 'redemption'")
        )
    )
    proof = ledger.verify(db.session.connection())
    return Outcome(
        posts=asked.total(),
        redemptions=paid.total(),
        kills=killed,
        repeats=sum(t.repeats for t in told) + sum(clerk.repeats for clerk in clerks),
        acknowledgements_lost=cuts,
        met_first_outcome=sum(t.met_first_outcome for t in told),
        lost=(asked - written).total() + (paid - rows).total() + (paid - moved).total(),
        doubled=(written - asked).total() + (rows - paid).total() + (moved - paid).total(),
        findings=len(proof.findings),
    )


@click.command(help="Kill the service's processes under posts; 0 lost, 0 doubled, or exit 1.")
@click.option("--posts", default=50_000, show_default=True)
@click.option("--kills", default=20, show_default=True)
@click.option("--seed", type=int, default=None, help="Repeats the order of a run.")
def main(posts: int, kills: int, seed: int | None) -> None:
    seed = random.randrange(10**6) if seed is None else seed
    click.echo(f"seed {seed}: {kills} kills under {posts:,} posts", err=True)
    began = time.monotonic()
    outcome = torture(posts=posts, kills=kills, seed=seed)
    click.echo(
        f"{outcome.posts:,} posts and {outcome.redemptions:,} redemptions acknowledged in "
        f"{time.monotonic() - began:.0f} s, {outcome.repeats:,} tries repeated\n"
        f"killed: {', '.join(f'{kind} {n}' for kind, n in sorted(outcome.kills.items()))}\n"
        f"answers to COMMIT lost: {outcome.acknowledgements_lost}; "
        f"repeats that met their first outcome: {outcome.met_first_outcome}\n"
        f"lost {outcome.lost}, doubled {outcome.doubled}, "
        f"findings of the proof {outcome.findings}"
    )
    sys.exit(0 if outcome.is_clean else 1)


if __name__ == "__main__":
    main()
