"""What a photo costs from the upload to the review queue, and a look-up among many photos."""

import multiprocessing
import random
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psutil
from PIL import Image
from sqlalchemy import create_engine, select, text

from app.config import Settings
from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.photos.fingerprints import queries
from app.photos.screening import marks
from app.register.identity.models import User
from app.sorting.self_checks import jobs, service
from app.sorting.self_checks.models import SelfCheck, SelfCheckState
from bench.ground import Ground
from operations.factory import create_app

STORED = 100_000
PATTERNS = 400  # pieces of real photographs from which the stored fingerprints are bred
PHOTOS = 12
SIZE = (4000, 3000)  # twelve megapixels
_NAMES = ("astronaut", "chelsea", "coffee", "motorcycle_left", "brick", "gravel", "coins", "camera")
_MARK_CHANGES = 1 / 8  # of the bits of a mark


@dataclass(frozen=True)
class Cost:
    """Medians of a photo; CPU in milliseconds, memory in megabytes."""

    receive_ms: float
    screen_ms: float  # in the worker, the decoder apart
    decoder_ms: float  # its start included
    database_ms: float  # of the server's process, for all of it
    look_up_ms: float  # elapsed
    candidates: float  # photos that share a mark
    worker_megabytes: float

    @property
    def cpu_ms(self) -> float:
        return self.receive_ms + self.screen_ms + self.decoder_ms


def fill(here: Ground, county_id: int, group_id: UUID, seed: int = 7) -> tuple[float, float]:
    """Store many fingerprints; returns the megabytes of fingerprints and of their marks."""
    bred = _bred(np.random.default_rng(seed))
    engine = create_engine(here.addresses.database_owner_url)
    with engine.begin() as connection:
        at = datetime.now(UTC)
        columns = "county_id, photo_id, household_id, group_id, received_at, frame_width, "
        columns += "frame_height, marks, points, picture"
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY fingerprints ({columns}) FROM STDIN") as copy:
            for points, picture in (next(bred) for _ in range(STORED)):
                of_photo = (county_id, uuid7(at), uuid7(at), group_id, at, 256, 192)
                copy.write_row(
                    (*of_photo, sorted(set(points["mark"].tolist())), points.tobytes(), picture)
                )
        connection.execute(
            text(
                "INSERT INTO fingerprint_marks "
                "SELECT county_id, unnest(marks), photo_id FROM fingerprints ORDER BY 1, 2, 3"
            )
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE fingerprints, fingerprint_marks"))
        sizes = [
            connection.scalar(text(f"SELECT {size}"))
            for size in (
                "pg_total_relation_size('fingerprints')",
                "pg_total_relation_size('fingerprint_marks')",
            )
        ]
    engine.dispose()
    prints, looked_up = (float(size or 0) / 1e6 for size in sizes)
    return prints, looked_up


def cost(settings: Settings, county_id: int, household_id: UUID, home: Path) -> Cost:
    """What photos of twelve megapixels cost, in a worker of their own."""
    paths = _photos(home)
    with multiprocessing.get_context("spawn").Pool(1) as worker:
        return worker.apply(_cost, (settings, county_id, household_id, paths))


def _cost(settings: Settings, county_id: int, household_id: UUID, paths: list[Path]) -> Cost:
    # Without the content check: what is measured is our own work, not how long WeChat takes.
    app = create_app(replace(settings, content_check="off"))
    with app.app_context():
        server = psutil.Process(db.session.scalars(text("SELECT pg_backend_pid()")).one())
        user_id = db.session.scalars(select(User.id).limit(1)).one()
        db.session.rollback()
        seen = [_one(path, county_id, household_id, user_id, server) for path in paths]
        found = [_look_up(county_id, photo_id) for *_, photo_id in seen]
    # The first opens the files of Python and of the database.
    receive, screen, decoder, database = (
        statistics.median(column) for column in list(zip(*seen, strict=True))[:4]
    )
    return Cost(
        receive,
        screen,
        decoder,
        database,
        statistics.median(elapsed for elapsed, _ in found),
        statistics.median(shared for _, shared in found),
        _peak_megabytes(),
    )


def _one(
    path: Path, county_id: int, household_id: UUID, user_id: UUID, server: psutil.Process
) -> tuple[float, float, float, float, UUID]:
    content, server_began = path.read_bytes(), _server_ms(server)

    def submit() -> SelfCheck:
        with transaction():
            return service.submit(
                county_id=county_id,
                household_id=household_id,
                user_id=user_id,
                content=BytesIO(content),
                at=datetime.now(UTC),
            )

    self_check, receive, _ = _measured(submit)
    _, screen, decoder = _measured(lambda: jobs.screen(str(county_id), str(self_check.id)))
    with transaction():
        row = db.session.get_one(SelfCheck, (county_id, self_check.id), populate_existing=True)
        assert row.state is SelfCheckState.WAITING, "it did not reach the queue"
    return receive, screen, decoder, _server_ms(server) - server_began, self_check.photo_id


def _measured(what: Callable[[], Any]) -> tuple[Any, float, float]:
    """Its result, and the milliseconds of CPU of this process and of its children."""
    began = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    result = what()
    ended = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, children = (
        1000 * (b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime)
        for a, b in zip(began, ended, strict=True)
    )
    return result, own, children


def _peak_megabytes() -> float:
    """The most memory that this process held; what getrusage says includes its parent's."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _server_ms(server: psutil.Process) -> float:
    times = server.cpu_times()
    return 1000 * float(times.user + times.system)


def _look_up(county_id: int, photo_id: UUID) -> tuple[float, int]:
    began = time.perf_counter()
    queries.near_repeat(county_id=county_id, photo_id=photo_id)
    elapsed = 1000 * (time.perf_counter() - began)
    shared = queries.sharing_marks(county_id=county_id, photo_id=photo_id)
    db.session.rollback()
    return elapsed, shared


def _photos(home: Path) -> list[Path]:
    """Photographs of twelve megapixels, with the noise of a phone's sensor, each another."""
    chance, paths = np.random.default_rng(11), []
    originals = _originals()
    for number in range(PHOTOS):
        image = originals[number % len(originals)].rotate(7 * number).resize(SIZE)
        noise = chance.integers(-6, 7, (SIZE[1], SIZE[0], 1))
        noisy = np.clip(np.asarray(image).astype(np.int16) + noise, 0, 255).astype(np.uint8)
        path = home / f"photo-{number}.jpg"
        Image.fromarray(noisy).save(path, quality=88)
        paths.append(path)
    return paths


def _originals() -> list[Image.Image]:
    skimage = find_spec("skimage")
    assert skimage is not None
    assert skimage.origin is not None
    folder = Path(skimage.origin).parent / "data"
    return [Image.open(folder / f"{name}.png").convert("RGB") for name in _NAMES]


def _bred(chance: np.random.Generator) -> Any:
    """Fingerprints without end: those of pieces of real photographs, each mark a bit changed."""
    pick, originals, patterns = random.Random(3), _originals(), []
    for _ in range(PATTERNS):
        image = pick.choice(originals).rotate(pick.uniform(0, 360))
        side = round(min(image.size) * pick.uniform(0.3, 0.65))
        left, top = ((whole - side) // 2 for whole in image.size)
        piece = image.crop((left, top, left + side, top + round(0.75 * side))).resize((256, 192))
        grey = piece.convert("L")
        patterns.append((marks.points(marks.grey(grey)), grey.resize((32, 32)).tobytes()))
    while True:
        points, picture = patterns[int(chance.integers(PATTERNS))]
        points = points.copy()
        flips = chance.random((len(points), marks.BITS)) < _MARK_CHANGES
        weights = np.left_shift(np.uint32(1), np.arange(marks.BITS, dtype=np.uint32))
        points["mark"] ^= (flips * weights).sum(axis=1).astype(np.uint32).view(np.int32)
        yield points, picture
