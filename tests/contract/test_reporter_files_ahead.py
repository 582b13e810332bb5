"""Files that the frame of a round's end writes are there before it: making one takes longer than filling it."""

import pytest

from tests.contract.reporter_play import MINUTE, a_round, kinds
from tests.contract.reporter_world import LUA_KINDS

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
NAME_WHAT_IS_MADE = """
MADE = ""
local open = io.open
function io.open(path, mode)
  if mode == "wb" or mode == "ab" then MADE = MADE .. path .. " " end
  return open(path, mode)
end
"""


def empty_reports(world):
    return [path for path in (world.folder / "tmp").glob("*.json") if path.stat().st_size == 0]


def test_the_frame_of_a_rounds_end_makes_no_file(world):
    game = world.new_game()
    a_round(game, until_ms=MINUTE)
    world.engine.run_lua(NAME_WHAT_IS_MADE)
    game.objective()

    assert world.engine.run_lua("return MADE") == ""
    assert kinds(world) == [(1, "objective")]


def test_a_round_cut_short_takes_away_the_file_that_was_made_for_its_end(world):
    game = world.new_game()
    a_round(game)
    assert len(empty_reports(world)) == 1
    game.map_restart()

    assert empty_reports(world) == []
    assert kinds(world) == [(1, "aborted")]


def test_a_file_somebody_took_away_is_made_again(world):
    game = world.new_game()
    a_round(game)
    for path in [*empty_reports(world), world.folder / "exit", world.folder / "tmp" / "state"]:
        path.unlink()
    game.objective()

    assert kinds(world) == [(1, "objective")]
    assert (world.folder / "exit").read_text() != ""
    assert (world.folder / "state").read_text() != ""


def test_modules_that_restart_in_play_fill_the_file_they_find(world):
    game = world.new_game()
    a_round(game)
    (found,) = empty_reports(world)
    game.lua_restart()
    game.play_until(2 * MINUTE)
    game.objective()

    assert [path.name for path in world.spooled()] == [found.name.removeprefix("main.")]
    assert list((world.folder / "tmp").glob("main.*")) == []
