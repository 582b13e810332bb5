"""Whatever a service answers: where the report's file ends, and that its bytes are those that were sent."""

import json
import socket
import time
from email.utils import formatdate

import pytest

from tests.contract.reporter_delivering import (
    TOKEN,
    a_world,
    last_status,
    make_old,
    play_another,
    play_round,
    put_before_path,
    refused,
    sweep,
    until,
)
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
NOT_HTTP = (
    b"\x00\xff garbage",
    b"200 OK\r\n\r\n",
    b"SSH-2.0-x\r\n",
    b"HTTP/9.9 200 OK\r\n\r\n",
    bytes(range(256)) * 300,
)
CUT = (b"HTTP/1.1 2", b"HTTP/1.1 200", b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_2xx_removes_the_file(lua, status, service, tmp_path):
    taking = service(Answer(status))
    world = a_world(tmp_path, lua, taking.url)
    play_round(world)
    until(lambda: not world.spooled())

    request = taking.wait_for(1)[0]
    assert request.path == "/v1/rounds"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body)["exit_kind"] == "objective"


def test_a_2xx_counts_although_the_answer_is_cut_after_its_status(lua, service, tmp_path):
    """The service answers only when the report is durable; what it says besides is not needed."""
    taking = service(Answer(0, raw=b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"))
    world = a_world(tmp_path, lua, taking.url)
    play_round(world)
    until(lambda: not world.spooled())

    assert refused(world) == []


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_a_refusal_moves_the_file_aside_unchanged_with_the_answer(lua, status, service, tmp_path):
    taking = service(Answer(status, body=b'{"code":"no"}'))
    world = a_world(tmp_path, lua, taking.url)
    play_round(world)
    until(lambda: refused(world) and not world.spooled())

    path = refused(world)[0]
    assert path.read_bytes() == taking.got[0].body
    answer = path.with_name(path.name + ".answer").read_text()
    assert str(status) in answer.splitlines()[0]
    assert '{"code":"no"}' in answer


@pytest.mark.parametrize("status", [301, 302, 307, 401, 402, 403, 404, 408, 418, 429, 500, 502, 503, 504])
def test_everything_else_stays_in_the_spool_unchanged(lua, status, service, tmp_path):
    other = service(Answer(201))
    refusing = service(Answer(status, headers={"Location": f"{other.url}/v1/rounds"}))
    world = a_world(tmp_path, lua, refusing.url)
    play_round(world)
    until(lambda: last_status(world) is not None)

    assert last_status(world) == f"{status:03}"
    assert [path.read_bytes() for path in world.spooled()] == [refusing.got[0].body]
    assert refused(world) == []
    assert other.got == []


@pytest.mark.parametrize("raw", [b"", *CUT, *NOT_HTTP])
def test_what_is_no_answer_leaves_the_file_in_the_spool_unchanged(lua, raw, service, tmp_path):
    strange = service(Answer(0, raw=raw))
    world = a_world(tmp_path, lua, strange.url)
    play_round(world)
    until(lambda: last_status(world) is not None)

    assert last_status(world) in {"000", "100"}
    assert [path.read_bytes() for path in world.spooled()] == [strange.got[0].body]
    assert refused(world) == []


def test_a_service_that_hangs_is_left_in_bounded_time_and_the_file_stays(lua, service, tmp_path, monkeypatch):
    put_before_path(
        monkeypatch, tmp_path / "bin", "curl",
        'PATH=${PATH#*:}; for word; do shift; [ "$word" != 30 ] || word=1; set -- "$@" "$word"; done; exec curl "$@"\n',
    )  # fmt: skip
    hanging = service(Answer(201, wait_seconds=60.0))
    world = a_world(tmp_path, lua, hanging.url)
    play_round(world)
    until(lambda: last_status(world) is not None)

    assert last_status(world) == "000"
    assert [path.read_bytes() for path in world.spooled()] == [hanging.got[0].body]


def test_a_refused_connection_stays_in_the_spool_and_is_said(lua, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    world = a_world(tmp_path, lua, f"http://127.0.0.1:{port}/v1/rounds")
    game = play_round(world)
    until(lambda: last_status(world) == "000")
    game.idle(2_000)

    assert len(world.spooled()) == 1
    assert "Webhook send failed" in world.console()


def test_an_answer_is_said_on_the_console(lua, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(201)).url)
    game = play_round(world)
    until(lambda: not world.spooled())
    game.idle(2_000)

    assert "Sending webhook" in world.console()
    assert "Sent round notification" in world.console()


# ----- Retry-After ------------------------------------------------------------------------------------------------------


def in_seconds(seconds: int) -> str:
    """A moment as HTTP writes it."""
    return formatdate(time.time() + seconds, usegmt=True)  # noqa: TID251 - a real moment, for a real clock


@pytest.mark.parametrize(
    ("status", "told", "least", "most"),
    [
        (429, "600", 590, 600),
        (503, "600", 590, 600),
        (429, "0090", 80, 90),
        (429, "in_ten_minutes", 590, 600),
        (503, "in_ten_minutes", 590, 600),
        (429, "86400", 3590, 3600),
        (429, "99999999999999999999", 3590, 3600),
        (429, "tomorrow", 3590, 3600),
        (429, "soon, we hope", 50, 60),
    ],
)
def test_retry_after_is_kept_in_seconds_and_as_a_date_up_to_an_hour(lua, status, told, least, most, service, tmp_path):
    value = {"in_ten_minutes": in_seconds(600), "tomorrow": in_seconds(86_400)}.get(told, told)
    world = a_world(tmp_path, lua, service(Answer(status, headers={"retry-AFTER": value})).url)
    play_round(world)
    until((world.folder / "wait-main").exists)

    left = int((world.folder / "wait-main").read_text()) - time.time()  # noqa: TID251 - against the real clock
    assert least - 20 <= left <= most


def test_retry_after_is_respected_by_the_next_send_and_by_sweeps(lua, service, tmp_path):
    busy = service(Answer(429, headers={"Retry-After": "600"}))
    world = a_world(tmp_path, lua, busy.url)
    game = play_round(world)
    until((world.folder / "wait-main").exists)
    make_old(world)
    sweep(world)
    play_another(game)
    sweep(world)

    assert len(busy.got) == 1
    assert len(world.spooled()) == 2


@pytest.mark.parametrize("left_seconds", [-1, 7_200])
def test_a_wait_that_is_over_or_longer_than_any_agreed_to_holds_nothing_up(lua, left_seconds, service, tmp_path):
    """Longer: the clock was set back meanwhile."""
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.folder.mkdir(parents=True)
    until_unix = int(time.time()) + left_seconds  # noqa: TID251 - against the real clock
    (world.folder / "wait-main").write_text(f"{until_unix}\n")
    play_round(world)
    until(lambda: not world.spooled())


def test_a_busy_service_is_asked_again_when_its_time_has_come_and_gets_everything(lua, service, tmp_path):
    answers = [Answer(429, headers={"Retry-After": "1"})]
    busy = service(lambda _request: answers.pop() if answers else Answer(201))
    world = a_world(tmp_path, lua, busy.url)
    play_round(world)
    until((world.folder / "wait-main").exists)
    make_old(world)
    time.sleep(1.1)
    sweep(world)

    assert world.spooled() == []
    assert busy.got[0].body == busy.got[1].body
