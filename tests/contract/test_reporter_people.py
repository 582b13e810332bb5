"""People and times in a report: counters, stays, sides, spawns, pauses, warmup."""

from random import Random

import pytest

from game_server.stand_in.players import ALLIES, AXIS, SPECTATOR, make_players
from tests.contract.reporter_play import a_round
from tests.contract.reporter_world import LUA_KINDS, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


def test_counters_of_r2_minus_their_baseline_are_those_of_r2(world):
    game = world.new_game(player_count=12)
    a_round(game, until_ms=300_000)
    game.objective()
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(200_000)
    game.objective()

    first, second = world.reports()
    after_first = {player["guid"]: player for player in first["players"]}
    for player in second["players"]:
        before, now = after_first[player["guid"]], player["counters"]
        assert {k: v for k, v in now["baseline"].items() if k != "xp"} == {
            k: v for k, v in before["counters"]["raw"].items() if k != "xp"
        }
        assert now["baseline"]["xp"] == 0
        assert now["counter_reset"] is False
        weapons_before = {weapon["index"]: weapon["kills"] for weapon in before["weapons"]}
        for weapon in player["weapons"]:
            assert weapon.get("baseline", {}).get("kills", 0) == weapons_before.get(weapon["index"], 0)


def test_counters_that_fell_below_their_baseline_begin_at_zero(world):
    game = world.new_game()
    a_round(game, until_ms=300_000)
    game.objective()
    game.to_second_round(5_000)
    game.warm_up(5_000)
    for player in game.players:
        player.counters.update(kills=0, deaths=0, damage_given=9_999)
        player.weapons = {4: [3, 0, 0, 2, 1]}
        player.show(world.engine)
    game.objective()

    for player in world.reports()[1]["players"]:
        assert player["counters"]["counter_reset"] is True
        assert set(player["counters"]["baseline"].values()) == {0}
        assert player["weapons"] == [{"index": 4, "shots": 3, "hits": 2, "kills": 1, "deaths": 0, "headshots": 0}]


def test_one_who_leaves_and_comes_back_is_one_player_with_the_sum_of_his_stays(world):
    game = world.new_game(player_count=6)
    a_round(game, until_ms=30_000)
    player = game.players[0]
    player.counters.update(kills=4, damage_given=400)
    player.show(world.engine)
    game.disconnect(player)
    game.play_until(60_000)
    game.players.append(player)
    game.connect(player, first_time=1)
    player.counters.update(kills=3, damage_given=250)
    game.play_until(60_100)
    player.show(world.engine)
    game.objective()

    told = [p for p in world.reports()[0]["players"] if p["guid"] == player.guid]
    assert len(told) == 1
    raw, baseline = told[0]["counters"]["raw"], told[0]["counters"]["baseline"]
    assert raw["kills"] - baseline["kills"] == 7
    assert (told[0]["stays"], told[0]["left_ms"], len(told[0]["sides"])) == (2, None, 2)


def test_changing_side_is_no_death_and_leaves_two_spans(world):
    game = world.new_game()
    a_round(game, until_ms=2_000)
    player = game.players[0]
    game.change_side(player, ALLIES)
    game.play_until(2_600)
    game.change_side(player, SPECTATOR)
    game.play_until(2_800)
    game.objective()

    told = world.reports()[0]["players"][0]
    assert [span["side"] for span in told["sides"]] == [AXIS, ALLIES, SPECTATOR]
    assert (told["deaths"], told["spawns"], told["side"]) == (0, 1, SPECTATOR)
    assert told["sides"][1]["from_elapsed_ms"] == told["sides"][0]["to_elapsed_ms"]


def test_spawns_deaths_and_revives_are_counted_on_the_round_clock(world):
    game = world.new_game()
    a_round(game, until_ms=1_000)
    victim, medic, enemy = game.players[0], game.players[2], game.players[1]
    game._next_fight_ms = 10**9
    engine = world.engine

    def die(killer: int) -> None:
        engine.call("et_Obituary", victim.slot, killer, 8)
        victim.alive = False
        victim.show_life(engine)

    game.play_until(10_000)
    die(enemy.slot)
    game.play_until(12_000)
    engine.call("et_Revive", victim.slot, medic.slot, 0)
    game._spawn(victim, revived=1)
    game.play_until(20_000)
    die(1022)
    game.play_until(30_000)
    game._spawn(victim)
    game.play_until(40_000)
    die(victim.slot)
    game.play_until(45_000)
    game.objective()

    told = {player["slot"]: player for player in world.reports()[0]["players"]}
    him = told[victim.slot]
    assert (him["spawns"], him["deaths"], him["times_revived"]) == (2, 3, 1)
    assert him["dead_ms"] == pytest.approx(2_000 + 10_000 + 5_000, abs=150)
    assert him["max_dead_ms"] == pytest.approx(10_000, abs=100)
    assert him["alive_ms"] + him["dead_ms"] == 45_000 - him["first_spawn_ms"]
    assert him["dead_at_end"] is True
    assert [(cause["by"], cause["count"]) for cause in him["death_causes"]] == [("enemy", 1), ("self", 1), ("world", 1)]
    assert told[medic.slot]["revives_given"] == 1


def test_a_pause_stands_outside_every_clock(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    game._next_fight_ms = 10**9
    game.pause(30_000, by=game.players[2])
    game.play_until(60_000)
    game.objective()

    report = world.reports()[0]
    pause = report["pauses"][0]
    assert report["elapsed_ms"] == 60_000
    assert (pause["start_elapsed_ms"], pause["length_ms"], pause["requested_by"]) == (
        19_950,
        40_050,
        game.players[2].guid,
    )
    assert report["round_end_unix"] - report["round_start_unix"] == pytest.approx(100, abs=1)
    assert {player["alive_ms"] + player["dead_ms"] for player in report["players"]} == {59_400}


def test_a_pause_still_open_at_the_end_is_closed_there_and_says_so(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    world.engine.set_string(32, "662")
    for _ in range(10):
        game.idle(450)
        game.level_start += 500
        world.engine.set_string(11, str(game.level_start))
        game.idle(50)
    game.stop_server()

    report = world.reports()[0]
    pause = report["pauses"][0]
    assert pause["open_at_end"] is True
    assert pause["end_unix"] == report["round_end_unix"]
    assert (pause["length_ms"], report["elapsed_ms"]) == (5_000, 19_950)


def test_bots_are_known_by_the_engine_or_by_their_guid(world):
    players = make_players(Random(1), 4)
    players[3].guid = "OMNIBOT04123"
    game = world.new_game(players=players)
    a_round(game)
    game.objective()

    assert [player["is_bot"] for player in world.reports()[0]["players"]] == [False, False, False, True]


def test_what_a_build_cannot_read_is_absent_never_zero(lua, tmp_path):
    known = ("inuse", "pers.connected", "pers.netname", "sess.sessionTeam", "sess.kills")
    world = World(tmp_path, lua, known_fields=known)
    game = world.new_game()
    a_round(game)
    game.objective()

    for player in world.reports()[0]["players"]:
        assert set(player["counters"]["raw"]) == {"kills"}
        assert player["weapons"] == []
        assert not {"class", "engine"} & player.keys()


def test_warmup_is_told_across_the_vms_it_spans(world):
    game = world.new_game()
    game.start_server("supply", 15)
    game.idle(12_000)
    game.reset_match()  # back to warmup without a round: the VM is new, the waiting goes on
    game.warm_up(20_000)
    game.play_until(30_000)
    game.objective()

    warmup = world.reports()[0]["warmup"]
    assert warmup["warmup_ms"] == pytest.approx(42_000, abs=300)
    assert warmup["countdown_ms"] == pytest.approx(10_000, abs=100)


def test_further_numbers_of_the_engine_are_told_as_it_has_them(world):
    game = world.new_game(player_count=6)
    a_round(game, until_ms=100_000)
    leaver = game.players[0]
    leaver.xp, leaver.hit_regions = 22, [1, 2, 3, 4]
    leaver.show(world.engine)
    game.disconnect(leaver)
    game.lua_restart()
    game.play_until(200_000)
    game.objective()

    told = {player["guid"]: player["engine"] for player in world.reports()[0]["players"]}
    assert told[leaver.guid] == {
        "xp_by_skill": [5.5, 0, 0, 0, 16.5, 0, 0], "skill_levels": [0] * 7, "medals": [0] * 7,
        "hit_regions": [1, 2, 3, 4], "rank": 0, "start_xp": 0,
    }  # fmt: skip
    for player in game.players:
        assert told[player.guid]["hit_regions"] == player.hit_regions
        assert sum(told[player.guid]["xp_by_skill"]) == player.xp
