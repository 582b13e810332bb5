"""When a round has a stats file, and that one costs no report."""

import pytest

from tests.contract.reporter_world import LUA_KINDS, World
from tests.contract.stats_file_world import SETTINGS, finish, first_round, make_world, stats_files

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


@pytest.fixture
def world(lua, tmp_path) -> World:
    return make_world(tmp_path, lua)


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
