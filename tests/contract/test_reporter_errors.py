"""Errors of ours and disks that take nothing: the engine sees none of it, and the next round is told."""

import pytest

from tests.contract.reporter_play import MINUTE, kinds, play_r1, play_r2
from tests.contract.reporter_world import LUA_KINDS, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


BREAKAGES = {
    "composing": "package.loaded['round_reporter.report'].compose = function() error('boom') end",
    "all composing": "local r = package.loaded['round_reporter.report'] "
    "r.compose = function() error('boom') end r.compose_core = r.compose",
    "encoding": "local j = package.loaded['round_reporter.json'] "
    "j.encode = function() error('boom') end j.encode_in_pieces = j.encode",
    "fingerprint": "package.loaded['round_reporter.fingerprint'].of_round = function() error('boom') end",
    "counters": "package.loaded['round_reporter.counters'].read = function() error('boom') end",
    "gentity_get": "et.gentity_get = function() error('boom') end",
    "configstrings": "et.trap_GetConfigstring = function() error('boom') end",
    "rename": "os.rename = function() return nil, 'no rename' end",
    "rename raises": "os.rename = function() error('boom') end",
    "open": "local open = io.open io.open = function(p, m) if m ~= 'rb' then return nil, 'full' end return open(p, m) end",
    "execute": "os.execute = function() error('boom') end",
    "console": "et.G_Print = function() error('boom') end",
    "state": "package.loaded['round_reporter.memory'].save = function() error('boom') end",
    "clock": "package.loaded['round_reporter.clock'].tick = function() error('boom') end",
    "spawns": "package.loaded['round_reporter.lives'].enter = function() error('boom') end",
}


LOSES_THE_ROUND_ITSELF = {"all composing", "encoding", "rename", "rename raises", "open"}


@pytest.mark.parametrize("what", sorted(BREAKAGES))
def test_an_error_at_any_step_never_blocks_the_next_round(lua, what, tmp_path):
    """P2. What breaks in R1 stays in R1: no callback raises, and R2 is told whole."""
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    world.engine.run_lua(BREAKAGES[what])
    game.play_until(MINUTE)
    game.objective()
    play_r2(game)

    told = kinds(world)
    assert told[-1] == (2, "objective")
    assert len(world.reports()[-1]["players"]) == 4
    if what not in LOSES_THE_ROUND_ITSELF:
        assert told[0][0] == 1, world.console()


def test_an_internal_error_is_printed_once_and_counted_in_the_next_report(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    world.engine.run_lua(BREAKAGES["clock"])
    game.play_until(MINUTE)
    game.objective()

    assert world.console().count("internal error in the round's clock") == 1
    assert world.reports()[0]["health"]["internal_errors"] > 100


def test_a_report_that_cannot_be_composed_is_told_reduced(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    world.engine.run_lua(BREAKAGES["composing"])
    game.play_until(MINUTE)
    game.objective()

    report = world.reports()[0]
    assert (report["exit_kind"], report["elapsed_ms"], report["winner_team"]) == ("objective", MINUTE, 2)
    assert "players" not in report
    assert report["reduced_because"]


def test_a_full_disk_is_said_once_and_the_report_kept_until_there_is_room(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    world.engine.run_lua("real_open = io.open " + BREAKAGES["open"])
    game.play_until(MINUTE)
    game.objective()
    game.idle(3_000)
    assert world.reports() == []
    world.engine.run_lua("io.open = real_open")
    game.idle(2_000)

    assert kinds(world) == [(1, "objective")]
    assert world.console().count("spool not writable") == 1


def test_what_no_disk_would_take_is_counted_at_least(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(MINUTE // 2)
    world.engine.run_lua(BREAKAGES["open"])
    game.play_until(MINUTE)
    game.objective()
    play_r2(game)

    assert "reports lost: 1" in world.console()
    told = world.reports()
    assert sum(report["health"]["lost_reports"] for report in told) == 1
    assert (told[0]["exit_kind"], told[0]["elapsed_ms"], told[0]["winner_team"]) == ("objective", MINUTE, 2)
    assert len(told[0]["players"]) == 4


def test_a_state_file_that_cannot_be_written_does_not_tell_a_round_twice(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(MINUTE // 2)
    world.engine.run_lua("package.loaded['round_reporter.memory'].save = function() return nil, 'no' end")
    game.play_until(MINUTE)
    game.objective()
    play_r2(game)

    assert sorted(kinds(world)) == [(1, "objective"), (2, "objective")]
    assert world.console().count("state file not writable") == 1


def test_a_full_spool_keeps_the_oldest_and_counts_the_rest(lua, tmp_path):
    world = World(tmp_path, lua, settings="server_id = srv1\nspool_max_files = 1\n")
    game = world.new_game()
    play_r1(game)
    play_r2(game)
    assert kinds(world) == [(1, "objective")]
    assert "spool is full" in world.console()
    world.spooled()[0].unlink()
    (world.folder / "count").write_text("main=0 0 0\n:refused=0\n:seen=1\n")
    game.to_map("etl_ice", 12)
    game.warm_up(5_000)
    game.play_until(MINUTE)
    game.objective()

    assert world.reports()[0]["health"]["overflowed_reports"] == 1
    assert len((world.folder / "overflow").read_text().splitlines()) == 1
