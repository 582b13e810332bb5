"""The life of a round whatever happens to the server, the module, the disk or the clock."""

import shutil

import pytest

from game_server.stand_in.players import ALLIES, AXIS, SPECTATOR
from game_server.stand_in.traces import TRACE_FIELDS, read_trace, replay
from tests.contract.reporter_world import LUA_KINDS, START_UNIX, TRACES, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
MINUTE = 60_000


def play_r1(game, *, elapsed_ms=MINUTE):
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(elapsed_ms)
    return game.objective()


def play_r2(game, *, elapsed_ms=MINUTE // 2):
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(elapsed_ms)
    return game.objective()


def kinds(world):
    return [(report["round_number"], report["exit_kind"]) for report in world.reports()]


# ----- killed ------------------------------------------------------------------------------------------------------


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


# ----- R1 and R2 ------------------------------------------------------------------------------------------------------


def test_r2_names_its_r1(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    play_r2(game)

    first, second = world.reports()
    assert second["r1"] == {
        "round_start_unix": first["round_start_unix"], "round_fingerprint": first["round_fingerprint"],
        "elapsed_ms": 60_000, "limit_ms": 900_000, "winner_team": 2, "defender_team": 1, "exit_kind": "objective",
        "next_limit_raw": "1.000000",
    }  # fmt: skip
    assert (second["limit_ms"], second["round_number_raw"]) == (60_000, 0)


def test_r2_still_names_its_r1_when_the_state_file_is_gone(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    (world.folder / "state").unlink()
    play_r2(game)

    first, second = world.reports()
    assert second["r1"]["round_start_unix"] == first["round_start_unix"]


def test_an_r2_begun_again_keeps_its_r1_and_counts_attempts(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(20_000)
    game.map_restart()
    game.play_until(30_000)
    game.objective()

    reports = world.reports()
    assert kinds(world) == [(1, "objective"), (2, "aborted"), (2, "objective")]
    assert [report["attempt"] for report in reports] == [1, 1, 2]
    assert reports[2]["r1"]["round_start_unix"] == reports[0]["round_start_unix"]
    assert len({report["round_start_unix"] for report in reports}) == 3


def test_a_reset_forgets_r1(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(20_000)
    game.reset_match()
    game.warm_up(5_000)
    game.play_until(30_000)
    game.objective()
    play_r2(game)

    reports = world.reports()
    assert kinds(world) == [(1, "objective"), (2, "aborted"), (1, "objective"), (2, "objective")]
    assert reports[3]["r1"]["round_start_unix"] == reports[2]["round_start_unix"]


def test_an_r1_whose_limit_does_not_lead_here_is_not_named(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    game.to_second_round(5_000)
    world.engine.set_cvar("g_nextTimeLimit", "3.000000")
    game.warm_up(5_000)
    game.play_until(20_000)
    game.objective()

    assert (world.reports()[1]["r1"], world.reports()[1]["r1_missing_reason"]) == (None, "next_limit_differs")


@pytest.mark.parametrize(("minutes", "milliseconds"), [("7.6", 456_000), ("10.567", 634_020), ("4.113517", 246_811)])
def test_a_fractional_limit_is_exact(lua, minutes, milliseconds, tmp_path):
    """P1."""
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", float(minutes))
    game.warm_up(5_000)
    game.play_until(30_000)
    game.objective()

    report = world.reports()[0]
    assert (report["limit_raw"], report["limit_ms"]) == (minutes, milliseconds)
    assert f"timelimit={minutes} type=string" in world.console()


# ----- ends -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "winner", "kind", "told_winner"),
    [
        ("Exit: Timelimit hit.", 1, "timelimit", 1),
        ("Exit: Wolf EndRound.", 2, "objective", 2),
        ("Exit: Wolf EndRound.", 1, "objective", 1),
        ("Exit: Axis Surrender", 2, "surrender_axis", 2),
        ("Exit: Allies Surrender", 1, "surrender_allies", 1),
        ("Exit: Axis team eliminated.", 2, "eliminated", 2),
        ("Exit: Allied team eliminated.", 1, "eliminated", 1),
        ("Exit: Nextmap vote passed", 1, "aborted", None),
        ("Exit: Fraglimit hit.", 1, "unknown", 1),
        ("Exit: Wolf EndRound.", 0, "objective", None),
    ],
)
def test_the_exit_line_tells_the_kind_and_the_configstring_the_winner(
    *, lua, line, winner, kind, told_winner, tmp_path
):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(40_000)
    world.engine.set_string(14, f"\\w\\{winner - 1}")
    world.engine.print(line)
    world.engine.print("Exit: Timelimit hit. (already triggered)")
    world.engine.set_cvar("gamestate", "3")
    game.idle(50)

    report = world.reports()[0]
    assert (report["exit_kind"], report["winner_team"], report["exit_line"]) == (kind, told_winner, line)


def test_a_script_that_ends_the_round_at_the_limit_for_the_defenders_held_it(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 1)
    game.warm_up(5_000)
    game.play_until(61_000)
    world.engine.print("Exit: Wolf EndRound.")
    world.engine.set_cvar("gamestate", "3")
    game.idle(50)

    assert kinds(world) == [(1, "timelimit")]


def test_intermission_without_an_exit_line_is_unknown_without_a_winner(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(40_000)
    world.engine.set_cvar("gamestate", "3")
    game.idle(50)

    report = world.reports()[0]
    assert (report["exit_kind"], report["winner_team"], report["end_reason_raw"]) == (
        "unknown", None, "intermission_without_exit_line",
    )  # fmt: skip


def test_absent_sides_are_unknown_never_axis(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(40_000)
    world.engine.set_string(13, "\\s\\2")
    world.engine.set_string(14, "\\x\\1")
    world.engine.run_lua("package.loaded['round_reporter.engine'].has_bit = nil")
    world.engine.print("Exit: Wolf EndRound.")
    world.engine.set_cvar("gamestate", "3")
    game.idle(50)

    assert world.reports()[0]["winner_team"] is None


def test_the_report_is_spooled_in_the_frame_in_which_intermission_begins(lua, tmp_path):
    world = World(tmp_path, lua)
    play_r1(world.new_game())  # returns right after that frame

    assert kinds(world) == [(1, "objective")]


def test_a_level_torn_down_before_the_intermission_frame_is_still_finished(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(40_000)
    world.engine.set_string(14, "\\w\\1")
    world.engine.print("Exit: Wolf EndRound.")
    world.engine.set_cvar("gamestate", "-1")
    world.engine.call("et_ShutdownGame", 0)

    assert [(r["exit_kind"], r["winner_team"]) for r in world.reports()] == [("objective", 2)]
    assert "Shutdown fallback" in world.console()


def test_a_map_change_in_play_is_aborted_and_the_next_map_starts_afresh(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(40_000)
    ended = game.change_map_in_play("etl_ice", 12, ALLIES)
    game.warm_up(5_000)
    game.play_until(40_000)
    game.stop_server()

    reports = world.reports()
    assert [(r["map_name"], r["end_reason_raw"]) for r in reports] == [
        ("supply", "map_change"), ("etl_ice", "server_quit"),
    ]  # fmt: skip
    assert reports[0]["elapsed_ms"] == ended.elapsed_ms
    assert [report["attempt"] for report in reports] == [1, 1]


# ----- the module itself ----------------------------------------------------------------------------------------------


def test_lua_restart_in_play_is_one_round_with_its_start_and_baselines(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game(player_count=6)
    play_r1(game, elapsed_ms=200_000)
    game.to_second_round(5_000)
    game.warm_up(5_000)
    start = world.engine.unix
    game.play_until(60_000)
    game.lua_restart()
    game.play_until(120_000)
    game.objective()

    report = world.reports()[1]
    assert abs(report["round_start_unix"] - start) <= 1
    assert report["elapsed_ms"] == 120_000
    first = {player["guid"]: player["counters"]["raw"] for player in world.reports()[0]["players"]}
    for player in report["players"]:
        baseline = player["counters"]["baseline"]
        assert baseline["kills"] == first[player["guid"]]["kills"]
        assert player["stays"] == 1
    assert report["r1"] is not None


@pytest.mark.parametrize("end", ["objective", "time_limit"])
def test_lua_restart_in_the_frame_of_the_exit_line_is_still_one_finished_round(lua, end, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 1)
    game.warm_up(5_000)
    game.play_until(MINUTE)
    game.lua_restart()
    ended = getattr(game, end)()

    reports = world.reports()
    assert [(report["exit_kind"], report["elapsed_ms"]) for report in reports] == [(ended.kind, ended.elapsed_ms)]
    assert [player["stays"] for player in reports[0]["players"]] == [1, 1, 1, 1]


def test_lua_restart_right_after_a_map_change_does_not_bring_back_the_attempts_before_it(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(10_000)
    game.change_map_in_play("supply", 15)
    game.lua_restart()
    game.warm_up(5_000)
    game.play_until(10_000)
    game.objective()

    assert [report["attempt"] for report in world.reports()] == [1, 1]


@pytest.mark.parametrize("end", ["map_restart", "reset_match"])
def test_lua_restart_in_the_frame_of_a_level_restart_does_not_hide_why_the_r2_ended(lua, end, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    play_r1(game)
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(20_000)
    game.lua_restart()
    ended = getattr(game, end)()

    assert [report["end_reason_raw"] for report in world.reports()] == ["Wolf EndRound.", ended.reason]


def test_loaded_in_the_middle_of_a_round_the_start_is_unknown_with_a_reason(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    world.engine.drop_vm()
    (world.folder / "state").unlink()
    world.engine.set_cvar("round_reporter_owner", "")
    world.engine.load_vm()
    game.play_until(120_000)
    game.objective()

    report = world.reports()[0]
    assert (report["round_start_unix"], report["start_unknown_reason"]) == (None, "reporter_loaded_in_play")
    assert report["elapsed_ms"] == 120_000
    assert report["round_fingerprint"].startswith("rf1:2:")


def test_a_second_copy_stays_passive_and_says_so(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    world.engine.set_cvar("round_reporter_owner", "7 42")
    game.start_server("supply", 15)  # sv_serverid is 42 here: another copy of this very level
    world.engine.console_command("round_reporter", "status")

    assert "loaded twice" in world.console()
    assert not (world.folder / "state").exists()


def test_an_owner_of_an_earlier_level_does_not_silence_this_one(lua, tmp_path):
    world = World(tmp_path, lua)
    world.engine.set_cvar("round_reporter_owner", "7 41")
    play_r1(world.new_game())

    assert kinds(world) == [(1, "objective")]


BREAKAGES = {
    "composing": "package.loaded['round_reporter.report'].compose = function() error('boom') end",
    "all composing": "local r = package.loaded['round_reporter.report'] "
    "r.compose = function() error('boom') end r.compose_core = r.compose",
    "encoding": "package.loaded['round_reporter.json'].encode = function() error('boom') end",
    "fingerprint": "package.loaded['round_reporter.fingerprint'].of_round = function() error('boom') end",
    "counters": "package.loaded['round_reporter.counters'].read = function() error('boom') end",
    "gentity_get": "et.gentity_get = function() error('boom') end",
    "configstrings": "et.trap_GetConfigstring = function() error('boom') end",
    "rename": "os.rename = function() return nil, 'no rename' end",
    "rename raises": "os.rename = function() error('boom') end",
    "open": "local open = io.open io.open = function(p, m) if m == 'wb' then return nil, 'full' end return open(p, m) end",
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
    (world.folder / "count").write_text("files=0\nbytes=0\noldest=0\nrefused=0\nseen=1\n")
    game.to_map("etl_ice", 12)
    game.warm_up(5_000)
    game.play_until(MINUTE)
    game.objective()

    assert world.reports()[0]["health"]["overflowed_reports"] == 1
    assert len((world.folder / "overflow").read_text().splitlines()) == 1


@pytest.mark.parametrize("step_seconds", [-3600, 3600])
def test_a_stepped_clock_is_flagged_and_the_end_follows_the_start(lua, step_seconds, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    world.engine.start_unix += step_seconds
    game.play_until(MINUTE)
    game.objective()

    report = world.reports()[0]
    assert report["clock_stepped"] is True
    assert 59 <= report["round_end_unix"] - report["round_start_unix"] <= 61
    assert world.console().count("clock of this host stepped") == 1


def test_everyone_leaving_is_an_empty_team_and_its_roster_is_kept(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    for player in list(game.players):
        game.disconnect(player)
    game.reset_match()

    report = world.reports()[0]
    assert report["end_reason_raw"] == "empty_team"
    assert len(report["players"]) == 4
    assert all(player["left_ms"] == report["elapsed_ms"] for player in report["players"])


def test_a_player_who_only_watched_does_not_make_a_round(lua, tmp_path):
    world = World(tmp_path, lua)
    game = world.new_game(player_count=1)
    game.players[0].side = SPECTATOR
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    game.stop_server()

    assert world.reports() == []
