"""The commands of docs/operations.md bring a county back, and its books still prove themselves."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.config import ROOT
from app.embedded import programs
from app.embedded.account import Account, credentials, server_account
from tests.given.seals import run_seal
from tests.given.superuser import superuser_url

ROLES = """
    CREATE ROLE fen_owner LOGIN CREATEDB; CREATE ROLE fen_app LOGIN; CREATE ROLE fen_keeper LOGIN;
    CREATE ROLE fen_worker LOGIN IN ROLE fen_app; CREATE ROLE fen_bank LOGIN IN ROLE fen_app;
    CREATE ROLE fen_shell LOGIN IN ROLE fen_worker, fen_bank; CREATE ROLE fen_auditor
"""
CONF = """
listen_addresses = ''
unix_socket_directories = '{place}'
archive_mode = on
archive_command = 'test ! -f {place}/wal/%f && cp %p {place}/wal/%f'
"""


def blocks() -> list[str]:
    """The commands of the chapter on backup, in order."""
    chapter = (ROOT / "docs/operations.md").read_text().partition("## Backup\n")[2]
    return re.findall(r"```sh\n(.*?)```", chapter.partition("\n## ")[0], re.DOTALL)


DUMP, RESTORE, COPY, BACK_TO_A_MINUTE = blocks()


@dataclass
class Machine:
    """A machine to restore on: a folder with clusters of PostgreSQL, none of them Fen's own."""

    place: Path
    account: Account | None
    programs: Path

    def run(self, commands: str, *, as_root: bool = False, **environment: str) -> str:
        """What the commands print, run in the folder as a person would; they must not fail."""
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", commands.replace("/backup", str(self.place))],
            env={
                "PATH": f"{self.programs}:/usr/bin:/bin",
                "LC_ALL": "C",
                "PGHOST": str(self.place),
                "PGUSER": "postgres",
                "PGDATA": str(self.place / "data"),
                **environment,
            },
            check=False,
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **({} if as_root else credentials(self.account)),
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def query(self, statement: str) -> object:
        with psycopg.connect(
            host=str(self.place), user="postgres", dbname="fen", autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row and row[0]

    def settings(self, settings):
        """Fen's settings with the database of this machine."""
        url = f"postgresql+psycopg://{{}}@/fen?host={self.place}"
        return replace(
            settings,
            database_url=url.format("fen_shell"),
            database_owner_url=url.format("fen_owner"),
        )


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A new machine with an empty cluster that has the roles of a first start."""
    place = Path(tempfile.mkdtemp(prefix="fen-restore-", dir="/tmp"))
    account = server_account(place)
    if account is not None:
        os.chown(place, account.uid, account.gid)
    made = Machine(place, account, programs.postgresql(account))
    try:
        made.run("initdb --username=postgres --auth=trust --no-sync --no-locale -E UTF8; mkdir wal")
        with (place / "data/postgresql.conf").open("a") as conf:
            conf.write(CONF.format(place=place))
        made.run('pg_ctl start --log="$PGDATA/start.log"')
        made.run(f'psql -X -d postgres -c "{ROLES}"')
        yield made
    finally:
        for data in place.glob("data*"):
            with suppress(AssertionError):
                made.run("pg_ctl stop --mode=immediate", PGDATA=str(data))
        shutil.rmtree(place)


@pytest.fixture
def restored(app, story, machine) -> Machine:
    """The county, dumped where it is and restored on the new machine."""
    url = make_url(superuser_url(app.config["SETTINGS"]))
    host, port = str(url.query.get("host") or url.host), str(url.query.get("port") or url.port)
    machine.run(DUMP, as_root=True, PGHOST=host, PGPORT=port)
    (machine.place / "fen.dump").chmod(0o644)
    machine.run(RESTORE)
    return machine


def verified(app) -> str:
    result = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[-1]


def test_a_dump_is_restored_into_a_new_cluster_and_its_books_are_true(
    app, story, restored, another_app
):
    there = another_app(restored.settings(app.config["SETTINGS"]))

    assert verified(there) == verified(app)
    sealed = restored.query("SELECT max(commits_before) FROM ledger.seals")
    counted = int(restored.query("SELECT pg_current_xact_id()::text"))
    assert counted > sealed
    assert 0 <= counted % 1_048_576 < 10_000


def test_what_is_sealed_after_a_restore_goes_on_from_what_was_sealed_before(
    app, story, restored, another_app
):
    there = another_app(restored.settings(app.config["SETTINGS"]))
    before = restored.query("SELECT count(*) FROM ledger.seals")

    run_seal(there)

    assert restored.query("SELECT count(*) FROM ledger.seals") == before + 1
    assert ": all true" in verified(there)


def test_a_cluster_goes_back_to_a_minute(app, story, restored, another_app):
    restored.run(COPY)
    restored.query("CREATE TABLE wanted AS SELECT 1 AS kept")
    minute = str(restored.query("SELECT clock_timestamp()"))
    restored.query("CREATE TABLE mistake AS SELECT pg_switch_wal()")
    restored.run("pg_ctl stop --mode=fast")

    restored.run(BACK_TO_A_MINUTE, PGDATA=str(restored.place / "data2"), MINUTE=minute)

    assert restored.query("SELECT kept FROM wanted") == 1
    assert restored.query("SELECT to_regclass('mistake')") is None
    restored.query("DROP TABLE wanted")
    assert ": all true" in verified(another_app(restored.settings(app.config["SETTINGS"])))
