"""The command `roundwire-ship` as an operator meets it: processes, signals, locks, exit statuses."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import time
from random import Random

import pytest

from tests.contract.shipper_world import CHECKOUT, World, round_file, until
from tests.fakes.file_door import Fault, FileDoor

FIRST, SECOND, THIRD = map(round_file, (1, 2, 3))
WITHOUT_WATCHFILES = (
    "import sys; sys.modules['watchfiles'] = None; from game_server.shipper.main import main; sys.exit(main())"
)
KILLS = 8


@pytest.fixture
def door():
    opened = FileDoor()
    yield opened
    opened.close()
    assert opened.violations == []


@pytest.fixture
def world(door, tmp_path):
    return World(tmp_path, door)


# ----- killed ---------------------------------------------------------------------------------------------------------


def test_killed_at_any_moment_nothing_is_lost_and_next_to_nothing_sent_twice(world):
    names = [round_file(number) for number in range(400)]
    for number, name in enumerate(names):
        world.write(name, b"words " * Random(number).randrange(1, 3_000), age_seconds=1_000 - number)
    world.door.choose = lambda _upload: time.sleep(0.01)
    moments = Random(2026)
    for _ in range(KILLS):
        before = world.door.requests
        with world.start() as shipper:
            until(lambda before=before: world.door.requests > before)
            time.sleep(moments.uniform(0, 0.3))
            shipper.end(signal.SIGKILL)
    last = world.command("--once")

    assert last.returncode == 0, last.stderr
    assert {name for name, _ in world.door.kept} == set(names)
    assert len(world.door.acknowledged) - len(names) <= KILLS
    assert set(world.outcomes().values()) == {"taken"}


def test_a_file_acknowledged_just_before_a_kill_may_come_again_and_is_then_known(world):
    world.write(FIRST)
    world.door.choose = lambda _upload: Fault(201, wait_seconds=30, is_kept=True)
    with world.start() as shipper:
        until(lambda: world.door.uploads)
        shipper.end(signal.SIGKILL)
    world.door.choose = lambda _upload: None

    assert world.command("--once").returncode == 0
    assert world.entry(FIRST).status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_ends_the_upload_it_is_at_and_no_other(number, world):
    world.write(FIRST, age_seconds=10)
    world.write(SECOND)
    world.door.choose = lambda _upload: Fault(201, wait_seconds=1)
    with world.start() as shipper:
        until(lambda: world.door.uploads)

        assert shipper.end(number) == 0
    assert world.outcomes() == {FIRST: "taken"}
    assert "stopped" in shipper.lines


def test_asked_twice_it_ends_at_once(world):
    world.write(FIRST)
    world.door.choose = lambda _upload: Fault(201, wait_seconds=60)
    with world.start() as shipper:
        until(lambda: world.door.uploads)
        shipper.send(signal.SIGTERM)
        time.sleep(0.3)

        assert shipper.end(signal.SIGTERM) == -signal.SIGTERM


# ----- waiting for files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("watch", ["on", "off"])
def test_a_file_written_while_it_runs_is_shipped(watch, world):
    world.configure(watch=watch)
    with world.start() as shipper:
        world.write(FIRST)
        until(lambda: world.outcomes() == {FIRST: "taken"}, seconds=15)

        assert shipper.end(signal.SIGTERM) == 0
    assert ("polling" in shipper.lines) == (watch == "off")


def test_a_file_renamed_into_place_is_shipped(world, tmp_path):
    with world.start():
        (tmp_path / "fresh").write_bytes(b"whole")
        (tmp_path / "fresh").rename(world.folder / FIRST)
        until(lambda: world.door.kept == [(FIRST, b"whole")], seconds=15)


def test_a_half_written_file_is_left_until_it_is_whole(world):
    path = world.folder / FIRST
    with world.start(), path.open("wb", buffering=0) as file:
        for _ in range(20):
            file.write(b"line\n")
            time.sleep(0.15)
        assert world.door.requests == 0
        until(lambda: world.door.kept, seconds=15)

    assert world.door.kept == [(FIRST, b"line\n" * 20)]


def test_without_watchfiles_it_polls_and_says_so(world):
    with world.start(command=[sys.executable, "-c", WITHOUT_WATCHFILES]) as shipper:
        world.write(FIRST)
        until(lambda: world.door.kept)

        assert 'polling every_seconds=1 reason="watchfiles is not installed"' in shipper.lines


def test_a_folder_may_be_missing_go_and_return(world, tmp_path):
    world.folder.rmdir()
    with world.start() as shipper:
        until(lambda: shipper.lines.count("folder_missing") == 1)
        world.folder.mkdir()
        world.write(FIRST)
        until(lambda: world.door.names == [FIRST])
        world.folder.rename(tmp_path / "elsewhere")
        until(lambda: shipper.lines.count("folder_missing") == 2)
        world.folder.mkdir()
        world.write(SECOND)
        until(lambda: world.door.names == [FIRST, SECOND])

        assert shipper.lines.count("folder_is_back") == 2


def test_a_folder_that_is_replaced_at_once_is_shipped(world, tmp_path):
    with world.start():
        world.folder.rename(tmp_path / "elsewhere")
        world.folder.mkdir()
        world.write(FIRST)
        until(lambda: world.door.names == [FIRST])


def test_an_outage_is_waited_out(world):
    world.write(FIRST)
    world.door.choose = lambda upload: Fault(503, headers={"Retry-After": "1"}) if upload.number < 3 else None
    with world.start() as shipper:
        until(lambda: world.outcomes() == {FIRST: "taken"})
        shipper.end(signal.SIGTERM)

    assert world.entry(FIRST).attempts == 3
    assert shipper.lines.count("not_taken") == 2


# ----- one of each ----------------------------------------------------------------------------------------------------


def test_a_second_one_with_the_same_settings_is_refused(world):
    with world.start() as first:
        second = world.command()
        first.end(signal.SIGTERM)

    assert second.returncode == 75
    assert (
        second.stderr == f"roundwire-ship: another roundwire-ship is at work with the state folder {world.state_dir}.\n"
    )


def test_a_second_one_on_the_same_folder_is_refused_whatever_its_settings(world, tmp_path):
    """P5."""
    with world.start() as first:
        world.configure(state_dir="another-state", folder=f"{tmp_path}/../{tmp_path.name}/gamestats/")
        second = world.command("--once")
        first.end(signal.SIGTERM)

    assert second.returncode == 75
    assert second.stderr == f"roundwire-ship: another roundwire-ship is at work in {world.folder}.\n"


def test_the_lock_of_a_killed_one_holds_nobody_up(world):
    world.write(FIRST)
    with world.start() as shipper:
        shipper.end(signal.SIGKILL)

    assert world.command("--once").returncode == 0


# ----- backlogs -------------------------------------------------------------------------------------------------------


def test_five_thousand_files_are_shipped_each_once(world):
    names = [round_file(number) for number in range(5_000)]
    for number, name in enumerate(names):
        world.write(name, b"line\n" * (number % 200 + 1), age_seconds=6_000 - number)
    done = world.command("--once")

    assert done.returncode == 0
    assert world.door.names == names
    events = [line.split()[1] for line in done.stderr.splitlines()]
    assert events[0] == "backlog"
    assert events[-1] == "worked_off"
    assert set(events[1:-1]) <= {"progress"}
    assert "files=5000 of=5000" in done.stderr.splitlines()[-1]


def test_at_a_terminal_the_progress_of_a_backlog_moves(world):
    for number in range(40):
        world.write(round_file(number))
    world.door.choose = lambda _upload: time.sleep(0.02)
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "game_server.shipper", "--settings", str(world.settings_file), "--once"],
        cwd=CHECKOUT, stderr=theirs, check=False, timeout=60,
    )  # fmt: skip
    said = os.read(ours, 65_536).decode()
    os.close(ours)
    os.close(theirs)

    assert done.returncode == 0
    assert " of 40 files, " in said
    assert " s left\r" in said


def test_a_large_file_costs_little_memory(world):
    with (world.folder / FIRST).open("wb") as file:
        file.truncate(256 * 1024 * 1024)
    world.configure(max_file_mib="256")
    measure = (
        "import resource; from game_server.shipper.main import main\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"before = used(); status = main(['--once', '--settings', {str(world.settings_file)!r}])\n"
        "print(status, (used() - before) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", measure], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    status, mib = map(int, done.stdout.split())

    assert status == 0
    assert mib < 16


# ----- dry run, status, retry -----------------------------------------------------------------------------------------


def test_a_dry_run_sends_nothing_and_writes_nothing(world):
    world.write(FIRST, age_seconds=10)
    world.write(SECOND)
    told = world.command("--dry-run")

    assert told.returncode == 0
    assert told.stdout.splitlines() == [
        f"would send {world.folder / FIRST} 10 bytes, new",
        f"would send {world.folder / SECOND} 10 bytes, new",
        "2 of 2 files, 0.0 MiB; nothing was sent",
    ]
    assert world.door.requests == 0
    assert not world.state_dir.exists()


def test_a_dry_run_beside_one_at_work_knows_what_was_taken(world):
    world.write(FIRST)
    with world.start():
        until(lambda: world.outcomes() == {FIRST: "taken"})

        assert world.command("--dry-run").stdout == "0 of 1 files, 0.0 MiB; nothing was sent\n"


def test_only_files_since_a_day_are_shipped_when_asked(world):
    world.write(FIRST)
    (world.folder / SECOND).write_bytes(b"of today")

    assert world.command("--once", "--since", "2d").returncode == 0
    assert world.door.names == [SECOND]
    assert world.command("--dry-run", "--since", "2026-02-01T00:00").stdout.startswith(
        f"would send {world.folder / FIRST}"
    )


def test_the_status_tells_what_was_taken_refused_and_left(world):
    for name in (FIRST, SECOND, THIRD):
        world.write(name)
    world.door.choose = lambda upload: {FIRST: Fault(422), SECOND: Fault(500)}.get(upload.name)
    world.command("--once")
    told = world.command("status", "--json")
    status = json.loads(told.stdout)

    assert told.returncode == 1
    assert (status["files"]["refused"], status["files"]["taken"]) == (1, 1)
    assert [(trouble["path"], trouble["status"]) for trouble in status["troubles"]] == [
        (str(world.folder / FIRST), 422), (str(world.folder / SECOND), 500),
    ]  # fmt: skip
    assert status["is_at_work"] is False
    assert status["last_taken_unix"] > 0


def test_the_status_of_one_at_work_that_has_shipped_everything_is_good(world):
    world.write(FIRST)
    with world.start():
        until(lambda: world.outcomes() == {FIRST: "taken"})
        told = world.command("status")

    assert told.returncode == 0
    assert told.stdout.splitlines()[:2] == ["at work", "      1 taken"]


def test_what_was_refused_is_sent_again_after_retry_also_by_one_at_work(world):
    world.configure(watch="off")
    world.write(FIRST)
    world.door.choose = lambda upload: Fault(413) if upload.number == 1 else None
    with world.start():
        until(lambda: world.outcomes() == {FIRST: "refused"})
        told = world.command("retry")
        until(lambda: world.outcomes() == {FIRST: "taken"}, seconds=90)

    assert told.stdout == "1 refused files will be sent again\n"


# ----- what cannot work -----------------------------------------------------------------------------------------------


def test_wrong_settings_are_a_line_each_and_send_nothing(world):
    world.configure(url="ftp://x", polls="3")
    refused = world.command("--once")

    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        'roundwire-ship: config line 1: url: expected http:// or https://, got "ftp://x"',
        'roundwire-ship: config line 7: polls: no such key, did you mean "poll_seconds"?',
        "roundwire-ship: config: url: not set",
    ]


def test_a_token_file_without_a_token_is_one_line_without_its_content(world):
    world.token_file.write_text("not a token, but a secret\n")
    refused = world.command()

    assert refused.returncode == 2
    assert refused.stderr == f"roundwire-ship: config: token_file: no token in the first line of {world.token_file}\n"


def test_a_state_folder_that_cannot_be_made_is_one_line(world, tmp_path):
    (tmp_path / "file").write_text("")
    world.configure(state_dir="file/inside")
    refused = world.command("--once")

    assert refused.returncode == 2
    assert (
        refused.stderr == f"roundwire-ship: the state folder {tmp_path}/file/inside cannot be used: Not a directory.\n"
    )


def test_a_damaged_checkpoint_is_put_aside_and_everything_sent_once_more(world):
    world.write(FIRST)
    world.command("--once")
    (world.state_dir / "checkpoint.sqlite").write_bytes(b"no database at all " * 100)
    again = world.command("--once")

    assert again.returncode == 0
    assert "checkpoint_damaged" in again.stderr
    assert (world.state_dir / "checkpoint.sqlite.damaged-1").exists()
    assert world.door.names == [FIRST, FIRST]


def test_it_needs_nothing_but_httpx_and_watchfiles():
    told = subprocess.run(
        [sys.executable, "-c", "import sys, game_server.shipper.main; print(*sys.modules)"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    packages = {module.partition(".")[0] for module in told.stdout.split()} - set(sys.stdlib_module_names)
    brought_by_httpx = {"httpcore", "h11", "anyio", "certifi", "idna", "sniffio", "typing_extensions"}
    taken_by_httpx_where_they_are = {"click", "rich", "pygments"}
    allowed = {"game_server", "httpx", "watchfiles"} | brought_by_httpx | taken_by_httpx_where_they_are

    assert {name for name in packages if not name.startswith("_")} <= allowed


def test_a_folder_locked_by_somebody_else_later_is_left_alone(world, tmp_path):
    """P5."""
    with world.start() as shipper:
        fresh = tmp_path / "fresh"
        fresh.mkdir()
        lock = os.open(fresh, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        world.folder.rename(tmp_path / "elsewhere")
        fresh.rename(world.folder)
        world.write(FIRST)
        time.sleep(4)
        assert world.door.requests == 0
        os.close(lock)
        until(lambda: world.door.kept, seconds=90)
        shipper.end(signal.SIGTERM)

    assert "another roundwire-ship is at work" in shipper.lines
