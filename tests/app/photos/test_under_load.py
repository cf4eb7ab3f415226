"""Hostile and good photos in one stream: the worker stays small, and the queue keeps moving."""

import os
import sys
from collections import Counter
from io import BytesIO

import psutil
from PIL import Image

from app.kernel import jobs as kernel_jobs
from app.kernel.db import db, transaction
from app.kernel.jobs import defer
from app.photos import jobs, service
from app.photos.models import Photo, PhotoFault, PhotoState
from app.photos.screening import DecoderFailed
from tests.given import pictures
from tests.given.factories import COUNTY

ROUNDS = 6
GROWTH_MEGABYTES_MAX = 24  # one photo let into the worker would be 120 MB decoded


def stream(n: int) -> list[tuple[bytes, PhotoFault | None]]:
    """One round of uploads, and what is to become of each."""
    noise = Image.frombytes("RGB", (64, 64), os.urandom(64 * 64 * 3))
    return [
        (pictures.photo(2 * n), None),
        (pictures.bomb_png(), PhotoFault.TOO_MANY_PIXELS),
        (pictures.truncated() + bytes([n]), PhotoFault.DAMAGED),
        (pictures.encoded(Image.new("L", (6300, 6300)), "PNG"), None),  # just allowed: 40 MP
        (b"\xff\xd8\xff" + os.urandom(200_000), PhotoFault.NOT_AN_IMAGE),
        (b"\xff\xd8\xff" + bytes(9 << 20), PhotoFault.NOT_AN_IMAGE),
        (pictures.polyglot(), None),
        (pictures.encoded(noise.resize((3000, 3000)), "WEBP"), None),
        (pictures.photo(2 * n + 1), None),
    ]


def test_hostile_photos_cost_the_worker_no_memory_and_the_good_ones_no_turn(
    app, given, noon, capsys
):
    family, user_id = given.household(), given.user()
    worker = psutil.Process()
    wanted: Counter[str] = Counter()

    def send(content: bytes) -> None:
        with app.app_context(), transaction():
            photo = service.receive(
                service.store(content=BytesIO(content), at=noon()),
                county_id=COUNTY,
                household_id=family.id,
                group_id=family.village.group_id,
                uploaded_by=user_id,
                at=noon(),
            )
            defer(jobs.prepare, str(COUNTY), str(photo.id))

    def work_off() -> None:
        with app.app_context():
            queue = kernel_jobs.queue()
            found = [(job.func, job.args) for job in queue.jobs]
            queue.empty()
        for function, arguments in found:
            try:
                function(*arguments)
            except DecoderFailed:  # no verdict: it is queued again, as RQ does
                with app.app_context():
                    kernel_jobs.enqueue(function, *arguments)

    memory = []
    for n in range(ROUNDS):
        for content, fault in stream(n):
            send(content)
            wanted[fault.value if fault else "ready"] += 1
        while kernel_jobs_left(app):
            work_off()
        memory.append(worker.memory_info().rss >> 20)

    with app.app_context():
        rows = db.session.query(Photo).all()
    assert Counter(row.fault.value if row.fault else row.state.value for row in rows) == wanted
    assert {row.state for row in rows} == {PhotoState.READY, PhotoState.REJECTED}
    assert all(row.original_deleted_at is not None for row in rows)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(rows)} photos, {wanted['ready']} good; MB by round: {memory}\n")
    assert memory[-1] - memory[0] < GROWTH_MEGABYTES_MAX


def kernel_jobs_left(app) -> int:
    with app.app_context():
        return kernel_jobs.queue().count
