"""A server that is killed: whatever was being played is told at the next start, once."""

import shutil

import pytest

from game_server.stand_in.players import ALLIES, AXIS
from game_server.stand_in.traces import TRACE_FIELDS, read_trace, replay
from tests.contract.reporter_world import LUA_KINDS, START_UNIX, TRACES, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


@pytest.mark.parametrize("name", sorted(path.stem for path in TRACES.glob("*.jsonl")))
def test_killed_at_any_callback_each_round_is_told_once(lua, name, tmp_path):
    """The disk after every callback is what a killed server leaves; a new process starts on each different one."""
    world = World(tmp_path / "first", lua, known_fields=TRACE_FIELDS, max_clients=16)
    seen: set[bytes] = set()
    begun: set[int] = set()
    for _ in replay(world.engine, read_trace(TRACES / f"{name}.jsonl"), fill_frames=True):
        engine = world.engine
        playing = engine.cvars.get("gamestate") == "0" and engine.has_vm
        here = [slot for slot in engine.slots.values() if slot.get("pers.connected") == 2]
        started = len([line for line in engine.console if "Round started" in line])
        if playing and started and any(slot.get("sess.sessionTeam") in (AXIS, ALLIES) for slot in here):
            begun.add(started)
        disk = b"".join(path.read_bytes() for path in sorted(world.folder.rglob("*")) if path.is_file())
        if disk in seen:
            continue
        seen.add(disk)
        again = World(tmp_path / "again", lua)
        shutil.rmtree(again.folder, ignore_errors=True)
        shutil.copytree(world.folder, again.folder)
        again.new_engine(START_UNIX + 10_000_000)
        again.new_game(player_count=2).start_server("supply", 15)
        starts = [(report["round_number"], report["round_start_unix"]) for report in again.reports()]
        assert len(starts) == len(set(starts)), "a round was told twice"
        assert len(starts) >= len(begun), "a round was never told"
    assert len(seen) > 3


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
