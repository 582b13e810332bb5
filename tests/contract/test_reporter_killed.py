"""A server that is killed: whatever was being played is told at the next start, once."""

import pytest
from hypothesis import settings

from game_server.stand_in.traces import TRACE_FIELDS, read_trace
from tests.contract.reporter_crashes import disk_of, started_on, states_of, told_after, watch
from tests.contract.reporter_play import a_round
from tests.contract.reporter_world import LUA_KINDS, START_UNIX, TRACES, World
from tests.contract.trace_rounds import EXPECTED

FILLED = [True, False] if settings.get_current_profile_name() == "long" else [True]
"""`--hypothesis-profile=long` also plays the recordings without the frames that were not logged."""
pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


@pytest.mark.parametrize("fill_frames", FILLED)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_killed_at_any_moment_each_round_is_told_once(*, lua, name, fill_frames, tmp_path):
    """Between any two callbacks, and between any two file operations of one."""
    world = World(tmp_path / "first", lua, known_fields=TRACE_FIELDS, max_clients=16)
    again, known = World(tmp_path / "again", lua), {}
    lines = read_trace(TRACES / f"{name}.jsonl")
    for state in states_of(world, lines, EXPECTED[name], fill=fill_frames):
        if state.disk not in known:
            known[state.disk] = told_after(again, state.disk)
        assert known[state.disk] in state.right
    assert len(known) > 3


@pytest.mark.parametrize("exit_line", [None, "Exit: Wolf EndRound."])
def test_killed_again_while_it_tells_what_was_cut_it_is_still_told_once(lua, exit_line, tmp_path):
    world = World(tmp_path / "first", lua)
    game = world.new_game()
    a_round(game)
    if exit_line:
        world.engine.print(exit_line)
    left, inside = disk_of(world.folder), []
    again, third = World(tmp_path / "again", lua), World(tmp_path / "third", lua)
    engine = started_on(again, left)
    watch(engine, again.folder, inside)
    engine.call("et_InitGame", 50, 1, 0)

    for disk in [left, *inside, disk_of(again.folder)]:
        assert [told.kind for told in told_after(third, disk)] == ["objective" if exit_line else "aborted"]
    assert len(inside) > 3


def test_a_round_cut_by_a_crash_is_told_at_the_next_start(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(100_000)
    start = world.engine.unix
    game.kill_server()
    world.new_engine(start + 3600)
    world.new_game().start_server("supply", 15)

    report = world.reports()[0]
    assert (report["exit_kind"], report["end_reason_raw"], report["winner_team"]) == ("aborted", "server_died", None)
    assert 65_000 <= report["elapsed_ms"] <= 100_000  # that of the last heartbeat
    assert report["round_end_unix"] <= start
    assert len(report["players"]) == 4
    assert all("counters" not in player for player in report["players"])


def test_a_crash_after_the_exit_line_leaves_a_finished_round(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(100_000)
    world.engine.set_string(14, "\\w\\1")
    world.engine.print("Exit: Wolf EndRound.")
    game.kill_server()
    world.new_engine(START_UNIX + 10_000)
    world.new_game().start_server("supply", 15)

    assert [(r["exit_kind"], r["winner_team"]) for r in world.reports()] == [("objective", 2)]
