"""From a folder to the service: where every file ends, whatever the service answers."""

import contextlib
import socket
import tempfile
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from game_server.shipper.checkpoint import Checkpoint
from game_server.shipper.clock import unix_now
from tests.contract.shipper.world import World, round_file
from tests.fakes.file_door import Fault, FileDoor

FIRST, SECOND, THIRD = map(round_file, (1, 2, 3))
SHA256_OF_OTHER_BYTES = "0" * 64


def answering(status: int, **fault):
    return lambda _upload: Fault(status, **fault)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_file_that_was_taken_is_not_sent_again(status, world):
    world.write(FIRST)
    world.door.choose = answering(status, body=b"")

    assert world.ship_once()
    assert world.ship_once()
    assert world.door.names == [FIRST]
    assert world.outcomes() == {FIRST: "taken"}


def test_the_bytes_come_whole_under_the_files_own_name(world):
    world.write(FIRST, b"host\\supply\\\xff\x00 words")
    world.ship_once()

    assert world.door.kept == [(FIRST, b"host\\supply\\\xff\x00 words")]


def test_what_was_not_understood_but_kept_is_taken_and_its_answer_remembered(world):
    world.write(FIRST)
    world.door.choose = answering(202, body=b'{"outcome":"quarantined"}')
    world.ship_once()

    assert world.entry(FIRST).answer == '{"outcome":"quarantined"}'
    assert f"uploaded file={FIRST} bytes=10 status=202 outcome=quarantined" in world.said


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_a_refusal_is_for_good_and_its_answer_is_kept(status, world):
    world.write(FIRST)
    world.door.choose = answering(status, body=b'{"code":"no"}')

    assert not world.ship_once()
    assert not world.ship_once()
    assert world.door.names == [FIRST]
    kept = world.entry(FIRST)
    assert (kept.outcome, kept.status, kept.answer) == ("refused", status, '{"code":"no"}')


@pytest.mark.parametrize("status", [0, 301, 304, 401, 403, 404, 408, 418, 500, 502, 503, 504])
def test_after_any_other_answer_the_file_is_sent_again_until_it_is_taken(status, world):
    world.write(FIRST)
    world.door.choose = answering(status)

    assert not world.ship_once()
    assert world.outcomes() == {FIRST: "waiting"}
    world.door.choose = lambda _upload: None
    world.make_due()
    assert world.ship_once()
    assert world.door.names == [FIRST, FIRST]


def test_an_answer_that_is_cut_off_confirms_nothing(world):
    world.write(FIRST)
    world.door.choose = answering(201, is_cut=True, is_kept=True)

    assert not world.ship_once()
    world.door.choose = lambda _upload: None
    world.make_due()
    assert world.ship_once()
    assert world.entry(FIRST).status == 200


def test_a_2xx_that_names_other_bytes_confirms_nothing(world):
    world.write(FIRST)
    world.door.choose = answering(200, body=f'{{"content_sha256":"{SHA256_OF_OTHER_BYTES}"}}'.encode())

    assert not world.ship_once()
    assert world.outcomes() == {FIRST: "waiting"}


def test_a_refusal_before_everything_was_sent_is_heard(world):
    world.write(FIRST, bytes(range(256)) * 100_000)
    world.door.early_status = 413
    world.ship_once()

    assert world.outcomes() == {FIRST: "refused"}


def test_a_service_that_never_answers_is_given_up(world):
    world.write(FIRST)
    world.door.choose = answering(201, wait_seconds=60)

    assert not world.ship_once(silence_seconds=0.2)
    assert world.outcomes() == {FIRST: "waiting"}


def test_an_endless_answer_is_not_read_to_its_end(world):
    world.write(FIRST)
    world.door.choose = answering(500, body=b"x" * 5_000_000)
    world.ship_once()

    assert len(world.entry(FIRST).answer) == 2000


def test_a_service_that_is_away_is_asked_once_and_not_once_a_file(world):
    for name in (FIRST, SECOND, THIRD):
        world.write(name)
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    assert not world.ship_once(url=url)
    assert world.outcomes() == {FIRST: "waiting"}


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".de", "."])
def test_an_address_that_can_be_none_is_nobody(host, world):
    world.write(FIRST)

    assert not world.ship_once(url=f"http://{host}")
    assert world.outcomes() == {FIRST: "waiting"}


@pytest.mark.parametrize("status", [401, 403, 404, 502, 503, 504])
def test_what_is_the_services_trouble_stops_all_files(status, world):
    for name in (FIRST, SECOND, THIRD):
        world.write(name)
    world.door.choose = answering(status)
    world.ship_once()

    assert world.door.names == [FIRST]


def test_a_service_that_asks_for_a_slower_pace_gets_it_without_a_word(world):
    for name in (FIRST, SECOND):
        world.write(name)
    too_fast = Fault(429, headers={"Retry-After": "1"})
    world.door.choose = lambda upload: too_fast if upload.number in {1, 3} else None

    assert world.ship_once()
    assert world.door.names == [FIRST, FIRST, SECOND, SECOND]
    assert [line.split()[1] for line in world.said.splitlines()] == ["uploaded", "uploaded"]


def test_a_service_that_asks_for_a_long_pause_is_left_alone(world):
    for name in (FIRST, SECOND):
        world.write(name)
    world.door.choose = answering(429, headers={"Retry-After": "11"})

    assert not world.ship_once()
    assert world.door.names == [FIRST]
    assert "not_taken" in world.said


@pytest.mark.parametrize("status", [0, 408, 500])
def test_a_file_that_the_service_stumbles_over_does_not_hold_up_the_others(status, world):
    for name in (FIRST, SECOND, THIRD):
        world.write(name)
    world.door.choose = lambda upload: Fault(status) if upload.name == FIRST else None
    world.ship_once()

    assert world.outcomes() == {FIRST: "waiting", SECOND: "taken", THIRD: "taken"}


faults = st.builds(
    Fault,
    status=st.sampled_from([0, 200, 201, 202, 301, 400, 401, 404, 408, 413, 422, 500, 502, 503]),
    body=st.sampled_from([b"", b"{}", b"not json", b'{"outcome":"quarantined"}', b"[" * 100_000]),
    is_cut=st.booleans(),
    is_kept=st.booleans(),
)


@given(told=st.lists(st.none() | faults, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_service_answers_first_every_file_is_taken_or_refused_in_the_end(told):
    with tempfile.TemporaryDirectory() as root, contextlib.closing(FileDoor()) as door:
        world, answers = World(Path(root), door), list(told)
        names = [FIRST, SECOND, THIRD]
        for name in names:
            world.write(name)
        given_answers = []

        def choose(upload):
            fault = answers.pop(0) if answers else None
            given_answers.append((upload.name, fault))
            return fault

        door.choose = choose
        for _ in range(len(told) + 2):
            world.ship_once()
            world.make_due()
        refused = {
            name for name, fault in given_answers if fault and not fault.is_cut and fault.status in (400, 413, 422)
        }
        accepted = {name for name, fault in given_answers if fault and not fault.is_cut and fault.status // 100 == 2}

        assert world.outcomes() == {name: "refused" if name in refused else "taken" for name in names}
        assert {name for name, _ in door.kept} >= set(names) - refused - accepted
        assert door.violations == []


def in_ten_minutes() -> str:
    return format_datetime(datetime.fromtimestamp(unix_now(), UTC) + timedelta(minutes=10), usegmt=True)


@pytest.mark.parametrize("retry_after", [lambda: "600", in_ten_minutes])
def test_the_wait_that_the_service_asks_for_outlives_a_restart(retry_after, world):
    world.write(FIRST)
    world.door.choose = answering(503, headers={"Retry-After": retry_after()})
    world.ship_once()
    world.door.choose = lambda _upload: None

    assert not world.ship_once()
    assert world.door.names == [FIRST]
    with Checkpoint(world.state_dir) as checkpoint:
        assert checkpoint.wait_until_unix() == pytest.approx(unix_now() + 600, abs=20)


def test_a_wait_that_is_over_is_over(world):
    world.write(FIRST)
    with Checkpoint(world.state_dir) as checkpoint:
        checkpoint.keep_wait(unix_now() - 1)

    assert world.ship_once()


def test_a_failing_file_waits_longer_each_time(world):
    world.write(FIRST)
    world.door.choose = answering(500)
    waits = []
    for _ in range(4):
        world.ship_once()
        entry = world.entry(FIRST)
        waits.append(round(entry.next_attempt_unix - entry.noted_unix))
        world.make_due()

    assert waits == [2, 4, 8, 16]
    assert world.entry(FIRST).attempts == 4


def test_a_new_token_needs_no_restart(world):
    world.write(FIRST)
    world.token_file.write_text("")
    world.ship_once()
    assert world.outcomes() == {FIRST: "waiting"}
    world.token_file.write_text("token-Of.This~Server_1234")

    assert world.ship_once()


def test_what_is_said_never_holds_the_token(world):
    world.write(FIRST)
    world.door.choose = answering(401)
    world.ship_once()

    assert "status=401" in world.said
    assert "token-Of" not in world.said
