"""PostgreSQL and Valkey of a home: started, joined, killed, repaired."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from app.config import ROOT
from app.embedded import EmbeddedError, addresses, running
from app.embedded.account import credentials, server_account
from app.embedded.places import Places
from app.embedded.postgresql import Postgresql
from app.embedded.process import Process
from app.embedded.valkey import Valkey
from tests.given.servers import eventually, holders, main_process, nothing_runs, query


def test_both_servers_answer_inside_the_block_and_are_gone_after_it(home):
    with running(home) as found:
        assert query(found, "SELECT current_user || '@' || current_database()") == "fen_shell@fen"
        assert Redis.from_url(found.redis_url).ping() is True

    assert nothing_runs(home)
    with pytest.raises(psycopg.OperationalError):
        query(found, "SELECT 1")


def test_the_addresses_are_known_before_anything_starts(home):
    told = addresses(home)

    assert not home.exists()
    with running(home, durable=False) as found:
        assert found == told


def test_the_first_start_makes_the_roles_and_their_database(home):
    with running(home, durable=False) as found:
        roles = query(
            found,
            "SELECT string_agg(concat_ws(' ', rolname, rolcanlogin, rolcreatedb, rolsuper), ', ' "
            "ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'fen%'",
        )
        owner = query(
            found,
            "SELECT datdba::regrole::text || ' ' || pg_encoding_to_char(encoding) "
            "FROM pg_database WHERE datname = 'fen'",
        )

        assert roles == (
            "fen_app t f f, fen_auditor f f f, fen_bank t f f, fen_keeper t f f, fen_owner t t f, "
            "fen_shell t f f, fen_worker t f f"
        )
        assert owner == "fen_owner UTF8"
        assert query(found, "SHOW listen_addresses") == ""
        assert query(found, "SHOW data_checksums") == "on"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(found, "CREATE TABLE mine (id int)")
        query(found, "CREATE TABLE ours (id int)", owner=True)


def test_only_the_tests_do_without_durability(tmp_path):
    told = "SELECT concat_ws(' ', current_setting('fsync'), current_setting('full_page_writes'))"
    for durable, expected in ((True, "on on"), (False, "off off")):
        with running(tmp_path / str(durable), durable=durable) as found:
            assert query(found, told) == expected
            kept = Redis.from_url(found.redis_url).config_get("appendonly")
            assert kept == {"appendonly": "yes" if durable else "no"}


def test_data_outlive_a_stop(home):
    with running(home) as found:
        query(found, "CREATE TABLE kept AS SELECT 42 AS answer", owner=True)
        Redis.from_url(found.redis_url).set("kept", "42")

    with running(home) as found:
        assert query(found, "SELECT answer FROM kept", owner=True) == 42
        assert Redis.from_url(found.redis_url).get("kept") == b"42"


def test_whoever_leaves_first_does_not_take_the_servers_away(home):
    with running(home, durable=False) as found:
        with running(home, durable=False):
            server = main_process(home, "postgresql").pid
        assert main_process(home, "postgresql").pid == server
        assert query(found, "SELECT 1") == 1

    assert nothing_runs(home)


def test_starts_at_the_same_moment_share_one_server(home):
    together = threading.Barrier(4)

    def start(_: int) -> object:
        together.wait()
        with running(home, durable=False) as found:
            server = query(found, "SELECT pg_postmaster_start_time()")
            together.wait()
            return server

    with ThreadPoolExecutor(4) as pool:
        servers = set(pool.map(start, range(4)))

    assert len(servers) == 1
    assert nothing_runs(home)


def test_servers_of_a_test_are_not_joined_by_somebody_who_wants_to_keep_data(home):
    with running(home, durable=False) as found:
        with (
            pytest.raises(EmbeddedError, match="may lose data in a crash"),
            running(home, durable=True),
        ):
            pass
        assert query(found, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["postgresql", "valkey"])
def test_a_killed_server_comes_back_with_all_that_was_saved(home, name):
    with running(home) as found:
        query(found, "CREATE TABLE kept AS SELECT 42 AS answer", owner=True)
        Redis.from_url(found.redis_url).set("kept", "42")
        killed = main_process(home, name)

        killed.kill()

        def both() -> object:
            with suppress(psycopg.OperationalError, RedisError):
                answer = query(found, "SELECT answer FROM kept", owner=True)
                return answer, Redis.from_url(found.redis_url).get("kept")
            return None

        assert eventually(both) == (42, b"42")
        assert main_process(home, name).pid != killed.pid
    assert nothing_runs(home)


def test_servers_stop_when_the_process_that_uses_them_is_killed(home):
    holder = _holder(home)
    query(addresses(home), "CREATE TABLE kept AS SELECT 42 AS answer", owner=True)

    holder.kill()
    holder.wait()

    eventually(lambda: nothing_runs(home))
    with running(home) as found:
        assert query(found, "SELECT answer FROM kept", owner=True) == 42


def test_a_start_after_everything_was_killed_believes_no_pid_file(home):
    holder = _holder(home)
    query(addresses(home), "CREATE TABLE kept AS SELECT 42 AS answer", owner=True)
    guardian = main_process(home, "guardian")
    pid_file = home / "servers/postgresql/data/postmaster.pid"
    # A pid may by now belong to anything; kill(pid, 0) says that it lives.
    account = server_account(home)
    stranger = subprocess.Popen(["/bin/sleep", "60"], **credentials(account))
    for process in (
        *holders(home, "guardian"),
        *holders(home, "postgresql"),
        *holders(home, "valkey"),
    ):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    holder.kill()
    holder.wait()
    eventually(lambda: nothing_runs(home))
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

    try:
        with running(home) as found:
            assert query(found, "SELECT answer FROM kept", owner=True) == 42
            assert main_process(home, "guardian").pid != guardian.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_killed_guardian_leaves_no_servers_behind(home):
    with running(home, durable=False):
        main_process(home, "guardian").kill()

        eventually(lambda: nothing_runs(home))


@pytest.mark.parametrize("kind", [Postgresql, Valkey])
def test_a_server_that_outlived_its_guardian_is_replaced(home, kind):
    account = server_account(home)
    places = Places(home)
    places.prepare(account)
    older, newer = (
        Process(kind(places, account, durable=False), places, account) for _ in range(2)
    )
    older.start()

    newer.start()

    try:
        assert older.exited()
        assert newer.program.answers()
    finally:
        newer.stop()
    assert holders(home, newer.program.name) == []


def _holder(home) -> subprocess.Popen[str]:
    """A process that uses the servers of the home until it is killed."""
    code = (
        "import sys, time, pathlib; from app.embedded import running\n"
        "with running(pathlib.Path(sys.argv[1])):\n"
        "    print('up', flush=True); time.sleep(100)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "up\n"
    return process
