"""What was not taken at once leaves later, oldest first and with the same bytes, one sweep at a time."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.contract.reporter_delivering import (
    OLD_SECONDS,
    a_world,
    is_sweeping,
    last_status,
    make_old,
    play_another,
    play_round,
    put_before_path,
    set_age,
    sweep,
    until,
    until_idle,
)
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS, START_UNIX

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
DAY_SECONDS = 86_400


def down_then_up(service):
    """A service that answers 503 until something is put into the list."""
    is_up = []
    return service(lambda _request: Answer(201 if is_up else 503)), is_up


def a_world_with_waiting(home, lua, url, count: int = 1):
    """A host with so many old reports in the spool, the first of them made by the reporter, the others its copies."""
    world = a_world(home, lua, url)
    play_round(world)
    until_idle(world)
    first = world.spooled()[0]
    for number in range(2, count + 1):
        body = first.read_bytes().replace(b'"sequence":1,', b'"sequence":%d,' % number)
        name = f"{int(first.name[:10]) + number:010}-R1-finished-{number}.json"
        (first.parent / name).write_bytes(body)
    make_old(world)
    return world


def test_a_sweep_sends_the_same_bytes_again_and_spares_what_is_young(lua, service, tmp_path):
    answers = [Answer(500), Answer(201)]
    flaky = service(lambda _request: answers.pop(0))
    world = a_world(tmp_path, lua, flaky.url)
    play_round(world)
    until(lambda: last_status(world) == "500")
    sweep(world)
    assert len(flaky.got) == 1
    make_old(world)
    sweep(world)

    assert world.spooled() == []
    assert flaky.got[0].body == flaky.got[1].body


def test_an_outage_is_swept_oldest_first_in_one_go(lua, service, tmp_path):
    outage, is_up = down_then_up(service)
    world = a_world(tmp_path, lua, outage.url)
    game = play_round(world)
    for _ in range(3):
        play_another(game)
    until_idle(world)
    tried = len(outage.got)
    make_old(world)
    names, bodies = zip(*((path.name, path.read_bytes()) for path in world.spooled()), strict=True)
    is_up.append(True)
    sweep(world)

    assert list(names) == sorted(names)
    assert [request.body for request in outage.got[tried:]] == list(bodies)
    assert world.spooled() == []


def test_each_minute_brings_a_sweep(lua, service, tmp_path):
    outage, is_up = down_then_up(service)
    world = a_world(tmp_path, lua, outage.url)
    game = play_round(world)
    until_idle(world)
    make_old(world)
    is_up.append(True)
    game.idle(61_000)

    until(lambda: not world.spooled())


@pytest.mark.parametrize("poisoned", [1, 5, 12])
def test_reports_the_service_chokes_on_do_not_hold_up_the_others(lua, poisoned, service, tmp_path):
    """However many of them are the oldest."""
    bad = tuple(b'"sequence":%d,' % number for number in range(1, poisoned + 1))
    choking = service(lambda request: Answer(500 if any(mark in request.body for mark in bad) else 201))
    world = a_world_with_waiting(tmp_path, lua, choking.url, poisoned + 3)
    for _ in range(4):
        sweep(world)

    assert [path.name.rsplit("-", 1)[1] for path in world.spooled()] == [f"{n}.json" for n in range(1, poisoned + 1)]


def test_a_service_that_only_fails_is_asked_a_few_times_a_sweep_and_after_that_gets_the_oldest_first(
    lua, service, tmp_path
):
    is_up = []
    failing = service(lambda _request: Answer(201 if is_up else 500))
    world = a_world_with_waiting(tmp_path, lua, failing.url, 20)
    bodies = [path.read_bytes() for path in world.spooled()]
    tried = len(failing.got)
    sweep(world)
    sweep(world)
    asked = len(failing.got) - tried
    is_up.append(True)
    sweep(world)

    assert asked == 10
    assert [request.body for request in failing.got[tried + asked :]] == bodies


@pytest.mark.parametrize("status", [0, 401, 403, 404, 429, 503])
def test_a_service_that_is_away_or_will_not_have_us_ends_the_sweep_at_once(lua, status, service, tmp_path):
    away = service(Answer(status))
    world = a_world_with_waiting(tmp_path, lua, away.url, 5)
    tried = len(away.got)
    sweep(world)

    assert len(away.got) == tried + 1


# ----- time -------------------------------------------------------------------------------------------------------------


def test_a_sweep_ends_in_bounded_time_and_the_next_one_goes_on_with_the_oldest(lua, service, tmp_path, monkeypatch):
    """A clock that moves a second at each look: 55 looks, and the sweep is over."""
    outage, is_up = down_then_up(service)
    world = a_world_with_waiting(tmp_path, lua, outage.url, 70)
    bodies = [path.read_bytes() for path in world.spooled()]
    tried = len(outage.got)
    is_up.append(True)
    (tmp_path / "seconds").write_text(f"{int(time.time())}\n")  # noqa: TID251 - the real clock goes on from here
    count_up = f'read -r now <"{tmp_path}/seconds"; echo $((now + 1)) | tee "{tmp_path}/seconds"\n'
    put_before_path(monkeypatch, tmp_path / "bin", "date", count_up)
    sweep(world)
    in_first = len(outage.got) - tried
    sweep(world)

    assert 40 <= in_first <= 55
    assert [request.body for request in outage.got[tried:]] == bodies


def test_reports_from_the_future_leave_too(lua, service, tmp_path):
    """The clock was set back after they were written."""
    outage, is_up = down_then_up(service)
    world = a_world_with_waiting(tmp_path, lua, outage.url)
    set_age(world.spooled()[0], -3 * DAY_SECONDS)
    is_up.append(True)
    sweep(world)

    assert world.spooled() == []


# ----- the lock ---------------------------------------------------------------------------------------------------------


def test_a_lock_left_by_a_killed_sweep_is_taken_over_when_it_is_stale(lua, service, tmp_path):
    outage, is_up = down_then_up(service)
    world = a_world_with_waiting(tmp_path, lua, outage.url)
    is_up.append(True)
    lock = world.folder / "sweep.lock"
    lock.mkdir()
    set_age(lock, 110)
    sweep(world)
    assert len(world.spooled()) == 1
    set_age(lock, 130)
    sweep(world)

    assert world.spooled() == []
    assert not is_sweeping(world)


def test_a_lock_from_the_future_becomes_stale_like_any_other(lua, service, tmp_path):
    outage, is_up = down_then_up(service)
    world = a_world_with_waiting(tmp_path, lua, outage.url)
    is_up.append(True)
    lock = world.folder / "sweep.lock"
    lock.mkdir()
    set_age(lock, -3 * DAY_SECONDS)
    sweep(world)

    assert len(world.spooled()) == 1
    assert lock.stat().st_mtime <= time.time()  # noqa: TID251 - against the real clock


@pytest.mark.parametrize("lock_age_seconds", [None, 130])
def test_of_many_sweeps_at_once_one_is_at_work(lua, lock_age_seconds, service, tmp_path):
    is_up = []
    slow = service(lambda _request: Answer(201, wait_seconds=0.3) if is_up else Answer(503))
    world = a_world_with_waiting(tmp_path, lua, slow.url, 3)
    tried = len(slow.got)
    is_up.append(True)
    if lock_age_seconds is not None:
        (world.folder / "sweep.lock").mkdir()
        set_age(world.folder / "sweep.lock", lock_age_seconds)
    command = ["sh", f"{world.folder}/sender.sh", "sweep", str(world.folder), "1", "main"]
    together = [subprocess.Popen(command) for _ in range(8)]
    for process in together:
        process.wait(30)

    assert len(slow.got) == tried + 3
    assert world.spooled() == []


# ----- killed -----------------------------------------------------------------------------------------------------------


def test_a_report_that_another_sender_has_seen_to_meanwhile_is_not_sent_as_nothing(lua, service, tmp_path):
    taking = service(lambda _request: Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    play_round(world)
    until_idle(world)
    status = last_status(world)
    command = ["sh", f"{world.folder}/sender.sh", "upload", str(world.folder), "main", "gone.json", "1"]
    subprocess.run(command, check=True)
    assert len(taking.got) == 1
    assert last_status(world) == status


def test_a_killed_sender_leaves_the_report_for_the_next_sweep(lua, service, tmp_path):
    """The shell and its curl die in the middle of an upload."""
    answers = [Answer(0, wait_seconds=30.0), Answer(201)]
    hanging = service(lambda _request: answers.pop(0))
    world = a_world(tmp_path, lua, hanging.url)
    play_round(world)
    hanging.wait_for(1)
    _kill_senders(world)
    make_old(world)
    sweep(world)

    assert world.spooled() == []
    assert hanging.got[0].body == hanging.got[1].body


def test_a_killed_sweep_leaves_the_reports_for_the_one_after_its_lock_is_stale(lua, service, tmp_path):
    answers = [Answer(503), Answer(201), Answer(0, wait_seconds=30.0)]
    hanging = service(lambda _request: answers.pop(0) if answers else Answer(201))
    world = a_world_with_waiting(tmp_path, lua, hanging.url, 3)
    world.engine.console_command("round_reporter", "flush")
    hanging.wait_for(3)
    _kill_senders(world)
    set_age(world.folder / "sweep.lock", 130)
    sweep(world)

    assert world.spooled() == []


def _kill_senders(world) -> None:
    """kill -9 to every process a sender of this instance is made of, each known by the instance's folder."""
    for process in (world.folder / "tmp").glob("answer-*"):
        shell = int(process.suffix[1:])
        for one in (shell, *_children(shell)):  # the shell first: it would go on when its curl is gone
            with suppress(ProcessLookupError):
                os.kill(one, 9)
    until_idle(world)


def _children(process_id: int) -> list[int]:
    found = [int(word) for word in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]
    return [deeper for child in found for deeper in _children(child)] + found


def test_after_a_reboot_what_was_spooled_before_leaves_with_the_same_bytes(lua, service, tmp_path):
    outage, is_up = down_then_up(service)
    world = a_world_with_waiting(tmp_path, lua, outage.url, 3)
    bodies = [path.read_bytes() for path in world.spooled()]
    tried = len(outage.got)
    (world.folder / "sweep.lock").mkdir()
    set_age(world.folder / "sweep.lock", OLD_SECONDS + 60)
    is_up.append(True)
    world.engine.drop_vm()
    world.new_engine(start_unix=START_UNIX + 3_600)
    world.new_game().start_server("supply", 15)
    until(lambda: not world.spooled())

    assert [request.body for request in outage.got[tried:]] == bodies


def test_a_report_beside_the_spool_outlives_any_number_of_sweeps(lua, service, tmp_path):
    """Its server died between writing and moving it; it is moved when that server starts again, however late."""
    world = a_world_with_waiting(tmp_path, lua, service(Answer(503)).url)
    pending, rubbish = world.folder / "tmp" / "main.1-R1-finished-9.json", world.folder / "tmp" / "answer-main.123"
    for path in (pending, rubbish):
        path.write_text("{}")
        set_age(path, 3 * DAY_SECONDS)
    sweep(world)

    assert pending.exists()
    assert not rubbish.exists()
