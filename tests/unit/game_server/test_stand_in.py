"""The stand-in behaves towards a script as a real server was measured to."""

from random import Random

import pytest

from game_server.stand_in.et_engine import LUA_KINDS, CallbackReturnedError, Engine
from game_server.stand_in.game import Game
from game_server.stand_in.players import make_players

PROBE = """
SEEN = {}
local function note(what, ...)
  local values = { what, et.trap_Cvar_Get("gamestate"), et.trap_Cvar_Get("g_currentRound"), et.trap_Cvar_Get("timelimit"),
    et.trap_Cvar_Get("g_nextTimeLimit"), et.trap_GetConfigstring(12), ... }
  SEEN[#SEEN + 1] = table.concat(values, " ")
end
note("chunk")
function et_InitGame(level_time, _, restart) note("init", level_time, restart) end
function et_ShutdownGame(restart) note("shutdown", restart) end
function et_Quit() note("quit") end
function et_ClientConnect(slot) note("connect", slot) end
function et_RunFrame(level_time) note("frame", level_time) end
function et_Print(text) if text:find("^Exit: ") then note("exit") end end
"""


@pytest.fixture(params=sorted(LUA_KINDS))
def engine(request, tmp_path):
    script = tmp_path / "probe.lua"
    script.write_text(PROBE)
    return Engine(tmp_path, lua=request.param, script=script)


@pytest.fixture
def game(engine):
    return Game(engine, make_players(Random(1), 2), Random(1))


def seen(engine):
    """What the script of this VM has noted."""
    return list(engine.run_lua("return SEEN").values())


def raises(engine, code):
    return not engine.run_lua(f"return (pcall(function() {code} end))")


def test_a_cvar_is_cut_at_255_characters_by_whoever_sets_it(engine):
    engine.load_vm()
    engine.set_cvar("one", "x" * 300)
    engine.run_lua("et.trap_Cvar_Set('two', string.rep('y', 300))")

    assert len(engine.run_lua("return et.trap_Cvar_Get('one')")) == 255
    assert len(engine.cvars["two"]) == 255


def test_cvars_outlive_a_vm_and_lua_values_do_not(engine):
    engine.load_vm()
    engine.run_lua("et.trap_Cvar_Set('kept', 'yes') lost = 1")
    engine.load_vm()

    assert engine.run_lua("return et.trap_Cvar_Get('kept')") == "yes"
    assert engine.run_lua("return lost") is None


def test_an_unset_cvar_is_an_empty_text(engine):
    engine.load_vm()

    assert engine.run_lua("return et.trap_Cvar_Get('never_set')") == ""


@pytest.mark.parametrize("asked", ["0, 'pers.cl_guid'", "64, 'pers.connected'", "-1, 'pers.connected'"])
def test_an_unknown_field_or_slot_raises(engine, asked):
    engine.load_vm()

    assert raises(engine, f"et.gentity_get({asked})")


def test_a_callback_that_returns_a_value_is_found_out(engine):
    engine.load_vm()
    engine.run_lua("function et_Obituary() return 1 end")

    with pytest.raises(CallbackReturnedError):
        engine.call("et_Obituary", 0, 1, 8)


def test_while_the_file_itself_runs_the_limit_is_that_of_the_map_before(engine, game):
    game.start_server("supply", 15)
    game.to_map("etl_ice", 12)

    chunk, init = seen(engine)[:2]
    assert chunk.split()[3] == "15"
    assert init.split()[3] == "12"


def test_six_frames_run_before_anybody_is_connected_and_level_time_gets_ahead(engine, game):
    game.start_server("supply", 15)

    notes = [line.split() for line in seen(engine)]
    assert [note[0] for note in notes] == ["chunk", "init", *["frame"] * 6, "connect", "connect", "frame", "frame"]
    start = int(notes[2][-1])
    assert [int(note[-1]) - start for note in notes if note[0] == "frame"] == [0, 100, 200, 300, 400, 500, 600, 750]


def test_at_an_objective_the_round_is_flipped_and_the_limit_set_in_the_frame_of_the_exit_line(engine, game):
    game.start_server("supply", 15)
    game.warm_up(1_000)
    game.play_until(20_050)
    game.objective()

    assert [line.split()[:5] for line in seen(engine)[-2:]] == [
        ["exit", "0", "0", "15", "0"], ["frame", "3", "1", "15", "0.334167"],
    ]  # fmt: skip


def test_at_the_time_limit_a_frame_passes_in_play_with_the_round_already_flipped(engine, game):
    game.start_server("supply", 1)
    game.warm_up(1_000)
    game.time_limit()

    assert [line.split()[:3] for line in seen(engine)[-3:]] == [
        ["exit", "0", "0"],
        ["frame", "0", "1"],
        ["frame", "3", "1"],
    ]


def test_the_intermission_of_r1_still_shows_in_the_configstrings_of_r2(engine, game):
    game.start_server("supply", 15)
    game.warm_up(1_000)
    game.play_until(20_000)
    game.objective()
    game.to_second_round(1_000)
    game.warm_up(1_000)

    assert seen(engine)[-1].split()[1] == "0"
    assert engine.run_lua("return et.trap_GetConfigstring(et.CS_INTERMISSION)") == "1"


def test_lua_restart_gives_neither_a_shutdown_nor_an_init(engine, game):
    game.start_server("supply", 15)
    game.warm_up(1_000)
    before = engine.cvars["sv_serverid"]
    game.lua_restart()
    game.idle(50)

    assert [line.split()[0] for line in seen(engine)] == ["chunk", "frame"]
    assert engine.cvars["sv_serverid"] == before
