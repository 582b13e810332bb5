"""The shipper as a process: killed and asked to stop at any moment, and never two on one folder."""

import fcntl
import os
import signal
import time
from random import Random

import pytest

from tests.contract.shipper.world import round_file, until
from tests.fakes.file_door import Fault

FIRST, SECOND = map(round_file, (1, 2))
KILLS = 8


# ----- killed ---------------------------------------------------------------------------------------------------------


def test_killed_at_any_moment_nothing_is_lost_and_next_to_nothing_sent_twice(world):
    names = [round_file(number) for number in range(300)]
    for number, name in enumerate(names):
        world.write(name, b"words " * Random(number).randrange(1, 3_000), age_seconds=1_000 - number)
    world.door.choose = lambda _upload: time.sleep(0.01)
    moments = Random(2026)
    for _ in range(KILLS):
        before = world.door.requests
        with world.start() as shipper:
            until(lambda before=before: world.door.requests > before or len(world.door.kept) == len(names))
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
