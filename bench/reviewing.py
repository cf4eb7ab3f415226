"""Sixteen reviewers on one queue, over HTTP: how long they wait; each photo is judged once.

Nobody thinks here: each verdict follows the one before at once, and the next photos are asked for
while one is left, as the mini-program does. A verdict needs two seconds of looking, so the clock of
the application that is measured runs a hundred times as fast.
"""

import http.client
import json
import os
import statistics
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from secrets import token_urlsafe
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, insert, select

from app.kernel import clock
from app.kernel.db import Model, db, transaction
from app.kernel.ids import uuid7
from app.kernel.secrets import token_digest
from app.photos.models import Photo, PhotoState
from app.register.identity.models import RoleGrant, Session, User
from app.register.identity.roles import Role
from app.register.regions.models import Region, RegionKind
from app.sorting.self_checks.models import Review, SelfCheck, SelfCheckState, Stage
from bench import shop
from operations.factory import create_app

HOUSEHOLDS = 400
FASTER = 100
BEGAN = "FEN_BENCH_BEGAN"  # in the environment: when the fast clock began
ASK_BELOW = 2  # photos in hand


@dataclass(frozen=True)
class Desk:
    """A village whose photos wait, and the tokens of its reviewers."""

    village_id: UUID
    tokens: list[str]


@dataclass(frozen=True)
class Waits:
    """How long one kind of request took."""

    median_ms: float
    p99_ms: float
    longest_ms: float


@dataclass(frozen=True)
class Shift:
    """What the reviewers saw."""

    per_second: float
    lease: Waits
    verdict: Waits


@dataclass
class _Seen:
    leases: list[float] = field(default_factory=list)
    verdicts: list[float] = field(default_factory=list)


def served() -> Flask:
    """The application by a fast clock, the same in each of its processes; for gunicorn."""
    began, real = datetime.fromisoformat(os.environ[BEGAN]), clock.now

    def fast() -> datetime:
        return began + (real() - began) * FASTER

    clock.now = fast
    return create_app()


def open_desk(county_id: int, *, reviewers: int, photos: int) -> Desk:
    """Enter a county with one village, its reviewers, and photos that wait, a second apart."""
    os.environ[BEGAN] = datetime.now(UTC).isoformat()
    place = shop.open_shop(county_id, clerks=0, households=HOUSEHOLDS)
    with transaction():
        tokens = [_reviewer(county_id, place.village_id) for _ in range(reviewers)]
        group_id = db.session.scalars(
            select(Region.id).where(Region.county_id == county_id, Region.kind == RegionKind.GROUP)
        ).one()
        resident = _user(county_id, datetime.now(UTC))
        for n in range(photos):
            homes = place.household_ids
            _photo(county_id, place.village_id, group_id, homes[n % len(homes)], resident, n)
    return Desk(place.village_id, tokens)


def judge_all(port: int, tokens: list[str]) -> Shift:
    """Have each reviewer judge until nothing waits for them."""
    seen = _Seen()
    threads = [threading.Thread(target=_sit, args=(port, token, seen)) for token in tokens]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    return Shift(len(seen.verdicts) / elapsed, _waits(seen.leases), _waits(seen.verdicts))


def check_each_once(county_id: int, photos: int) -> None:
    """Every photo has its one first verdict, and every sampled one its second."""
    judged = db.session.scalar(
        select(func.count()).where(
            Review.county_id == county_id,
            Review.stage == Stage.FIRST,
            Review.judged_at.is_not(None),
        )
    )
    left = db.session.scalar(
        select(func.count()).where(Review.county_id == county_id, Review.judged_at.is_(None))
    )
    assert (judged, left) == (photos, 0), f"{judged} judged, {left} left"


def _sit(port: int, token: str, seen: _Seen) -> None:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    in_hand: list[str] = []
    while True:
        if len(in_hand) < ASK_BELOW:
            body = _ask(web, token, "next", None, seen.leases)
            in_hand = [item["id"] for item in body["items"]]
            if not in_hand:
                break
        _ask(web, token, f"{in_hand.pop(0)}/verdict", {"verdict": "approve"}, seen.verdicts)
    web.close()


def _ask(
    web: http.client.HTTPConnection,
    token: str,
    path: str,
    body: dict[str, str] | None,
    taken: list[float],
) -> dict[str, list[dict[str, str]]]:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/json",
    }
    began = time.perf_counter()
    web.request("POST", f"/api/v1/reviews/{path}", json.dumps(body) if body else None, headers)
    answer = web.getresponse()
    content = answer.read()
    taken.append(time.perf_counter() - began)
    if answer.status != HTTPStatus.OK:
        raise AssertionError(f"{path}: {answer.status} {content.decode()}")
    read: dict[str, list[dict[str, str]]] = json.loads(content)
    return read


def _waits(taken: list[float]) -> Waits:
    hundredths = statistics.quantiles(taken, n=100)
    return Waits(1000 * hundredths[49], 1000 * hundredths[98], 1000 * max(taken))


def _reviewer(county_id: int, village_id: UUID) -> str:
    at = datetime.now(UTC)
    user_id, token = _user(county_id, at), token_urlsafe(32)
    _insert(
        RoleGrant,
        {
            "id": uuid7(at),
            "user_id": user_id,
            "role": Role.REVIEWER,
            "place_id": village_id,
            "granted_at": at,
        },
    )
    _insert(
        Session,
        {
            "digest": token_digest(token),
            "user_id": user_id,
            "created_at": at,
            "expires_at": at + timedelta(days=365),
        },
    )
    return token


def _user(county_id: int, at: datetime) -> UUID:
    user_id = uuid7(at)
    _insert(User, {"id": user_id, "county_id": county_id, "is_blocked": False, "created_at": at})
    return user_id


def _photo(
    county_id: int, village_id: UUID, group_id: UUID, home: UUID, resident: UUID, n: int
) -> None:
    """A photo that was screened, with its self-check and the review that waits."""
    at = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=n)
    photo_id, self_check_id = uuid7(at), uuid7(at)
    common = {"county_id": county_id, "household_id": home, "group_id": group_id}
    _insert(
        Photo,
        {
            **common,
            "id": photo_id,
            "uploaded_by": resident,
            "received_at": at,
            "upload_bytes": 1,
            "sha256": n.to_bytes(32, "big"),
            "state": PhotoState.READY,
            "brightness": 128,
        },
    )
    _insert(
        SelfCheck,
        {
            **common,
            "id": self_check_id,
            "village_id": village_id,
            "user_id": resident,
            "photo_id": photo_id,
            "state": SelfCheckState.WAITING,
            "submitted_at": at,
            "screened_at": at,
            "findings": [],
        },
    )
    _insert(
        Review,
        {
            "county_id": county_id,
            "id": uuid7(at),
            "self_check_id": self_check_id,
            "stage": Stage.FIRST,
            "waiting_since": at,
        },
    )


def _insert(model: type[Model], row: dict[str, object]) -> None:
    db.session.execute(insert(model), [row])
