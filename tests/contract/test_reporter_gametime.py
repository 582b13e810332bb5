"""The gametime file: the same round in the form older tools read."""

import pytest

from game_server.stand_in.players import AXIS
from tests.contract.reporter_play import a_round, named_players
from tests.contract.reporter_world import LUA_KINDS, World, strict_json

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


def gametimes(world):
    return sorted((world.folder / "gametimes").glob("*"))


def test_the_gametime_file_tells_the_same_round_and_the_report_names_it(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    game.pause(30_000)
    game.play_until(60_000)
    game.objective()
    game.idle(50)

    report, path = world.reports()[0], gametimes(world)[0]
    read = strict_json(path.read_bytes())
    meta, embed = read["meta"], read["payload"]["embeds"][0]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert report["files"] == [path.name] == [f"gametime-supply-R1-{report['round_end_unix']}.json"]
    assert (meta["round_start_unix"], meta["round_end_unix"]) == (report["round_start_unix"], report["round_end_unix"])
    assert (meta["actual_duration_seconds"], meta["pause_seconds"], meta["pause_count"]) == (60, 40, 1)
    assert (fields["Winner"], fields["Defender"], fields["Lua_Timelimit"]) == ("2", "1", "15 min")
    assert (fields["Lua_EndReason"], fields["Lua_Pauses"]) == ("objective", "1 (40 sec)")
    assert {row["guid"] for row in strict_json(b'{"x":' + fields["Axis_JSON"].encode() + b"}")["x"]} == {
        player["guid"] for player in report["players"] if player["side"] == AXIS
    }
    assert [row["spawns"] for row in meta["spawn_stats"]] == [player["spawns"] for player in report["players"]]


def test_a_fractional_limit_has_at_most_three_decimals_in_the_gametime_file(world):
    game = world.new_game()
    game.start_server("supply", 7.60249)
    game.warm_up(5_000)
    game.play_until(30_000)
    game.objective()
    game.idle(50)

    assert '"Lua_Timelimit","value":"7.602 min"' in gametimes(world)[0].read_text()


def test_hostile_names_make_a_readable_gametime_file(world):
    names = [bytes(range(start, start + 32)).replace(b"\\", b"/") for start in range(0, 256, 32)]
    game = world.new_game(players=named_players(names))
    a_round(game)
    game.objective()
    game.idle(50)

    fields = strict_json(gametimes(world)[0].read_bytes())["payload"]["embeds"][0]["fields"]
    rosters = [field["value"] for field in fields if field["name"] in {"Axis_JSON", "Allies_JSON"}]
    assert sum(len(strict_json(b'{"x":' + text.encode() + b"}")["x"]) for text in rosters) == len(names)


def test_the_gametime_file_is_written_even_when_the_report_cannot_be_composed(world):
    game = world.new_game()
    a_round(game)
    world.engine.run_lua("package.loaded['round_reporter.report'].compose = function() error('boom') end")
    game.objective()
    game.idle(50)

    assert len(gametimes(world)) == 1
    assert "Gametime file written" in world.console()


def test_the_gametime_file_can_be_switched_off(lua, tmp_path):
    world = World(tmp_path, lua, settings="server_id = srv1\ngametime_file = off\n")
    game = world.new_game()
    a_round(game)
    game.objective()
    game.idle(50)

    assert gametimes(world) == []
    assert world.reports()[0]["files"] == []


def test_the_gametime_folder_can_be_chosen(lua, tmp_path):
    world = World(tmp_path, lua, settings=f"server_id = srv1\ngametime_dir = {tmp_path}/elsewhere\n", shell=True)
    game = world.new_game()
    a_round(game)
    game.objective()
    game.idle(50)

    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == world.reports()[0]["files"]
