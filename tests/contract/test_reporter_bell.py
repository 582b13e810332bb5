"""The shell that waits for a round's end, so that the frame of that end starts no process; and what is when nobody waits."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.contract.reporter_delivering import (
    a_world,
    make_old,
    play_round,
    refused,
    settings_for,
    sweep,
    until,
    until_idle,
    until_one_waits,
    waiting,
)
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
HIDE_BASH = (
    "local open = io.open io.open = function(p, m) if p:match('/bash$') then return nil end return open(p, m) end "
)
_LOOKED_UP_SECONDS = 1.5
TELL_NOBODY = """
os.execute = function() end
local open = io.open
io.open = function(path, mode) if mode == "r+" then return nil end return open(path, mode) end
"""
COUNT_STARTS = "STARTED = 0 local run = os.execute os.execute = function(c) STARTED = STARTED + 1 return run(c) end"


def play_until_somebody_waits(world):
    """A round in play, and one shell at its bell."""
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    until_one_waits(world)
    game.play_until(30_000)
    return game


def test_the_frame_of_a_rounds_end_starts_no_process_when_one_waits(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_until_somebody_waits(world)
    world.engine.run_lua(COUNT_STARTS)
    game.objective()

    assert world.engine.run_lua("return STARTED") == 0
    until(lambda: not world.spooled())
    assert len(taking.got) == 1


def test_one_who_waits_starts_a_sender_for_each_target(lua, service, tmp_path):
    taking, refusing = service(Answer(201)), service(Answer(422))
    world = a_world(tmp_path, lua, taking.url, refusing.url)
    play_until_somebody_waits(world).objective()
    until(lambda: not world.spooled() and refused(world, "second"))

    assert (len(taking.got), len(refusing.got)) == (1, 1)


def test_who_has_heard_takes_the_bell_away_and_goes(lua, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(201)).url)
    play_until_somebody_waits(world).objective()

    until(lambda: not (world.folder / "bell").exists() and not waiting(world))


def test_a_word_that_comes_in_two_parts_is_heard_whole(lua, service, tmp_path):
    """The one who waits looks up once a second, and may be late with reading."""
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_until_somebody_waits(world)
    world.engine.run_lua(TELL_NOBODY)
    game.objective()
    word = f"main {world.spooled()[0].name} 1\n".encode()
    bell = os.open(world.folder / "bell", os.O_RDWR)
    os.write(bell, word[:9])
    time.sleep(_LOOKED_UP_SECONDS)
    os.write(bell, word[9:])
    until(lambda: not world.spooled())
    os.close(bell)

    assert len(taking.got) == 1


def test_where_nobody_waits_the_frame_starts_the_sender_itself(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_until_somebody_waits(world)
    (world.folder / "bell").unlink()
    world.engine.run_lua(COUNT_STARTS)
    game.objective()

    assert world.engine.run_lua("return STARTED") == 1
    until(lambda: not world.spooled())


def test_what_the_frame_of_the_end_could_not_start_the_next_one_starts(lua, service, tmp_path):
    """The bell is rung last of all in a frame, and an error may cut that frame short."""
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_until_somebody_waits(world)
    world.engine.run_lua("package.loaded['round_reporter.memory'].mark_told = function() error('boom') end")
    game.objective()
    assert len(world.spooled()) == 1
    game.idle(100)
    until(lambda: not world.spooled())

    assert len(taking.got) == 1


def test_a_report_rung_for_to_somebody_who_was_killed_leaves_with_a_sweep(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_until_somebody_waits(world)
    for process_id in waiting(world):
        os.kill(process_id, signal.SIGKILL)
    until(lambda: not waiting(world))
    game.objective()
    assert len(world.spooled()) == 1
    make_old(world)
    sweep(world)

    assert world.spooled() == []
    assert len(taking.got) == 1


def test_a_bell_that_an_earlier_server_left_is_not_rung(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.folder.mkdir(parents=True)
    os.mkfifo(world.folder / "bell")
    world.engine.before_script = HIDE_BASH
    play_round(world)

    until(lambda: not world.spooled())


def test_each_sweep_brings_one_in_the_place_of_the_one_before(lua, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(201)).url)
    game = play_until_somebody_waits(world)
    (before,) = waiting(world)
    game.idle(61_000)

    until(lambda: len(waiting(world)) == 1 and waiting(world) != [before])


def test_a_bell_is_for_nobody_else(lua, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(201)).url)
    play_until_somebody_waits(world)

    assert (world.folder / "bell").stat().st_mode & 0o077 == 0


def test_one_who_waits_holds_nothing_but_the_bell(lua, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(201)).url)
    play_until_somebody_waits(world)
    (process_id,) = waiting(world)
    held = {str(name.readlink()) for name in Path(f"/proc/{process_id}/fd").iterdir()}

    assert held <= {
        "/dev/null",
        str(world.folder / "bell"),
        f"{world.folder}/tmp/bell.{process_id}",
        f"{world.folder}/bell.sh",
    }


def test_a_target_that_may_not_be_sent_to_is_not_rung_for(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.write_settings(settings_for(taking.url) + "colour = red\n")
    game = play_until_somebody_waits(world)
    finished = game.objective()
    until_idle(world)

    assert finished.kind == "objective"
    assert (world.folder / "bell").is_fifo()
    assert taking.got == []
