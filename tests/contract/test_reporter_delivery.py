"""From the spool to the service with real curl: where every file ends, and what never shows on the way."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contract.reporter_service import Answer, ScriptedService
from tests.contract.reporter_world import LUA_KINDS, PORT, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
TOKEN = "token-Of.This~Server_1234"
OLD_SECONDS = 100


@pytest.fixture
def service():
    made = []

    def make(choose):
        service = ScriptedService(choose if callable(choose) else lambda _request: choose)
        made.append(service)
        return service

    yield make
    for each in made:
        each.close()


def a_world(folder: Path, lua: str, *urls: str, **options) -> World:
    """Main target first; further ones are called second, third."""
    (folder / "legacy").mkdir(parents=True, exist_ok=True)
    (folder / "legacy" / "token").write_text(TOKEN + "\n")
    lines = ["server_id = srv1", f"url = {urls[0]}", "token_file = token"]
    for name, url in zip(("second", "third"), urls[1:], strict=False):
        lines += [f"url.{name} = {url}", f"token_file.{name} = token"]
    return World(folder, lua, settings="\n".join(lines) + "\n", shell=True, **options)


def play_round(world: World):
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    game.objective()
    return game


def until(true, seconds: float = 30.0) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "did not happen in time"
        time.sleep(0.01)


def until_counted(world: World, spooled: int) -> None:
    """Of two senders at work the older may write its count last; the next sweep puts that right."""

    def is_counted() -> bool:
        sweep(world)
        time.sleep(0.2)
        return counted(world).get("seen") == spooled

    until(is_counted)


def last_status(world: World, target: str = "main") -> str | None:
    path = world.folder / f"last-{target}"
    return path.read_text().split()[1] if path.exists() else None


def refused(world: World, target: str = "main") -> list[Path]:
    return sorted((world.folder / "refused" / target).glob("*.json"))


def make_old(world: World) -> None:
    for path in world.spooled():
        os.utime(path, (time.time() - OLD_SECONDS,) * 2)  # noqa: TID251 - the file's real age is what counts


def sweep(world: World) -> None:
    world.engine.console_command("round_reporter", "flush")


def counted(world: World) -> dict[str, int]:
    path = world.folder / "count"
    return {k: int(v) for k, v in (line.split("=") for line in path.read_text().split())} if path.exists() else {}


# ----- answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202])
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


@pytest.mark.parametrize("status", [301, 401, 403, 404, 408, 429, 500, 502, 503, 0])
def test_everything_else_stays_in_the_spool_unchanged(lua, status, service, tmp_path):
    refusing = service(Answer(status))
    world = a_world(tmp_path, lua, refusing.url)
    play_round(world)
    until(lambda: last_status(world) is not None)

    assert last_status(world) == f"{status:03}"
    assert [path.read_bytes() for path in world.spooled()] == [refusing.got[0].body]
    assert refused(world) == []


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


# ----- sweeps -----------------------------------------------------------------------------------------------------------


def test_a_sweep_sends_the_same_bytes_again_and_spares_what_is_young(lua, service, tmp_path):
    answers = [Answer(500), Answer(201)]
    flaky = service(lambda _request: answers.pop(0))
    world = a_world(tmp_path, lua, flaky.url)
    play_round(world)
    until(lambda: last_status(world) == "500")
    sweep(world)
    until(lambda: not (world.folder / "sweep.lock").exists() and counted(world).get("files") == 1)
    assert len(flaky.got) == 1
    make_old(world)
    sweep(world)
    until(lambda: not world.spooled())

    assert flaky.got[0].body == flaky.got[1].body


def test_retry_after_is_respected_by_the_next_send_and_by_sweeps(lua, service, tmp_path):
    busy = service(Answer(429, headers={"Retry-After": "600"}))
    world = a_world(tmp_path, lua, busy.url)
    game = play_round(world)
    until((world.folder / "wait-main").exists)
    make_old(world)
    sweep(world)
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(30_000)
    game.objective()
    until_counted(world, 2)

    assert len(busy.got) == 1
    assert len(world.spooled()) == 2


def test_a_wait_that_is_over_is_over(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.folder.mkdir(parents=True)
    (world.folder / "wait-main").write_text(f"{int(time.time()) - 1}\n")  # noqa: TID251 - a real moment, just gone
    play_round(world)
    until(lambda: not world.spooled())


def test_an_outage_is_swept_oldest_first_in_one_go(lua, service, tmp_path):
    open_again = []
    outage = service(lambda _request: Answer(201 if open_again else 503))
    world = a_world(tmp_path, lua, outage.url)
    game = play_round(world)
    for _ in range(3):
        game.to_map("etl_ice", 12)
        game.warm_up(5_000)
        game.play_until(30_000)
        game.objective()
    until(lambda: len(outage.got) == 4)
    until(lambda: counted(world).get("seen") == 4)
    open_again.append(True)
    (world.folder / "wait-main").unlink(missing_ok=True)
    make_old(world)
    names = [path.name for path in world.spooled()]
    bodies = [path.read_bytes() for path in world.spooled()]
    sweep(world)
    until(lambda: not world.spooled())

    assert names == sorted(names)
    assert [request.body for request in outage.got[4:]] == bodies


def test_one_poisoned_report_does_not_hold_up_the_others(lua, service, tmp_path):
    poisoned = service(lambda request: Answer(500 if b'"sequence":1,' in request.body else 201))
    world = a_world(tmp_path, lua, poisoned.url)
    play_round(world)
    until(lambda: last_status(world) == "500")
    first = world.spooled()[0]
    for number in (2, 3):
        body = first.read_bytes().replace(b'"sequence":1,', b'"sequence":%d,' % number)
        (first.parent / first.name.replace("-1.json", f"-{number}.json")).write_bytes(body)
    make_old(world)
    sweep(world)
    until(lambda: len(world.spooled()) == 1)

    assert world.spooled() == [first]


def test_a_lock_left_by_a_killed_sweep_is_broken_when_stale(lua, service, tmp_path):
    answers = [Answer(500), Answer(201)]
    flaky = service(lambda _request: answers.pop(0))
    world = a_world(tmp_path, lua, flaky.url)
    play_round(world)
    until(lambda: last_status(world) == "500")
    make_old(world)
    lock = world.folder / "sweep.lock"
    until(lambda: not lock.exists())
    lock.mkdir()
    sweep(world)
    time.sleep(0.5)
    assert len(flaky.got) == 1
    os.utime(lock, (time.time() - 200,) * 2)  # noqa: TID251 - the lock's real age is what counts
    sweep(world)
    until(lambda: not world.spooled() and not lock.exists())


def test_a_neighbour_that_is_gone_is_swept_with_its_own_address(lua, service, tmp_path):
    taking = service(Answer(201))
    gone = a_world(tmp_path, lua, "http://127.0.0.1:1")
    play_round(gone)
    until(lambda: last_status(gone) == "000" and counted(gone).get("seen") == 1)
    make_old(gone)
    (gone.folder / "targets" / "main").write_text(f"{taking.url}\n{tmp_path}/legacy/token\n")
    os.utime(gone.folder / "state", (time.time() - 700,) * 2)  # noqa: TID251 - the heartbeat's real age
    moved = World(
        tmp_path, lua, settings=(tmp_path / "legacy" / "round_reporter.cfg").read_text(), shell=True, port=PORT + 1
    )
    moved.new_game().start_server("supply", 15)
    until(lambda: not gone.spooled())

    assert json.loads(taking.got[0].body)["instance"] == str(PORT)


# ----- several targets --------------------------------------------------------------------------------------------------


def test_each_target_has_its_own_outcome(lua, service, tmp_path):
    taking, refusing, down = service(Answer(201)), service(Answer(422)), service(Answer(503))
    world = a_world(tmp_path, lua, taking.url, refusing.url, down.url)
    play_round(world)
    until(lambda: not world.spooled() and refused(world, "second") and last_status(world, "third") == "503")

    assert (len(taking.got), len(refusing.got), len(down.got)) == (1, 1, 1)
    assert [len(world.spooled(target)) for target in ("main", "second", "third")] == [0, 0, 1]
    assert taking.got[0].body == refusing.got[0].body == world.spooled("third")[0].read_bytes()


# ----- manners ----------------------------------------------------------------------------------------------------------


def test_the_token_never_stands_on_a_command_line_nor_in_a_readable_file(lua, service, tmp_path):
    slow = service(Answer(201, wait_seconds=1.5))
    world = a_world(tmp_path, lua, slow.url)
    play_round(world)
    slow.wait_for(1)
    lines = b"\n".join(_command_lines())
    assert b"curl" in lines
    assert TOKEN.encode() not in lines
    until(lambda: not world.spooled())

    holding = [path for path in world.folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert holding
    assert {path.stat().st_mode & 0o077 for path in holding} == {0}


def _command_lines() -> list[bytes]:
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((process / "cmdline").read_bytes())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return lines


def test_the_game_never_waits_for_the_service(lua, service, tmp_path):
    slow = service(Answer(201, wait_seconds=2.0))
    world = a_world(tmp_path, lua, slow.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    began = time.monotonic()
    game.objective()

    assert time.monotonic() - began < 0.5
    until(lambda: not world.spooled())


DYING_SERVER = """
import os, socket, sys
from pathlib import Path
from tests.contract.test_reporter_delivery import a_world, play_round
holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
holder.bind(("127.0.0.1", 0))
port = holder.getsockname()[1]
os.dup2(holder.fileno(), 18, inheritable=True)
holder.close()
play_round(a_world(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
print(port, flush=True)
os._exit(0)
"""


def test_a_hanging_upload_holds_no_socket_of_a_server_that_died(lua, service, tmp_path):
    """The game's socket is descriptor 18; the sender outlives the server, its port must be free at once."""
    hanging = service(Answer(201, wait_seconds=3.0))
    done = subprocess.run(
        [sys.executable, "-c", DYING_SERVER, str(tmp_path), lua, hanging.url], check=True, capture_output=True,
    )  # fmt: skip
    hanging.wait_for(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", int(done.stdout)))

    assert any(b"curl" in line and str(tmp_path).encode() in line for line in _command_lines())


def test_a_home_path_with_spaces_and_quotes_works(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path / 'it\'s a "home" $(x)', lua, taking.url)
    play_round(world)
    until(lambda: not world.spooled())


def test_a_bad_setting_stops_sending_but_not_spooling(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    with (tmp_path / "legacy" / "round_reporter.cfg").open("a") as settings:
        settings.write("colour = red\n")
    play_round(world)
    time.sleep(0.3)

    assert len(world.spooled()) == 1
    assert (taking.got, taking.hellos) == ([], [])


@pytest.mark.parametrize("content", [None, "", "two words\n", "tok$(id)\n"])
def test_a_missing_or_strange_token_is_said_and_the_report_kept(lua, content, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    token = tmp_path / "legacy" / "token"
    token.unlink() if content is None else token.write_text(content)
    play_round(world)

    assert "config: token_file: " in world.console()
    assert len(world.spooled()) == 1
    assert taking.got == []


def test_the_handshake_comes_once_per_boot_and_on_asking(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_round(world)
    until(lambda: len(taking.hellos) == 1)
    world.engine.console_command("round_reporter", "check")
    until(lambda: len(taking.hellos) == 2)
    until((world.folder / "hello-main").exists)
    game.idle(2_000)

    hello = json.loads(taking.hellos[0].body)
    assert (hello["server_id"], hello["instance"], hello["config_problems"]) == ("srv1", str(PORT), [])
    assert hello["boot_id"] == json.loads(taking.wait_for(1)[0].body)["boot_id"]
    assert "Handshake with main: status 200" in world.console()


def test_a_killed_sender_leaves_the_report_for_the_next_sweep(lua, service, tmp_path):
    answers = [Answer(0, wait_seconds=30.0), Answer(201)]
    service_ = service(lambda _request: answers.pop(0))
    world = a_world(tmp_path, lua, service_.url)
    play_round(world)
    service_.wait_for(1)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(tmp_path).encode() in line and b"\0upload\0" in line:
            os.kill(int(process.name), 9)
    make_old(world)
    sweep(world)
    until(lambda: not world.spooled())


def test_a_host_without_bash_or_curl_says_so_and_spools(lua, tmp_path):
    world = a_world(tmp_path, lua, "http://127.0.0.1:1")
    game = world.new_game()
    hide = (
        "local open = io.open io.open = function(p, m) "
        "if p:match('/bash$') or p:match('/curl$') then return nil end return open(p, m) end"
    )
    world.engine.before_script = hide
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    game.objective()

    report = world.reports()[0]
    assert report["health"]["fallbacks"] == [
        "no bash: descriptors above 9 stay open in senders", "no curl: reports stay in the spool",
    ]  # fmt: skip
    assert "no curl: reports stay in the spool" in world.console()


def test_without_bash_plain_sh_sends_as_well(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.engine.before_script = (
        "local open = io.open io.open = function(p, m) if p:match('/bash$') then return nil end return open(p, m) end"
    )
    play_round(world)
    until(lambda: not world.spooled())
