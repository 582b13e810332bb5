"""The module begun again while the level goes on, and loaded twice."""

import pytest

from game_server.stand_in.players import AXIS, MEDIC, Player
from tests.contract.reporter_play import MINUTE, a_round, kinds, play_r1
from tests.contract.reporter_world import LUA_KINDS, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


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


def test_who_leaves_before_the_first_frame_after_lua_restart_keeps_his_numbers(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    leaver = game.players[0]
    leaver.counters.update(kills=4, damage_given=400)
    leaver.show(world.engine)
    game.lua_restart()
    game.disconnect(leaver)
    game.play_until(MINUTE)
    game.objective()

    (told,) = (player for player in world.reports()[0]["players"] if player["guid"] == leaver.guid)
    assert told["counters"]["raw"]["kills"] == 4
    assert (told["left_ms"], told["stays"]) == (19_950, 1)


def test_lives_and_deaths_before_the_first_frame_after_lua_restart_are_counted(world):
    game = world.new_game()
    a_round(game, until_ms=2_000)
    game._next_fight_ms = 10**9
    victim, waiting, newcomer = *game.players[:2], Player(9, "late", "9" * 32, AXIS, 1.0, MEDIC)
    world.engine.call("et_Obituary", waiting.slot, 1022, 8)
    waiting.alive = False
    waiting.show_life(world.engine)
    game.idle(1_000)
    game.lua_restart()
    world.engine.call("et_Obituary", victim.slot, 1022, 8)
    victim.alive = False
    victim.show_life(world.engine)
    game._spawn(waiting)
    game.players.append(newcomer)
    game.connect(newcomer, first_time=1)
    game.play_until(40_000)
    game.objective()

    told = {player["guid"]: (player["spawns"], player["deaths"]) for player in world.reports()[0]["players"]}
    assert (told[victim.guid], told[waiting.guid], told[newcomer.guid]) == ((1, 1), (2, 1), (1, 0))


def test_a_bot_stays_a_bot_through_lua_restart(world):
    game = world.new_game()
    game.players[0].is_bot = True
    a_round(game, until_ms=20_000)
    game.lua_restart()
    game.play_until(MINUTE)
    game.objective()

    assert [player["is_bot"] for player in world.reports()[0]["players"]] == [True, False, False, False]
