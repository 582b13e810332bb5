"""How a round ended: as the engine said, or cut short and by what."""

import pytest

from game_server.stand_in.players import ALLIES, SPECTATOR
from tests.contract.reporter_play import MINUTE, a_round, kinds, play_r1
from tests.contract.reporter_world import LUA_KINDS, START_UNIX, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


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


def test_an_exit_line_after_which_play_goes_on_was_not_the_engines(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    world.engine.run_lua("et.G_LogPrint('Exit: Timelimit hit.\\n') et.G_LogPrint('score: 9  ping: 9\\n')")
    game.play_until(40_000)
    game.map_restart()
    world.engine.run_lua("et.G_LogPrint('Exit: Axis Surrender\\n')")
    game.play_until(30_000)
    ended = game.objective()

    told = [(report["exit_kind"], report["elapsed_ms"], report["exit_line"]) for report in world.reports()]
    assert told == [("aborted", 39_950, None), ("objective", ended.elapsed_ms, "Exit: Wolf EndRound.")]
    assert all("ping: 9 " not in line for line in world.reports()[1]["score_lines"])
    assert world.console().count("not an exit line of the engine: Exit: Timelimit hit.") == 1


def test_a_server_killed_after_a_false_exit_line_left_no_finished_round(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    world.engine.run_lua("et.G_LogPrint('Exit: Timelimit hit.\\n')")
    game.play_until(40_000)
    game.kill_server()
    world.new_engine(START_UNIX + 10_000)
    world.new_game().start_server("supply", 15)

    assert kinds(world) == [(1, "aborted")]


@pytest.mark.parametrize(
    ("line", "outcome", "yes", "no"),
    [
        ("Vote Failed: (Y:1-N:4) Surrender [ALLIES]", "failed", 1, 4),
        ("Vote TIMEOUT! (Y:0-N:0) Surrender [ALLIES]", "timeout", 0, 0),
        ("Vote CANCELED!", "canceled", None, None),
        ("Vote Passed: (Y:3-N:0) Kick zed (Required:2)", "open", None, None),
        ("chat: Vote Passed: (Y:9-N:0) Surrender [ALLIES]", "open", None, None),
    ],
)
def test_a_surrender_vote_has_the_outcome_the_engine_prints(*, world, line, outcome, yes, no):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    caller = next(player for player in game.players if player.side == ALLIES)
    world.engine.print(f"callvote: {caller.slot} Surrender [ALLIES]")
    game.idle(1_000)
    world.engine.print(line)
    game.objective()

    report = world.reports()[0]
    assert report["surrender_votes"] == [
        {
            "elapsed_ms": 19_950, "side": ALLIES, "caller_slot": caller.slot, "caller_guid": caller.guid,
            "caller_name": caller.name, "outcome": outcome, "yes": yes, "no": no,
        }
    ]  # fmt: skip
    assert report["surrender"] is None
