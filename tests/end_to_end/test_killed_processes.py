"""Processes are killed under traffic: nothing that was answered is lost, nothing is done twice.

The whole service runs as ``make run`` runs it. Residents pay in a shop and send photos, each
repeating a request until it is answered, as the mini-program does; meanwhile the web server, the
worker, PostgreSQL and Valkey are killed with SIGKILL, again and again.
"""

import os
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import requests
from PIL import Image

from app.config import read_settings
from app.embedded import addresses
from app.kernel import clock, jobs
from app.kernel.db import db, transaction
from app.photos.jobs import check_left_behind, prepare_left_behind
from app.points import ledger
from app.sorting.self_checks.jobs import screen_left_behind
from app.sorting.self_checks.models import SelfCheck, SelfCheckState
from mall.redemption.models import Redemption
from operations.factory import create_app
from sandbox import people
from sandbox.demo.person import Answer, Person
from sandbox.demo.stage import Stage

PAYERS = 3
PAYMENTS_EACH = 60
POINTS = 7
PHOTOS = 12
VICTIMS = ("gunicorn", "postgres", "valkey", "worker", "gunicorn", "postgres", "worker", "valkey")
BETWEEN_KILLS_SECONDS = 1.0
PATIENCE_SECONDS = 120


class Counter:
    """A payer at the counter: a resident's phone and the clerk's, both stubborn."""

    def __init__(self, resident: Person, clerk: Person, had: int) -> None:
        self.resident, self.clerk = resident, clerk
        self.had = had  # points before it was given those that it pays
        self.paid: list[str] = []
        self.tries = 0

    def pay(self) -> None:
        code = self.insist(self.resident, "pay-codes")
        key = uuid4().hex
        answer = self.insist(
            self.clerk, "redemptions", {"code": code.body["code"], "points": POINTS}, key
        )
        if answer.status == 409:  # the code ran out while the service was away: a new one
            assert answer.body["code"] == "redemption.code_expired", answer
            self.pay()
            return
        assert answer.status == 201, answer
        self.paid.append(answer.body["id"])

    def insist(self, person: Person, path: str, body=None, key: str = "") -> Answer:
        """Send one command again and again, with one key, until it is answered."""
        headers = {"Idempotency-Key": key or uuid4().hex}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self.tries += 1
            try:
                answer = person.ask("POST", path, json=body, headers=headers)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status < 500 and answer.status != 429:
                return answer
            time.sleep(0.05)
        raise AssertionError(f"{path} was not answered for {PATIENCE_SECONDS} s")


def pay_often(counter: Counter) -> None:
    for _ in range(PAYMENTS_EACH):
        counter.pay()


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with Stage(with_county=True) as stage:
        yield stage


@pytest.fixture(scope="module")
def service(stage):
    """An application of our own on the stage's database and queue, to look and to fund."""
    told = addresses(stage.home)
    settings = replace(
        read_settings({"FEN_ENV": "test", "FEN_HOME": str(stage.home)}),
        database_url=told.database_url,
        database_owner_url=told.database_owner_url,
        redis_url=told.redis_url,
    )
    with pytest.MonkeyPatch.context() as patched:
        # Making an application gives it this process's jobs: other tests get theirs back.
        patched.setattr(jobs, "_application", jobs._application)
        app = create_app(settings)
        yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def payers(stage, service):
    """Residents with points enough, and a clerk for each."""
    counters = []
    for someone in people.RESIDENTS[:PAYERS]:
        resident = Person(stage, someone.name, someone.phone).sign_in()
        clerk = Person(stage, people.CLERK.name, people.CLERK.phone).sign_in()
        home, had = resident.get("me")["household"], resident.get("points")["points"]
        with service.app_context(), transaction():
            ledger.post(
                county_id=people.COUNTY_ID,
                reference=f"test:{uuid4()}",
                decided_at=clock.now(),
                kind=ledger.TransferKind.AWARD,
                debit=ledger.village_budget(UUID(home["village_id"])),
                credit=ledger.household(UUID(home["id"])),
                amount=PAYMENTS_EACH * POINTS,
            )
        counters.append(Counter(resident, clerk, had))
    return counters


def victims(stage: Stage, kind: str) -> list[int]:
    """The processes of one kind that belong to this stage."""
    every = {int(p.name): p for p in Path("/proc").glob("[0-9]*")}
    commands = {pid: _read(process, "cmdline") for pid, process in every.items()}
    guardians = {
        pid
        for pid, command in commands.items()
        if "app.embedded.guardian" in command and str(stage.home) in command
    }
    if kind in {"postgres", "valkey"}:  # run as another account, as the guardian's children
        return [
            pid
            for pid, command in commands.items()
            if kind in command.partition("\0")[0] and _parent(every[pid]) in guardians
        ]
    return [
        pid
        for pid, command in commands.items()
        if f"\0{kind}\0" in command
        and f"FEN_HOME={stage.home}" in _read(every[pid], "environ").split("\0")
    ]


def wait_for_victims(stage: Stage, kind: str) -> list[int]:
    """As ``victims``; one that was killed a moment ago is waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := victims(stage, kind)):
        assert time.monotonic() < deadline, f"no {kind} is running"
        time.sleep(0.1)
    return found


def _read(process: Path, name: str) -> str:
    try:
        return (process / name).read_bytes().decode(errors="replace")
    except OSError:  # it has ended
        return ""


def _parent(process: Path) -> int:
    status = _read(process, "status").splitlines()
    return next((int(line.split()[1]) for line in status if line.startswith("PPid:")), 0)


def photograph(number: int) -> bytes:
    """A picture like no other, of a size that takes the decoder some time."""
    from io import BytesIO

    picture = Image.effect_noise((1200, 900), 40 + number).convert("RGB")
    out = BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def send_photos(counter: Counter, sent: list[str]) -> None:
    for number in range(PHOTOS):
        photo, key = photograph(number), uuid4().hex
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = counter.resident.ask(
                    "POST",
                    "self-checks",
                    files={"photo": ("IMG.jpg", photo)},
                    headers={"Idempotency-Key": key},
                )
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status == 201:
                sent.append(answer.body["id"])
                break
            time.sleep(0.1)


@pytest.mark.timeout(400)
def test_nothing_is_lost_and_nothing_doubled_when_processes_are_killed(
    stage, service, payers, monkeypatch
):
    began = datetime.now(UTC)  # what was paid before is of the county's past
    kills: list[str] = []
    photos: list[str] = []
    threads = [threading.Thread(target=pay_often, args=(payer,), daemon=True) for payer in payers]
    threads.append(threading.Thread(target=send_photos, args=(payers[0], photos), daemon=True))
    for thread in threads:
        thread.start()

    for kind in VICTIMS:
        time.sleep(BETWEEN_KILLS_SECONDS)
        pids = wait_for_victims(stage, kind)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        kills.append(kind)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()

    answered = [payment for payer in payers for payment in payer.paid]
    with service.app_context():
        written = [
            str(i)
            for i in db.session.scalars(db.select(Redemption.id).where(Redemption.paid_at >= began))
        ]
        proof = ledger.verify(db.session.connection())
        left = [
            ledger.household_points(
                people.COUNTY_ID,
                UUID(payer.resident.get("me")["household"]["id"]),
                day=clock.day_of(clock.now()),
            )
            for payer in payers
        ]
    assert len(answered) == PAYERS * PAYMENTS_EACH
    assert sum(payer.tries for payer in payers) > 2 * len(answered), "no request met a kill"
    assert sorted(answered) == sorted(written), "each answer has its row, and each row its answer"
    assert proof.findings == []
    assert left == [payer.had for payer in payers]

    _every_photo_reaches_review(service, photos, monkeypatch)


def _every_photo_reaches_review(service, photos, monkeypatch) -> None:
    """Jobs that died with their worker or their queue are found by the sweeps."""
    assert len(photos) == PHOTOS
    later = datetime.now(UTC) + timedelta(hours=1)  # the service's clock is the real one
    monkeypatch.setattr(clock, "now", lambda: later)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with service.app_context():
            prepare_left_behind()
            check_left_behind()
            screen_left_behind()
            states = [db.session.get(SelfCheck, (people.COUNTY_ID, UUID(i))).state for i in photos]
            db.session.rollback()
        if all(state != SelfCheckState.SCREENING for state in states):
            break
        assert time.monotonic() < deadline, states
        time.sleep(1)
    assert states == [SelfCheckState.WAITING] * PHOTOS


def test_ctrl_c_leaves_nothing_running(stage, service, payers):
    stage.stop()
