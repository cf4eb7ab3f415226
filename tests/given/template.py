"""Data of PostgreSQL to which every migration was applied, made once and copied for each session.

To make an empty cluster and to migrate it takes longer than most folders of tests run. The copies
lie in the user's cache folder, one for each state of the migrations and version of the server.
"""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import flask_migrate

from app.config import ROOT, Settings, read_settings
from app.embedded import Addresses, programs, running
from app.kernel.db import db
from operations.factory import create_app
from tests.given.kept import folder, forget_old

# A vacuum that runs by itself holds up the seals, which wait for every transaction before them.
CONF = "autovacuum = off\n"
DATA = Path("servers/postgresql/data")
MADE_BY = ("migrations/**/*.py", "migrations/**/*.sql", "app/embedded/postgresql.py")


def settings_for(home: Path, addresses: Addresses) -> Settings:
    """The settings of a test session whose servers run in ``home``."""
    return replace(
        read_settings({"FEN_ENV": "test", "FEN_HOME": str(home)}),
        database_url=addresses.database_url,
        database_owner_url=addresses.database_owner_url,
        database_keeper_url=addresses.database_keeper_url,
        redis_url=addresses.redis_url,
        wechat_api_base="http://127.0.0.1:9/",  # nobody listens: a test names its own
        bank_api_base="http://127.0.0.1:9/",
        content_check="off",  # tests of the check turn it on
        public_base_url="http://fen.test",
    )


def put_migrated_data(home: Path) -> None:
    """Let the servers of a new home start on data that are migrated already."""
    (home / "servers").mkdir(mode=0o711)
    (home / DATA.parent).mkdir(mode=0o700)
    with _alone():
        template = folder() / f"data-{_key()}"
        if not template.exists():
            _make(template)
        os.utime(template)
        forget_old("data-*")
        # With their owner: the data belong to the account that the servers run as.
        subprocess.run(["/bin/cp", "-a", template, home / DATA], check=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time; the kernel lets go of the lock of one that was killed."""
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _key() -> str:
    """Changes with whatever the data depend on."""
    postgres = programs.postgresql(None) / "postgres"
    digest = sha256(subprocess.run([postgres, "--version"], check=True, capture_output=True).stdout)
    for path in sorted(path for pattern in MADE_BY for path in ROOT.glob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    digest.update(CONF.encode())
    return digest.hexdigest()[:32]


def _make(template: Path) -> None:
    """Migrate in a draft, which gets its name only when it is complete and its server stopped."""
    with tempfile.TemporaryDirectory(prefix="draft-", dir=template.parent) as name:
        draft = Path(name)
        with running(draft, durable=False) as addresses:
            app = create_app(settings_for(draft, addresses), TESTING=True)
            with app.app_context():
                flask_migrate.upgrade()
                db.engine.dispose()
            app.extensions["redis"].close()
        with (draft / DATA / "postgresql.conf").open("a") as conf:
            conf.write(CONF)
        (draft / DATA).rename(template)
