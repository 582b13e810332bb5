"""The processes a reporter starts: what they hold, what others can see of them, and that no frame waits for them."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.reporter_delivering import (
    TOKEN,
    a_world,
    command_lines,
    finish_round,
    last_status,
    play_another,
    play_round,
    settings_for,
    until,
    until_idle,
)
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
HIDE_BASH = (
    "local open = io.open io.open = function(p, m) if p:match('/bash$') then return nil end return open(p, m) end "
)
HIDE_CURL = HIDE_BASH.replace("/bash", "/curl")

# ----- descriptors ------------------------------------------------------------------------------------------------------

DYING_SERVER = """
import os, socket, sys
from pathlib import Path
from tests.contract.reporter_delivering import a_world, play_round
home, lua, url, descriptor, before_script = sys.argv[1:]
holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
holder.bind(("127.0.0.1", 0))
port = holder.getsockname()[1]
os.dup2(holder.fileno(), int(descriptor), inheritable=True)
if holder.fileno() != int(descriptor):
    holder.close()
world = a_world(Path(home), lua, url)
world.engine.before_script = before_script
play_round(world)
print(port, flush=True)
os._exit(0)
"""


@pytest.mark.parametrize(("descriptor", "hide"), [(18, ""), (120, ""), (9, HIDE_BASH)], ids=["18", "120", "9, no bash"])
def test_a_hanging_upload_holds_no_socket_of_a_server_that_died(lua, descriptor, hide, service, tmp_path):
    """The sender outlives the server, whose port must be free at once."""
    hanging = service(Answer(201, wait_seconds=3.0))
    arguments = [str(tmp_path), lua, hanging.url, str(descriptor), hide]
    done = subprocess.run([sys.executable, "-c", DYING_SERVER, *arguments], check=True, capture_output=True)
    hanging.wait_for(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", int(done.stdout)))

    assert any(b"curl" in line and str(tmp_path).encode() in line for _, line in command_lines())


@pytest.mark.parametrize("hide", ["", HIDE_BASH], ids=["bash", "no bash"])
def test_a_sender_reads_from_and_writes_to_nowhere(lua, hide, service, tmp_path):
    slow = service(Answer(201, wait_seconds=4.0))
    world = a_world(tmp_path, lua, slow.url)
    world.engine.before_script = hide
    play_round(world)
    slow.wait_for(1)
    spool = f"{world.folder}/spool/".encode()
    (curl,) = [number for number, line in command_lines() if line.startswith(b"curl\0") and spool in line]
    held = {name: str(Path(f"/proc/{curl}/fd/{name}").readlink()) for name in ("0", "2")}

    assert held == {"0": "/dev/null", "2": "/dev/null"}


# ----- what others can see ----------------------------------------------------------------------------------------------


def test_the_token_never_stands_on_a_command_line_nor_in_a_readable_file(lua, service, tmp_path):
    slow = service(Answer(201, wait_seconds=4.0))
    world = a_world(tmp_path, lua, slow.url)
    play_round(world)
    slow.wait_for(1)
    lines = b"\n".join(line for _, line in command_lines())
    assert b"curl" in lines
    assert TOKEN.encode() not in lines
    until(lambda: not world.spooled())

    holding = [path for path in world.folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert holding
    assert {path.stat().st_mode & 0o077 for path in holding} == {0}


def test_a_token_that_was_changed_is_the_one_sent_next(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_round(world)
    until_idle(world)
    (tmp_path / "legacy" / "token").write_text("another-token\r\n")
    play_another(game)
    until(lambda: not world.spooled())

    assert [request.headers["authorization"] for request in taking.got] == [f"Bearer {TOKEN}", "Bearer another-token"]


def test_nothing_a_player_or_a_map_is_called_gets_into_a_command_or_a_file_name(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.engine.before_script = (
        "local run = os.execute os.execute = function(c) commands = commands .. c return run(c) end "
    )
    world.engine.before_script += "commands = ''"
    game = world.new_game()
    game.start_server("../../$(touch pwned)`id`;'x", 15)
    for player in game.players:
        world.engine.put_fields(player.slot, {"pers.netname": "$(touch hostile)'\n;`id`"})
        world.engine.set_userinfo(player.slot, "\\cl_guid\\AB$(id)CD../..\\name\\$(touch hostile)'")
    finish_round(game)
    commands = world.engine.run_lua("return commands")
    until(lambda: not world.spooled())

    assert len(taking.got) == 1
    for word in ("pwned", "hostile", "$(id)", "`id`"):
        assert word not in commands
    outside = [path for path in tmp_path.rglob("*") if world.folder not in path.parents and path.is_file()]
    assert {path.name for path in outside} == {"token", "round_reporter.cfg"}


@pytest.mark.parametrize("name", ["../elsewhere", "..", ".", "/tmp/elsewhere", "a/b", "a b", "-rf"])
def test_an_instance_cannot_be_named_out_of_its_place(lua, name, tmp_path):
    world = a_world(tmp_path, lua, "http://127.0.0.1:1", more_settings=f"instance = {name}\n")
    play_round(world)

    assert "config line 4: instance: expected" in world.console()
    assert len(world.spooled()) == 1
    assert {path.name for path in (tmp_path / "legacy" / "round_reporter").iterdir()} == {"27960"}


def test_a_port_cannot_be_named_out_of_its_place_either(lua, tmp_path):
    world = a_world(tmp_path, lua, "http://127.0.0.1:1")
    world.engine.set_cvar("net_port", "..")
    play_round(world)

    assert {path.name for path in (tmp_path / "legacy").iterdir()} == {"round_reporter", "round_reporter.cfg", "token"}
    assert {path.name for path in (tmp_path / "legacy" / "round_reporter").iterdir()} == {"__"}


@pytest.mark.parametrize("name", ["../x", "a/b", "$(id)", "a b"])
def test_a_target_cannot_be_named_out_of_its_place(lua, name, tmp_path):
    world = a_world(tmp_path, lua, "http://127.0.0.1:1", more_settings=f"url.{name} = http://127.0.0.1:1\n")
    play_round(world)

    assert "round_reporter: config line 4: " in world.console()
    assert [path.name for path in (world.folder / "spool").iterdir()] == ["main"]


def test_a_home_path_with_spaces_and_quotes_works(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path / 'it\'s a "home" $(x)', lua, taking.url)
    play_round(world)
    until(lambda: not world.spooled())


# ----- frames -----------------------------------------------------------------------------------------------------------


def test_the_game_never_waits_for_the_service(lua, service, tmp_path):
    slow = service(Answer(201, wait_seconds=4.0))
    world = a_world(tmp_path, lua, slow.url)
    game = world.new_game()
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    game.objective()

    assert len(world.spooled()) == 1
    until(lambda: not world.spooled())


def test_no_frame_opens_a_pipe(lua, service, tmp_path):
    """Closing or collecting one would wait for the child."""
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.engine.before_script = "io.popen = nil"
    game = play_round(world)
    game.idle(61_000)
    until(lambda: not world.spooled())

    assert "internal error" not in world.console()


# ----- a host that lacks something --------------------------------------------------------------------------------------


def test_a_host_without_bash_or_curl_says_so_once_and_spools(lua, tmp_path):
    world = a_world(tmp_path, lua, "http://127.0.0.1:1")
    world.engine.before_script = HIDE_BASH + HIDE_CURL
    play_round(world)

    report = world.reports()[0]
    assert report["health"]["fallbacks"] == [
        "no bash: descriptors above 9 stay open in senders", "no curl: reports stay in the spool",
    ]  # fmt: skip
    assert "no curl: reports stay in the spool" in world.console()


def test_without_bash_plain_sh_sends_as_well(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    world.engine.before_script = HIDE_BASH
    play_round(world)
    until(lambda: not world.spooled())


@pytest.mark.parametrize("path", ["", "/nowhere"])
def test_an_environment_without_a_usable_path_does_not_keep_it_from_sending(lua, path, service, tmp_path, monkeypatch):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    (world.home / "legacy" / "round_reporter.cfg").write_text(settings_for(taking.url))
    monkeypatch.setenv("PATH", path)
    play_round(world)
    until(lambda: not world.spooled())


# ----- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, "", "two words\n", "tok$(id)\n"])
def test_a_missing_or_strange_token_is_said_and_the_report_kept(lua, content, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    token = tmp_path / "legacy" / "token"
    token.unlink() if content is None else token.write_text(content)
    play_round(world)
    until_idle(world)

    assert "config: token_file: " in world.console()
    assert len(world.spooled()) == 1
    assert taking.got == []


def test_a_token_that_goes_away_in_play_keeps_the_report(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_round(world)
    until_idle(world)
    game.to_map("etl_ice", 12)
    (tmp_path / "legacy" / "token").unlink()
    finish_round(game)
    until_idle(world)

    assert len(world.spooled()) == 1
    assert last_status(world) == "201"


def test_a_bad_setting_stops_sending_but_not_spooling(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url, more_settings="colour = red\n")
    play_round(world)
    until_idle(world)

    assert len(world.spooled()) == 1
    assert taking.got == []


def test_put_right_what_waited_leaves(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url, more_settings="colour = red\n")
    game = play_round(world)
    until_idle(world)
    for path in world.spooled():
        os.utime(path, (0, 0))
    world.write_settings(settings_for(taking.url))
    game.to_map("etl_ice", 12)
    until_idle(world)
    game.warm_up(61_000)  # so that another sweep follows, should an earlier one have stood in the way of that at load
    until(lambda: not world.spooled())
