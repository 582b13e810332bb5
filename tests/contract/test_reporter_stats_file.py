"""The stats file in the form its readers know."""

import time
from random import Random

import pytest

from game_server.stand_in.players import ALLIES, SPECTATOR, make_players
from tests.contract.reporter_world import LUA_KINDS, World
from tests.contract.stats_file_world import (
    finish,
    first_round,
    make_world,
    read,
    second_round,
    stats_files,
)

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


@pytest.fixture
def world(lua, tmp_path) -> World:
    return make_world(tmp_path, lua)


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
