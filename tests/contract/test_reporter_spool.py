"""Bounded spools and disks that take nothing: the oldest stay, the game goes on, and no count is lost."""

import json
import os
from operator import itemgetter

import pytest

from tests.contract.reporter_delivering import (
    a_world,
    counted,
    finish_round,
    make_old,
    play_another,
    play_round,
    sweep,
    until,
    until_idle,
    until_one_waits,
)
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS
from tests.contract.small_disk import small_disk

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
MIB = 1024 * 1024
DAY_SECONDS = 86_400


def down_then_up(service):
    """A service that answers 503 until something is put into the list."""
    is_up = []
    return service(lambda _request: Answer(201 if is_up else 503)), is_up


def sequences(world) -> list[int]:
    """Which of the instance's reports are in the spool."""
    return [report["sequence"] for report in world.reports()]


def finish_round_at_rest(world, game):
    """No sender counts what is in the spool while the round's end adds to it, which would be one too many for a while."""
    until_idle(world)
    finish_round(game)
    until_idle(world)


# ----- bounds -----------------------------------------------------------------------------------------------------------


def test_a_full_spool_keeps_the_oldest_names_the_others_and_tells_all_of_them_with_the_next_report(
    lua, service, tmp_path
):
    outage, is_up = down_then_up(service)
    world = a_world(tmp_path, lua, outage.url, more_settings="spool_max_files = 2\n")
    game = world.new_game()
    game.start_server("supply", 15)
    finish_round_at_rest(world, game)
    for _ in range(4):
        game.to_map("etl_ice", 12)
        finish_round_at_rest(world, game)
    assert sequences(world) == [1, 2]
    assert world.console().count("spool is full, report not kept for main: ") == 3
    overflow = (world.folder / "overflow").read_text().splitlines()
    make_old(world)
    is_up.append(True)
    sweep(world)
    play_another(game)
    until(lambda: not world.spooled())

    assert json.loads(outage.got[-1].body)["health"]["overflowed_reports"] == 3
    assert [line.rsplit("-", 1)[1] for line in overflow] == ["3.json", "4.json", "5.json"]
    assert all(line.startswith("main 17701") for line in overflow)


def test_a_spool_is_bounded_by_its_size_as_well(lua, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(503)).url, more_settings="spool_max_mib = 1\n")
    game = play_round(world)
    until_idle(world)
    (world.folder / "spool" / "main" / "0000000001-R1-finished-0.json").write_bytes(bytes(MIB - 20_000))
    sweep(world)
    for _ in range(6):
        play_another(game)
        until_idle(world)
    kept = sum(path.stat().st_size for path in (world.folder / "spool" / "main").iterdir())

    assert "spool is full" in world.console()
    assert MIB - 20_000 < kept <= MIB


def test_an_old_installation_whose_count_is_lost_is_not_taken_for_full(lua, service, tmp_path):
    """It has spooled more reports in its life than its spool holds."""
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url, more_settings="spool_max_files = 4\n")
    game = play_round(world)
    for _ in range(5):
        play_another(game)
        until_idle(world)
    (world.folder / "count").unlink()
    finish_round_without_counting(world, game)

    assert len(taking.wait_for(7)) == 7
    assert "spool is full" not in world.console()


def finish_round_without_counting(world, game) -> None:
    """The count stays lost until the report is kept."""
    game.to_map("supply", 15)
    game.warm_up(5_000)
    until_idle(world)
    (world.folder / "count").unlink(missing_ok=True)
    game.play_until(30_000)
    game.objective()


def test_reports_in_all_spools_are_counted_with_the_age_of_the_oldest(lua, service, tmp_path):
    down = service(Answer(503))
    world = a_world(tmp_path, lua, down.url, down.url)
    game = play_round(world)
    until_idle(world)
    size = world.spooled()[0].stat().st_size
    now = world.engine.unix
    os.utime(world.spooled("second")[0], (now - 500, now - 500))
    os.utime(world.spooled()[0], (now - 100, now - 100))
    sweep(world)
    play_another(game)
    health = world.reports()[-1]["health"]

    assert counted(world)["main"].split()[:2] == ["1", str(size)]
    assert (health["spool_files"], health["spool_bytes"]) == (2, 2 * size)
    assert 500 <= health["spool_oldest_age_seconds"] <= 600


# ----- disks that take nothing ------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path):
    """Below the folder of all instances."""
    folder = tmp_path / "legacy" / "round_reporter"
    folder.mkdir(parents=True)
    with small_disk(folder) as made:
        yield made


def test_a_full_disk_is_said_once_the_game_goes_on_and_the_report_leaves_when_there_is_room(
    lua, disk, service, tmp_path
):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    until_idle(world)  # a sender that ends gives room back
    disk.fill()
    game.play_until(60_000)
    game.objective()
    game.idle(5_000)
    assert taking.got == []
    disk.empty()
    game.idle(2_000)
    until(lambda: not world.spooled())

    report = json.loads(taking.wait_for(1)[0].body)
    assert (report["exit_kind"], len(report["players"])) == ("objective", 4)
    assert world.console().count("spool not writable, report kept in memory") == 1
    assert world.console().count("spool writable again") == 1
    assert "internal error" not in world.console()


def test_what_a_full_disk_cost_is_told_by_the_first_report_that_is_kept(lua, disk, service, tmp_path):
    """The lost report, and what the lost report would have told."""
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    world.engine.run_lua("clock = package.loaded['round_reporter.clock'] tick = clock.tick clock.tick = error")
    game.play_until(20_000)
    world.engine.run_lua("clock.tick = tick")
    game.play_until(30_000)
    until_idle(world)  # a sender that ends gives room back
    disk.fill()
    game.play_until(60_000)
    game.objective()
    game.to_map("etl_ice", 12)
    disk.empty()
    finish_round(game)
    until(lambda: not world.spooled())

    first = min((json.loads(request.body) for request in taking.got), key=itemgetter("sequence"))
    assert first["health"]["lost_reports"] == 1
    assert first["health"]["internal_errors"] > 100
    assert world.console().count("reports lost: 1") == 1


def test_a_report_that_lua_restart_takes_from_memory_is_counted(lua, disk, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    until_idle(world)  # a sender that ends gives room back
    disk.fill()
    game.objective()
    game.lua_restart()
    disk.empty()
    game.to_map("etl_ice", 12)
    finish_round(game)
    until(lambda: not world.spooled())

    assert sum(json.loads(request.body)["health"]["lost_reports"] for request in taking.got) == 1


def test_a_full_disk_does_not_keep_the_spool_from_being_emptied(lua, disk, service, tmp_path):
    """Else a disk that the spool itself has filled would stay full for ever."""
    outage, is_up = down_then_up(service)
    world = a_world(tmp_path, lua, outage.url)
    game = play_round(world)
    play_another(game)
    until_idle(world)
    make_old(world)
    bodies = [path.read_bytes() for path in world.spooled()]
    tried = len(outage.got)
    until_idle(world)  # a sender that ends gives room back
    disk.fill()
    is_up.append(True)
    sweep(world)

    assert world.spooled() == []
    assert [request.body for request in outage.got[tried:]] == bodies


def test_a_full_disk_never_makes_a_half_count(lua, disk, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(503)).url)
    play_round(world)
    until_idle(world)
    before = counted(world)
    until_idle(world)  # a sender that ends gives room back
    disk.fill()
    sweep(world)

    assert counted(world) == before


def test_a_read_only_folder_is_said_once_and_the_report_leaves_when_it_is_writable_again(lua, disk, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    until_one_waits(world)  # a bell that was replaced is no longer held: nothing keeps the disk from being remounted
    disk.make_read_only(world.folder / "tmp")
    game.play_until(60_000)
    game.objective()
    game.idle(3_000)
    assert taking.got == []
    disk.make_writable(world.folder / "tmp")
    game.idle(2_000)
    until(lambda: not world.spooled())

    assert len(taking.wait_for(1)) == 1
    assert world.console().count("spool not writable, report kept in memory") == 1


def test_a_server_that_starts_on_a_read_only_folder_says_so_and_plays(lua, disk, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.new_game().start_server("supply", 15)
    until_idle(world)
    world.engine.drop_vm()
    disk.make_read_only(world.folder / "tmp")
    world.new_engine()
    game = play_round(world)
    game.idle(3_000)

    assert "spool not writable, report kept in memory" in world.console()
    assert world.console().count("round_reporter: ") < 40
    disk.make_writable(world.folder / "tmp")


def test_a_spool_somebody_took_away_in_play_is_made_again_before_a_report_is_lost(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    (world.folder / "spool" / "main").rmdir()
    game.objective()
    game.idle(3_000)
    game.to_map("etl_ice", 12)
    until(lambda: len(taking.got) == 1)

    assert "reports lost" not in world.console()
    until_idle(world)
    play_another(game)
    assert json.loads(taking.wait_for(2)[1].body)["health"]["lost_reports"] == 0


# ----- the clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift_seconds", [-DAY_SECONDS, DAY_SECONDS])
def test_a_clock_that_is_set_in_the_middle_of_a_round_costs_no_report(lua, shift_seconds, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    world.engine.start_unix += shift_seconds
    game.play_until(60_000)
    game.objective()
    game.idle(3_000)
    until(lambda: not world.spooled())

    report = json.loads(taking.wait_for(1)[0].body)
    assert (report["elapsed_ms"], report["clock_stepped"]) == (60_000, True)
    assert "internal error" not in world.console()
