"""Several targets, several instances: each spool has its own fate, and no one waits or pays for another."""

import json
from collections import Counter

import pytest

from tests.contract.reporter_delivering import (
    TOKEN,
    a_world,
    last_status,
    make_old,
    play_another,
    play_round,
    refused,
    set_age,
    settings_for,
    sweep,
    until,
    until_idle,
)
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS, PORT, START_UNIX, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
HEARTBEAT_GONE_SECONDS = 700
DAY_SECONDS = 86_400


def test_each_target_has_its_own_outcome(lua, service, tmp_path):
    """P6"""
    taking, refusing, down = service(Answer(201)), service(Answer(422)), service(Answer(503))
    world = a_world(tmp_path, lua, taking.url, refusing.url, down.url)
    play_round(world)
    until(lambda: not world.spooled() and refused(world, "second") and last_status(world, "third") == "503")

    assert (len(taking.got), len(refusing.got), len(down.got)) == (1, 1, 1)
    assert [len(world.spooled(target)) for target in ("main", "second", "third")] == [0, 0, 1]
    assert taking.got[0].body == refusing.got[0].body == world.spooled("third")[0].read_bytes()


def test_a_target_that_comes_back_gets_everything_and_the_others_nothing_again(lua, service, tmp_path):
    is_up = []
    taking, away = service(Answer(201)), service(lambda _request: Answer(201 if is_up else 503))
    world = a_world(tmp_path, lua, taking.url, away.url)
    game = play_round(world)
    for _ in range(2):
        play_another(game)
    until_idle(world)
    make_old(world, "second")
    is_up.append(True)
    sweep(world)

    assert world.spooled("second") == []
    assert Counter(request.body for request in taking.got).most_common(1)[0][1] == 1
    assert len(taking.got) == 3


def test_a_target_that_hangs_takes_no_time_from_the_others(lua, service, tmp_path):
    """The one that hangs is swept first by name."""
    is_up = []
    taking = service(lambda _request: Answer(201 if is_up else 503))
    hanging = service(lambda _request: Answer(201, wait_seconds=20.0 if is_up else 0.0) if is_up else Answer(503))
    world = a_world(tmp_path, lua, taking.url)
    world.write_settings(settings_for(taking.url) + f"url.a = {hanging.url}\ntoken_file.a = token\n")
    play_round(world)
    until_idle(world)
    make_old(world)
    make_old(world, "a")
    is_up.append(True)
    world.engine.console_command("round_reporter", "flush")

    until(lambda: not world.spooled(), seconds=10)
    assert len(world.spooled("a")) == 1


def test_a_copy_that_cannot_be_spooled_is_tried_again_alone(lua, service, tmp_path):
    taking, second = service(Answer(201)), service(Answer(201))
    world = a_world(tmp_path, lua, taking.url, second.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(30_000)
    (world.folder / "spool" / "second").rmdir()
    game.objective()
    game.idle(3_000)
    taking.wait_for(1)
    assert second.got == []
    (world.folder / "spool" / "second").mkdir()
    game.idle(2_000)
    second.wait_for(1)
    until_idle(world)

    assert [request.body for request in second.got] == [request.body for request in taking.got]
    assert world.console().count("spool not writable, report kept in memory") == 1


def test_a_target_whose_spool_is_full_costs_the_others_nothing(lua, service, tmp_path):
    taking, dead = service(Answer(201)), service(Answer(503))
    world = a_world(tmp_path, lua, taking.url, dead.url, more_settings="spool_max_files = 4\n")
    game = play_round(world)
    for _ in range(5):
        play_another(game)
        until_idle(world)

    assert len(taking.got) == 6
    assert world.spooled() == []
    assert [path.name.rsplit("-", 1)[1] for path in world.spooled("second")] == [f"{n}.json" for n in (1, 2, 3, 4)]
    assert [line.split()[0] for line in (world.folder / "overflow").read_text().splitlines()] == ["second", "second"]


def test_a_target_taken_out_of_the_settings_gets_nothing_more_and_loses_nothing(lua, service, tmp_path):
    is_up = []
    taking, former = service(Answer(201)), service(lambda _request: Answer(201 if is_up else 503))
    world = a_world(tmp_path, lua, taking.url, former.url)
    game = play_round(world)
    until_idle(world)
    world.write_settings(settings_for(taking.url))
    play_another(game)
    until_idle(world)
    tried = len(former.got)
    make_old(world, "second")
    is_up.append(True)
    sweep(world)

    assert len(former.got) == tried
    assert len(world.spooled("second")) == 1
    assert not (world.folder / "auth-second").exists()


# ----- several instances on one host ------------------------------------------------------------------------------------


def a_neighbour(home, lua, url: str) -> World:
    """Another server on the same host, playing."""
    moved = World(home, lua, settings=settings_for(url), shell=True, port=PORT + 1, start_unix=START_UNIX + 7)
    moved.folder = home / "legacy" / "round_reporter" / str(PORT + 1)
    moved.new_game().start_server("supply", 15)
    until_idle(moved)
    return moved


def a_stranded_report(home, lua, service) -> tuple[World, object]:
    """A server that spooled a report which nobody took, and the service, which would take it now."""
    is_up = []
    outage = service(lambda _request: Answer(201 if is_up else 503))
    gone = a_world(home, lua, outage.url)
    play_round(gone)
    until_idle(gone)
    make_old(gone)
    is_up.append(True)
    return gone, outage


@pytest.mark.parametrize("heartbeat_age_seconds", [HEARTBEAT_GONE_SECONDS, -DAY_SECONDS])
def test_a_neighbour_that_is_gone_is_swept(lua, heartbeat_age_seconds, service, tmp_path):
    """Also when its last heartbeat is from before the clock was set back."""
    gone, outage = a_stranded_report(tmp_path, lua, service)
    body = gone.spooled()[0].read_bytes()
    set_age(gone.folder / "state", heartbeat_age_seconds)
    a_neighbour(tmp_path, lua, outage.url)
    until(lambda: not gone.spooled())

    assert outage.got[-1].body == body
    assert json.loads(body)["instance"] == str(PORT)


def test_a_neighbour_that_has_lost_its_state_file_is_swept_too(lua, service, tmp_path):
    gone, outage = a_stranded_report(tmp_path, lua, service)
    (gone.folder / "state").unlink()
    set_age(gone.folder / "spool", HEARTBEAT_GONE_SECONDS)
    a_neighbour(tmp_path, lua, outage.url)
    until(lambda: not gone.spooled())


def test_a_neighbour_found_gone_in_the_middle_of_a_map_is_swept_within_a_minute(lua, service, tmp_path):
    gone, outage = a_stranded_report(tmp_path, lua, service)
    moved = World(tmp_path, lua, settings=settings_for(outage.url), shell=True, port=PORT + 1)
    game = moved.new_game()
    game.start_server("supply", 15)
    set_age(gone.folder / "state", HEARTBEAT_GONE_SECONDS)
    game.idle(61_000)

    until(lambda: not gone.spooled())


def test_a_neighbour_is_swept_with_its_own_address_and_token(lua, service, tmp_path):
    gone, outage = a_stranded_report(tmp_path, lua, service)
    own = service(Answer(201))
    set_age(gone.folder / "state", HEARTBEAT_GONE_SECONDS)
    a_neighbour(tmp_path, lua, own.url)
    until(lambda: not gone.spooled())

    assert own.got == []
    assert outage.got[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_neighbour_that_plays_is_left_alone(lua, service, tmp_path):
    playing, outage = a_stranded_report(tmp_path, lua, service)
    tried = len(outage.got)
    a_neighbour(tmp_path, lua, outage.url)

    assert len(playing.spooled()) == 1
    assert len(outage.got) == tried


def test_two_instances_report_side_by_side_each_from_its_own_folder(lua, service, tmp_path):
    """P39"""
    taking = service(Answer(201))
    first, second = a_world(tmp_path, lua, taking.url), a_neighbour(tmp_path, lua, taking.url)
    play_round(first)
    play_round(second)
    until_idle(first)
    until_idle(second)

    reports = [json.loads(request.body) for request in taking.got]
    assert sorted(report["instance"] for report in reports) == [str(PORT), str(PORT + 1)]
    assert len({report["event_id"] for report in reports}) == 2
    assert (first.spooled(), second.spooled()) == ([], [])
