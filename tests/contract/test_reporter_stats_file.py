"""The stats file: what older statistics tools read of a round, and that it says nothing the report does not."""

import time
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from game_server.stand_in.players import ALLIES, SPECTATOR, make_players
from tests.contract.reporter_world import LUA_KINDS, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
SETTINGS = "server_id = srv1\nstats_file = on\n"
CUMULATIVE = {
    0: "damage_given", 1: "damage_received", 2: "team_damage_given", 3: "team_damage_received", 4: "gibs",
    5: "self_kills", 6: "team_kills", 7: "team_gibs",
}  # fmt: skip
TIMES_REVIVED, REVIVES_GIVEN = 19, 37
WEAPON_ORDER = ("hits", "shots", "kills", "deaths", "headshots")


class Line(NamedTuple):
    """A player's line: side, weapons as {index: [hits, shots, kills, deaths, headshots]}, the 38 numbers as texts."""

    name: str
    side: int
    weapons: dict[int, list[int]]
    fields: list[str]


def read_line(text: str) -> tuple[str, Line]:
    guid, name, _, side, rest = text.split("\\")
    numbers, *fields = rest.split("\t")
    mask, *values = [int(number) for number in numbers.split()]
    indexes = [index for index in range(32) if mask >> index & 1]
    assert len(values) == 5 * len(indexes)
    assert len(fields) == 38
    weapons = {index: values[5 * place : 5 * place + 5] for place, index in enumerate(indexes)}
    return guid, Line(name, int(side), weapons, fields)


def read(path: Path) -> tuple[str, dict[str, Line]]:
    header, *lines = path.read_bytes().decode("latin-1").removesuffix("\n").split("\n")
    players = dict(read_line(line) for line in lines)
    assert len(players) == len(lines)
    return header, players


@pytest.fixture
def world(lua, tmp_path) -> World:
    return make_world(tmp_path, lua)


def make_world(home: Path, lua: str, settings: str = SETTINGS) -> World:
    world = World(home, lua, settings=settings)
    (world.folder / "gamestats").mkdir(exist_ok=True)
    world.engine.set_cvar("sv_hostname", "^1Polar ^7Pub")
    return world


def stats_files(world):
    return sorted((world.folder / "gamestats").glob("*"))


def first_round(game, *, until_ms=60_000):
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(until_ms)


def second_round(game, *, until_ms=40_000):
    game.to_second_round(8_000)
    game.warm_up(3_000)
    game.play_until(until_ms)


def finish(game):
    game.objective()
    game.idle(1_000)


# ----- the form ---------------------------------------------------------------------------------------------------------


def test_a_round_has_the_header_and_the_line_that_its_readers_know(world):
    (player,) = make_players(Random(1), 1)
    player.guid, player.name, player.side, player.xp = "ab12cd34" + "0" * 24, "^2Nord^7ik", ALLIES, 45
    game = world.new_game(players=[player])
    game.start_server("etl_frostbite", 12)
    world.engine.set_cvar("g_customConfig", "legacy3")
    game.warm_up(5_000)
    player.xp = 45
    player.counters.update(damage_given=1820, damage_received=1500, gibs=3, self_kills=1)
    player.weapons = {3: [10, 0, 2, 4, 1], 4: [0, 5, 0, 0, 0], 5: [200, 0, 15, 60, 8], 11: [4, 1, 0, 3, 1]}
    game.idle(246_800 - game.elapsed_ms - 50)
    finish(game)

    assert stats_files(world)[0].read_text() == (
        "^1Polar ^7Pub\\etl_frostbite\\legacy3\\1\\1\\2\\12:00\\4:06\\246800\n"
        "AB12CD34\\^2Nord^7ik\\0\\2\\2104 4 10 1 0 2 0 0 0 5 0 60 200 8 0 15 3 4 1 1 0 "
        "\t1820\t1500\t0\t0\t3\t1\t0\t0\t85.0\t45\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t214\t0.0\t4.1\t0.0\t0.0\t0.0"
        "\t1.7\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\n"
    )


def test_the_name_tells_the_end_in_local_time_the_map_and_the_round(world):
    game = world.new_game()
    game.start_server("te^st.map", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    finish(game)

    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(world.reports()[0]["round_end_unix"]))
    assert [path.name for path in stats_files(world)] == [f"{stamp}-te_st_map-round-1.txt"]
    assert read(stats_files(world)[0])[0].split("\\")[1] == "te^st.map"


def test_the_limit_of_a_second_round_is_the_next_limit_of_its_first(world):
    game = world.new_game()
    first_round(game, until_ms=20_050)
    game.objective()
    second_round(game, until_ms=15_000)
    game.time_limit()
    game.idle(1_000)

    first, second = (read(path)[0].split("\\") for path in stats_files(world))
    assert first[3:] == ["1", "1", "2", "15:00", "0:20", "20050"]
    assert second[3:] == ["2", "1", "1", "0:20", "0:20", "20100"]


def test_a_side_that_nobody_told_is_0_in_the_header(world):
    game = world.new_game()
    first_round(game)
    world.engine.set_string(13, "")
    world.engine.run_lua("et.Info_ValueForKey = function() return '' end")
    finish(game)

    assert read(stats_files(world)[0])[0].split("\\")[4:6] == ["1", "0"]


def test_hostile_names_leave_every_line_readable(world):
    names = [bytes(range(start, start + 32)) for start in range(0, 256, 32)]
    players = make_players(Random(1), len(names))
    for player, name in zip(players, names, strict=True):
        player.name = name.decode("latin-1")
    game = world.new_game(players=players)
    first_round(game)
    for player in players:
        player.weapons = {2: [1, 0, 0, 1, 0]}
    world.engine.set_cvar("sv_hostname", "a\nb\\c")
    finish(game)

    header, lines = read(stats_files(world)[0])
    kept = [name.replace(b"\\", b"/") for name in names]
    kept[0] = kept[0].replace(b"\0", b" ").replace(b"\n", b" ").replace(b"\r", b" ")
    assert header.startswith("a b/c\\supply\\")
    assert [line.name.encode("latin-1") for line in lines.values()] == kept


def test_somebody_without_weapons_and_somebody_never_on_a_side_have_no_line(world):
    players = make_players(Random(1), 3)
    players[1].side = SPECTATOR
    game = world.new_game(players=players)
    game.start_server("supply", 15)
    game.warm_up(5_000)
    for player in players[:2]:
        player.weapons = {2: [1, 0, 0, 1, 0]}
    game.idle(30_000)
    finish(game)

    assert list(read(stats_files(world)[0])[1]) == [players[0].guid[:8]]


# ----- the same facts as the report -------------------------------------------------------------------------------------


def reported_share(player: dict) -> tuple[dict[str, int], dict[int, list[int]]]:
    """What the report says this round added: counters, and weapons that did something."""
    raw, baseline = player["counters"]["raw"], player["counters"]["baseline"]
    weapons = {}
    for weapon in player["weapons"]:
        before = weapon.get("baseline", dict.fromkeys(WEAPON_ORDER, 0))
        added = [weapon[name] - before[name] for name in WEAPON_ORDER]
        if any(added):
            weapons[weapon["index"]] = added
    return {name: raw[name] - baseline[name] for name in CUMULATIVE.values()}, weapons


def subtracted(first: Line | None, second: Line) -> tuple[dict[str, int], dict[int, list[int]]]:
    """What a reader of both files makes of the second round."""
    before = first or Line("", 0, {}, ["0"] * 38)
    values = {name: int(second.fields[at]) - int(before.fields[at]) for at, name in CUMULATIVE.items()}
    weapons = {
        index: [now - then for now, then in zip(group, before.weapons.get(index, [0] * 5), strict=True)]
        for index, group in second.weapons.items()
    }
    return values, {index: group for index, group in weapons.items() if any(group)}


def come_back(game, player):
    game.players.append(player)
    game.connect(player, first_time=1)


def no_reconnect(game):
    second_round(game)


def reconnect_between_the_rounds(game):
    game.to_second_round(8_000)
    game.disconnect(player := game.players[0])
    come_back(game, player)
    game.warm_up(3_000)
    game.play_until(40_000)


def reconnect_in_the_second_round(game):
    second_round(game, until_ms=20_000)
    game.disconnect(player := game.players[0])
    come_back(game, player)
    game.play_until(40_000)


def restart_of_the_second_round(game):
    second_round(game, until_ms=20_000)
    game.map_restart()
    game.play_until(40_000)


@pytest.mark.parametrize("reconnects_in_the_first", [False, True])
@pytest.mark.parametrize(
    "play_on", [no_reconnect, reconnect_between_the_rounds, reconnect_in_the_second_round, restart_of_the_second_round]
)
def test_a_reader_that_subtracts_gets_the_numbers_of_the_reports(world, play_on, *, reconnects_in_the_first):
    game = world.new_game(8)
    first_round(game, until_ms=40_000)
    if reconnects_in_the_first:
        game.disconnect(player := game.players[1])
        come_back(game, player)
    game.play_until(60_000)
    finish(game)
    play_on(game)
    finish(game)

    first, second = (read(path)[1] for path in stats_files(world))
    finished = [report for report in world.reports() if report["exit_kind"] != "aborted"]
    for report, in_file in (
        (finished[0], {guid: subtracted(None, line) for guid, line in first.items()}),
        (finished[1], {guid: subtracted(first.get(guid), line) for guid, line in second.items()}),
    ):
        shares = {player["guid"][:8]: reported_share(player) for player in report["players"]}
        assert in_file == {guid: share for guid, share in shares.items() if guid in in_file}
        assert not any(weapons for guid, (_, weapons) in shares.items() if guid not in in_file)


def test_sides_revives_and_dead_time_are_those_of_the_report(world):
    game = world.new_game(8)
    first_round(game, until_ms=200_000)
    finish(game)

    lines = read(stats_files(world)[0])[1]
    told = {player["guid"][:8]: player for player in world.reports()[0]["players"]}
    assert len(lines) == len(told)
    assert sum(player["times_revived"] for player in told.values()) > 0
    for guid, line in lines.items():
        player = told[guid]
        assert line.side == player["side"]
        assert (line.fields[TIMES_REVIVED], line.fields[REVIVES_GIVEN]) == (
            str(player["times_revived"]),
            str(player["revives_given"]),
        )
        assert line.fields[25] == f"{player['dead_ms'] / 60_000:.1f}"


def test_somebody_who_left_before_the_end_has_his_line(world):
    game = world.new_game()
    first_round(game, until_ms=20_000)
    leaver = game.players[0]
    leaver.weapons, leaver.counters["damage_given"] = {2: [7, 0, 1, 3, 1]}, 90
    leaver.show(world.engine)
    game.disconnect(leaver)
    game.play_until(40_000)
    finish(game)

    line = read(stats_files(world)[0])[1][leaver.guid[:8]]
    assert (line.weapons, line.fields[0]) == ({2: [3, 7, 1, 0, 1]}, "90")


def test_the_first_round_of_another_match_is_never_added(world):
    game = world.new_game(8)
    first_round(game)
    finish(game)
    kept = (world.folder / "r1-stats").read_bytes()
    game.to_map("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    finish(game)
    (world.folder / "r1-stats").write_bytes(kept)
    second_round(game)
    finish(game)

    told = {player["guid"][:8]: player["counters"]["raw"] for player in world.reports()[2]["players"]}
    lines = read(stats_files(world)[2])[1]
    assert {guid: int(line.fields[0]) for guid, line in lines.items()} == {
        guid: told[guid]["damage_given"] for guid in lines
    }


# ----- when there is one ------------------------------------------------------------------------------------------------


def test_the_report_names_both_files(world):
    game = world.new_game()
    first_round(game)
    finish(game)

    report = world.reports()[0]
    gametime = f"gametime-supply-R1-{report['round_end_unix']}.json"
    assert report["files"] == [gametime, stats_files(world)[0].name]


def test_the_files_come_after_the_report_each_in_a_frame_of_its_own(world):
    game = world.new_game()
    first_round(game)
    game.objective()
    written = [(0, 0)]
    for _ in range(20):
        now = (len(list((world.folder / "gametimes").iterdir())), len(stats_files(world)))
        written += [now] if now != written[-1] else []
        game.idle(50)

    assert written == [(0, 0), (1, 0), (1, 1)]


def test_an_error_in_one_file_costs_no_other(world):
    game = world.new_game()
    first_round(game)
    world.engine.run_lua("package.loaded['round_reporter.gametime'].compose = function() error('boom') end")
    finish(game)

    assert world.console().count("boom") == 1
    assert len(stats_files(world)) == 1


def test_a_round_that_ends_by_shutdown_after_its_exit_line_has_its_file_before_the_vm_goes(world):
    game = world.new_game()
    first_round(game)
    world.engine.print("Exit: Wolf EndRound.")
    game.stop_server()

    assert [path.name for path in stats_files(world)] == world.reports()[0]["files"][1:]
    assert len(stats_files(world)) == 1


def test_a_round_cut_short_has_no_file_that_could_pass_for_a_finished_one(world):
    game = world.new_game()
    first_round(game)
    game.map_restart()
    game.idle(200)

    assert stats_files(world) == []
    assert [name[:8] for name in world.reports()[0]["files"]] == ["gametime"]


def test_a_round_with_somebody_whose_numbers_died_with_the_server_has_no_file(world):
    game = world.new_game()
    first_round(game, until_ms=20_000)
    leaver = game.players[0]
    leaver.weapons = {2: [7, 0, 1, 3, 1]}
    leaver.show(world.engine)
    game.disconnect(leaver)
    game.play_until(60_000)
    world.engine.print("Exit: Wolf EndRound.")
    game.kill_server()
    world.new_engine()
    world.new_game().start_server("supply", 15)

    report = world.reports()[0]
    assert stats_files(world) == []
    assert report["exit_kind"] == "objective"
    assert sum("counters" in player for player in report["players"]) == 1


def test_it_is_written_only_when_asked_for(lua, tmp_path):
    world = make_world(tmp_path, lua, "server_id = srv1\n")
    game = world.new_game()
    first_round(game)
    finish(game)

    assert stats_files(world) == []
    assert [name[:8] for name in world.reports()[0]["files"]] == ["gametime"]


def test_its_folder_can_be_chosen(lua, tmp_path):
    world = World(
        tmp_path, lua, settings=f"{SETTINGS}gametime_file = off\nstats_dir = {tmp_path}/elsewhere\n", shell=True
    )
    game = world.new_game()
    first_round(game)
    finish(game)

    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == world.reports()[0]["files"]


def test_a_file_that_cannot_be_written_is_one_console_line_and_costs_no_report(world):
    (world.folder / "gamestats").rmdir()
    (world.folder / "gamestats").write_text("a file in the way")
    game = world.new_game()
    first_round(game)
    finish(game)

    assert world.console().count("stats file not written") == 1
    assert len(world.reports()) == 1
