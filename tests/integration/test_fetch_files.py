"""Named files fetched over real SSH from a stand-in game server."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncssh
import pytest
from structlog.testing import capture_logs

from ingest_api.services.fetch_files import FileFetcher
from ingest_api.services.fetch_settings import FetchSettingsWrong, read_settings, settings_files
from ingest_api.services.judging import Rules
from ingest_api.worker import run
from shared.db.engine import open_engine
from tests.fakes.sftp_server import serving_files

GOLDEN = Path(__file__).parents[1] / "golden"
NAME = "2026-02-03-235512-etl_frostbite-round-1.txt"
STATS = next((GOLDEN / "stats_file").rglob(NAME)).read_bytes()


@pytest.fixture
def game_server(tmp_path):
    folder = tmp_path / "homepath"
    (folder / "gamestats").mkdir(parents=True)
    with serving_files(folder) as served:
        yield served


@pytest.fixture
def data(tmp_path, game_server):
    """A data folder with a way to the files of `srv1`."""
    folder = tmp_path / "data"
    (folder / "fetch").mkdir(parents=True)
    game_server.client_key.write_private_key(str(folder / "fetch" / "id"))
    write_settings(folder, game_server)
    return folder


def write_settings(data, game_server, **changes):
    told = {
        "host": "127.0.0.1",
        "port": game_server.port,
        "user": "et",
        "key_file": "id",
        "host_key": game_server.host_line,
        "path": "/gamestats/",
    }
    lines = [f"{key} = {value}" for key, value in (told | changes).items() if value is not None]
    (data / "fetch" / "srv1.cfg").write_text("# how to get there\n\n" + "\n".join(lines) + "\n")


def write_file(game_server, name=NAME, content=STATS):
    (game_server.folder / "gamestats" / name).write_bytes(content)


def ask_for(door, name=NAME):
    answer = door.client.post(
        "/v1/filename-triggers", json={"filename": name}, headers={"Authorization": f"Bearer {door.token}"}
    )
    assert answer.status_code in (200, 201)


def fetcher_of(door, data):
    return FileFetcher(door.engine, Rules(), data)


def now():
    return datetime.now(UTC)  # noqa: TID251


def fetched(door):
    return door.rows("SELECT kind, filename, body FROM deliveries WHERE kind <> 'filename_notice' ORDER BY id")


def codes(logged):
    return [line["code"] for line in logged if line["event"] == "file_not_fetched"]


def test_a_named_file_is_fetched_and_taken_as_its_servers(door, data, game_server):
    write_file(game_server)
    ask_for(door)
    assert fetcher_of(door, data).fetch_due(now()) == 1
    assert fetched(door) == [{"kind": "stats_file", "filename": NAME, "body": STATS}]
    assert door.row("SELECT DISTINCT server_id FROM deliveries") == {"server_id": "srv1"}


def test_a_file_is_fetched_once(door, data, game_server):
    write_file(game_server)
    ask_for(door)
    fetcher = fetcher_of(door, data)
    assert [fetcher.fetch_due(now()) for _ in range(3)] == [1, 0, 0]
    assert fetcher_of(door, data).fetch_due(now()) == 0
    assert len(game_server.logins) == 1


def test_a_file_that_came_by_another_way_is_not_fetched(door, data, game_server):
    ask_for(door)
    known = {"Authorization": f"Bearer {door.token}"}
    door.client.put(f"/v1/files/{NAME}", content=STATS, headers=known)
    assert fetcher_of(door, data).fetch_due(now()) == 0
    assert game_server.logins == []


def test_a_file_named_anew_is_fetched_anew(door, data, game_server):
    write_file(game_server, content=STATS[:-10])
    ask_for(door)
    fetcher = fetcher_of(door, data)
    fetcher.fetch_due(now())
    write_file(game_server)
    ask_for(door)
    assert fetcher.fetch_due(now()) == 1
    assert [row["body"] for row in fetched(door)] == [STATS[:-10], STATS]


def test_several_files_share_one_connection_and_one_missing_costs_no_other(door, data, game_server):
    endstats = NAME.replace(".txt", "-endstats.txt")
    write_file(game_server)
    write_file(game_server, endstats, b"x")
    for name in (NAME, NAME.replace("round-1", "round-2"), endstats):
        ask_for(door, name)
    assert fetcher_of(door, data).fetch_due(now()) == 2
    assert {row["kind"] for row in fetched(door)} == {"stats_file", "endstats_file"}
    assert len(game_server.logins) == 1


def test_a_missing_file_is_looked_for_again_after_growing_pauses(door, data):
    ask_for(door)
    asked, fetcher = now(), fetcher_of(door, data)
    with capture_logs() as logged:
        for minutes in (0, 0.5, 1.1, 3, 6.1, 31.1, 156.1, 781.1, 800):
            fetcher.fetch_due(asked + timedelta(minutes=minutes))
    told = [line for line in logged if line["event"] == "file_not_fetched"]
    assert [line["code"] for line in told] == ["no_such_file"] * 6
    assert [line["given_up"] for line in told] == [False] * 5 + [True]
    assert {line["reason"] for line in told} == {"No matching file found"}


def test_a_file_that_appears_later_is_fetched_then(door, data, game_server):
    ask_for(door)
    fetcher = fetcher_of(door, data)
    assert fetcher.fetch_due(now()) == 0
    write_file(game_server)
    assert fetcher.fetch_due(now()) == 0
    assert fetcher.fetch_due(now() + timedelta(minutes=1)) == 1


def test_a_host_with_another_key_is_told_nothing(door, data, game_server):
    write_file(game_server)
    ask_for(door)
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    write_settings(data, game_server, host_key=other)
    with capture_logs() as logged:
        assert fetcher_of(door, data).fetch_due(now()) == 0
    assert (codes(logged), game_server.logins) == (["host_key_differs"], [])


def test_a_key_that_the_host_does_not_know_is_no_way_in(door, data):
    ask_for(door)
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(data / "fetch" / "id"))
    with capture_logs() as logged:
        assert fetcher_of(door, data).fetch_due(now()) == 0
    assert codes(logged) == ["login_refused"]


def test_a_host_that_is_away_is_tried_again(door, data, game_server):
    write_file(game_server)
    ask_for(door)
    fetcher = fetcher_of(door, data)
    write_settings(data, game_server, port=1)
    with capture_logs() as logged:
        assert fetcher.fetch_due(now()) == 0
    assert codes(logged) == ["host_unreachable"]
    write_settings(data, game_server)
    assert fetcher.fetch_due(now() + timedelta(minutes=1)) == 1


def test_a_file_still_being_written_is_left_for_later(door, data, game_server):
    write_file(game_server, content=STATS[:100])
    ask_for(door)
    with capture_logs() as logged, growing(game_server.folder / "gamestats" / NAME):
        assert fetcher_of(door, data).fetch_due(now()) == 0
    assert (codes(logged), fetched(door)) == (["still_written"], [])


def test_a_file_too_large_is_given_up_at_once(door, data, game_server):
    with (game_server.folder / "gamestats" / NAME).open("wb") as file:
        file.truncate((32 << 20) + 1)
    ask_for(door)
    with capture_logs() as logged:
        assert fetcher_of(door, data).fetch_due(now()) == 0
    assert [(line["code"], line["given_up"]) for line in logged if "code" in line] == [("too_large", True)]


def test_a_folder_of_that_name_is_no_file(door, data, game_server):
    (game_server.folder / "gamestats" / NAME).mkdir()
    ask_for(door)
    with capture_logs() as logged:
        assert fetcher_of(door, data).fetch_due(now()) == 0
    assert codes(logged) == ["no_such_file"]


@pytest.mark.parametrize("name", ["../secret.txt", "passwd", "2026-02-03-235512-x-round-1_ws.txt"])
def test_what_is_no_name_of_ours_is_never_asked_for(door, data, game_server, name):
    door.client.post(
        "/v1/filename-triggers", json={"filename": name}, headers={"Authorization": f"Bearer {door.token}"}
    )
    assert fetcher_of(door, data).fetch_due(now()) == 0
    assert game_server.logins == []


def test_without_settings_nothing_is_fetched(door, tmp_path):
    ask_for(door)
    assert fetcher_of(door, tmp_path).fetch_due(now()) == 0


def test_wrong_settings_are_told_once_and_cost_no_attempt(door, data, game_server):
    write_file(game_server)
    ask_for(door)
    write_settings(data, game_server, port="x")
    fetcher = fetcher_of(door, data)
    with capture_logs() as logged:
        assert [fetcher.fetch_due(now()) for _ in range(3)] == [0, 0, 0]
    assert [line["event"] for line in logged] == ["fetch_settings_wrong"]
    write_settings(data, game_server)
    assert fetcher.fetch_due(now()) == 1


def test_the_worker_fetches_while_it_works(door, data, game_server, database_url):
    write_file(game_server)
    with working(database_url, data):
        ask_for(door)
        patience_ends = time.monotonic() + 20
        while not fetched(door) and time.monotonic() < patience_ends:
            time.sleep(0.05)
    assert [row["filename"] for row in fetched(door)] == [NAME]


# ----- settings -------------------------------------------------------------------------------------------------------


def test_every_servers_settings_are_found_by_its_name(data):
    assert settings_files(data) == {"srv1": data / "fetch" / "srv1.cfg"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"host": None}, "srv1.cfg: host: not set"),
        ({"hots": "x"}, 'srv1.cfg line 9: hots: no such key, did you mean "host"?'),
        ({"port": "99999"}, "srv1.cfg line 4: port: a number from 1 to 65535 is needed"),
        ({"user": "a b"}, "srv1.cfg line 5: user: one word is needed"),
        ({"user": ""}, "srv1.cfg line 5: user: no value"),
        ({"host_key": "ssh-ed25519 nonsense"}, "srv1.cfg line 7: host_key: a public key is needed"),
        ({"key_file": "nowhere"}, "srv1.cfg line 6: key_file: no private key without a passphrase in "),
        ({"path": None}, "srv1.cfg: path: not set"),
    ],
)
def test_each_wrong_setting_is_one_clear_line(data, game_server, change, told):
    write_settings(data, game_server, **change)
    with pytest.raises(FetchSettingsWrong) as wrong:
        read_settings(data / "fetch" / "srv1.cfg")
    (problem,) = wrong.value.problems
    assert problem.startswith(told)


def test_all_wrong_settings_are_told_together(data, game_server):
    write_settings(data, game_server, port="x", host=None)
    with pytest.raises(FetchSettingsWrong) as wrong:
        read_settings(data / "fetch" / "srv1.cfg")
    assert len(wrong.value.problems) == 2


@contextmanager
def working(database_url, data):
    """The worker's loop on a thread of its own."""
    engine, stop = open_engine(database_url, "worker"), threading.Event()
    thread = threading.Thread(target=lambda: run(engine, Rules(), stop, data_folder=data))
    thread.start()
    yield
    stop.set()
    thread.join()
    engine.dispose()


@contextmanager
def growing(file):
    stop = threading.Event()

    def write():
        while not stop.wait(0.05):
            with file.open("ab") as stream:
                stream.write(b"more\n")

    thread = threading.Thread(target=write)
    thread.start()
    yield
    stop.set()
    thread.join()
