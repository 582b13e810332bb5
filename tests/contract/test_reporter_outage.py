"""Days without a service and ten thousand reports: nothing is lost, no frame waits, and it all leaves in its order."""

import json
import os
import subprocess
import time
from pathlib import Path

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
)
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
ROUNDS, HOURS_BETWEEN, HOUR_SECONDS = 7, 12, 3_600
MANY = 10_000
MOST_MEMORY_KIB = 64 * 1024  # of address space, for each of a sweep's processes
MOST_FRAME_SECONDS = 1.0  # of a machine that does other things as well; a frame that waited would take two


def fill_spool(world, count: int) -> list[bytes]:
    """So many old reports beside the one that is there, each a small JSON document; in their order."""
    (first,) = world.spooled()
    start, bodies = int(first.name[:10]), []
    for number in range(2, count + 1):
        bodies.append(b'{"sequence":%d}' % number)
        path = first.with_name(f"{start + number:010}-R1-finished-{number}.json")
        path.write_bytes(bodies[-1])
    make_old(world)
    return [first.read_bytes(), *bodies]


def a_full_house(home, lua, service, *, then: Answer):
    """A host with ten thousand reports in its spool, a service that has changed since, and the game that goes on."""
    answers = [Answer(503)]
    changing = service(lambda _request: answers[0])
    world = a_world(home, lua, changing.url)
    game = play_round(world)
    until_idle(world)
    bodies = fill_spool(world, MANY)
    answers[0] = then
    return world, game, changing, bodies


def test_what_three_days_of_outage_left_leaves_oldest_first_with_the_bytes_it_had(lua, service, tmp_path):
    is_up = []
    outage = service(lambda _request: Answer(201 if is_up else 503))
    world = a_world(tmp_path, lua, outage.url)
    game = play_round(world)
    for number in range(ROUNDS):
        until_idle(world)
        os.utime(world.spooled()[-1], (world.engine.unix,) * 2)
        if number + 1 < ROUNDS:
            world.engine.start_unix += HOURS_BETWEEN * HOUR_SECONDS
            play_another(game)
    bodies = [path.read_bytes() for path in world.spooled()]
    tried = len(outage.got)
    is_up.append(True)
    sweep(world)

    assert len(bodies) == ROUNDS
    assert [request.body for request in outage.got[tried:]] == bodies
    assert world.spooled() == []
    age = json.loads(bodies[-1])["health"]["spool_oldest_age_seconds"]
    assert age >= (ROUNDS - 1) * HOURS_BETWEEN * HOUR_SECONDS


def test_no_frame_waits_for_a_sweep_of_ten_thousand_reports(lua, service, tmp_path):
    world, game, hanging, _ = a_full_house(tmp_path, lua, service, then=Answer(201, wait_seconds=2.0))
    tried, slowest = len(hanging.got), 0.0
    for _ in range(61 * 20):
        began = time.monotonic()
        game.idle(50)
        slowest = max(slowest, time.monotonic() - began)
    hanging.wait_for(tried + 1)

    assert slowest < MOST_FRAME_SECONDS
    assert b"sweep" in _command_line_of(world)


def _command_line_of(world) -> bytes:
    """A sender's, while it is at work."""
    (process, *_) = list((world.folder / "tmp").glob("answer-*"))
    return Path(f"/proc/{process.suffix[1:]}/cmdline").read_bytes()


def test_a_sweep_of_ten_thousand_reports_needs_little_memory_and_counts_them(lua, service, tmp_path):
    world, _, taking, bodies = a_full_house(tmp_path, lua, service, then=Answer(503))
    tried, script = len(taking.got), f"{world.folder}/sender.sh"
    bounded = f'ulimit -v {MOST_MEMORY_KIB}; exec sh "$0" "$@"'
    subprocess.run(["sh", "-c", bounded, script, "sweep", str(world.folder), "1", "main"], check=True)

    assert len(taking.got) == tried + 1
    assert counted(world)["main"].split()[:2] == [str(MANY), str(sum(map(len, bodies)))]


def test_the_ten_thousand_and_first_report_is_named_and_counted_and_the_oldest_stay(lua, service, tmp_path):
    world, game, _, bodies = a_full_house(tmp_path, lua, service, then=Answer(503))
    sweep(world)
    game.to_map("etl_ice", 12)
    finish_round(game)
    until_idle(world)

    assert [path.read_bytes() for path in world.spooled()] == bodies
    assert "spool is full, report not kept for main: " in world.console()
    assert len((world.folder / "overflow").read_text().splitlines()) == 1


def test_ten_thousand_reports_begin_to_leave_with_the_oldest(lua, service, tmp_path):
    world, _, taking, bodies = a_full_house(tmp_path, lua, service, then=Answer(201))
    tried = len(taking.got)
    world.engine.console_command("round_reporter", "flush")
    until(lambda: len(taking.got) >= tried + 30)

    assert [request.body for request in taking.got[tried : tried + 30]] == bodies[:30]
