"""A good citizen among other modules: what it leaves alone, what it costs while nothing happens, what it says."""

import pytest

from tests.contract.reporter_play import MINUTE, a_round, kinds, play_r1
from tests.contract.reporter_world import LUA_KINDS

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
GLOBALS = "local names = {} for name in pairs(_G) do names[#names + 1] = name end return names"


def test_it_makes_no_global_but_its_callbacks(world):
    world.engine.before_script = "GLOBALS_BEFORE = {} for name in pairs(_G) do GLOBALS_BEFORE[name] = true end"
    play_r1(world.new_game())

    before = set(world.engine.run_lua("return GLOBALS_BEFORE").keys()) | {"GLOBALS_BEFORE"}
    added = set(world.engine.run_lua(GLOBALS).values()) - before
    assert all(name.startswith("et_") for name in added)
    assert not added & {"et_Damage", "et_WeaponFire", "et_Chat"}  # each costs every shot or word a call


@pytest.mark.parametrize("missing", ["app", "callbacks", "json"])
def test_an_incomplete_copy_is_said_and_stops_nothing(world, missing):
    world.engine.before_script = f"package.preload['round_reporter.{missing}'] = function() error('not there') end"
    play_r1(world.new_game())

    assert "round_reporter: lualibs/round_reporter is missing or incomplete, not loaded" in world.console()


@pytest.mark.parametrize("step", ["os.execute", "os.rename", "et.trap_Cvar_Get"])
def test_after_the_frame_of_a_rounds_end_garbage_is_collected_again(world, step):
    """Even where something in that frame raised."""
    game = world.new_game()
    a_round(game)
    world.engine.run_lua(f"WORKING = {step} {step} = function() error('boom') end")
    game.objective()
    world.engine.run_lua(f"{step} = WORKING WORKING = nil")
    world.engine.run_frames(game.level, 2)

    kibibytes = world.engine.run_lua("for i = 1, 500000 do local made = { i } end return collectgarbage('count')")
    assert kibibytes < 10_000


def test_a_frame_in_which_nothing_happens_leaves_no_garbage(world):
    game = world.new_game(player_count=12)
    a_round(game, until_ms=2_000)
    made = world.engine.run_lua(
        """
        local level = ...
        collectgarbage() collectgarbage("stop")
        local before = collectgarbage("count")
        for frame = 1, 200 do et_RunFrame(level + 50 * frame) end
        return (collectgarbage("count") - before) * 1024
        """,
        game.level,
    )

    assert made < 2_000  # a table in each frame would be 11,200 bytes


def test_of_two_copies_the_second_says_so_and_stays_passive(world):
    game = world.new_game()
    a_round(game)
    first = world.engine
    second = world.new_engine()
    second.cvars = first.cvars  # of one process
    second.load_vm()
    second.run_lua("et.FindSelf = function() return 1 end")
    second.call("et_InitGame", game.level, 0, 1)
    second.call("et_RunFrame", game.level)
    second.call("et_ShutdownGame", 0)

    assert "".join(second.console).count("loaded twice in lua_modules: this copy stays passive") == 1
    game.play_until(2 * MINUTE)
    game.objective()
    assert kinds(world) == [(1, "objective")]


def test_only_its_own_console_command_is_answered(world):
    """P38; the stand-in itself takes an answer of any other callback for an error."""
    world.new_game().start_server("supply", 15)

    answers = [world.engine.console_command(*words) for words in (("ref", "pause"), ("round_reporters",), ("say", "x"))]
    assert answers == [None, None, None]
    assert world.engine.console_command("round_reporter", "nonsense") == 1
    assert "usage: round_reporter status|flush|check" in world.console()
