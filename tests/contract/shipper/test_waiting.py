"""What a shipper at work notices by itself: files as they come, folders that come and go, a service that returns."""

import signal
import sys
import time

import pytest

from tests.contract.shipper.world import round_file, until
from tests.fakes.file_door import Fault

FIRST, SECOND = map(round_file, (1, 2))
WITHOUT_WATCHFILES = (
    "import sys; sys.modules['watchfiles'] = None; from game_server.shipper.main import main; sys.exit(main())"
)


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
    world.configure(settle_seconds="3")
    path = world.folder / FIRST
    with world.start(), path.open("wb", buffering=0) as file:
        for _ in range(30):
            file.write(b"line\n")
            time.sleep(0.15)
        assert world.door.requests == 0
        until(lambda: world.door.kept, seconds=15)

    assert world.door.kept == [(FIRST, b"line\n" * 30)]


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
