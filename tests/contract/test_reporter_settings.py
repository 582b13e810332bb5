"""The settings file and the console."""

import pytest

from tests.contract.reporter_play import a_round
from tests.contract.reporter_world import LUA_KINDS, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


def test_each_problem_in_the_settings_is_one_line_that_names_line_key_and_reason(lua, tmp_path):
    """P39"""
    world = World(
        tmp_path, lua,
        settings="url = ftp://x\n# fine\nserverid = a\nserver_id = a b\nspool_max_files = 0\nnonsense\nlog_level=loud\n",
    )  # fmt: skip
    world.new_game().start_server("supply", 15)

    for line in (
        'config line 1: url: expected http:// or https://, got "ftp://x"',
        'config line 3: serverid: no such key, did you mean "server_id"?',
        'config line 4: server_id: expected letters, digits, ".", "_" or "-", at most 64, got "a b"',
        'config line 5: spool_max_files: expected a whole number from 1 to 9999999, got "0"',
        "config line 6: expected key = value",
        'config line 7: log_level: expected error, info or debug, got "loud"',
        "config: server_id: not set",
        "config: url: not set",
    ):
        assert world.console().count(f"round_reporter: {line}\n") == 1, line


def test_settings_for_one_port_go_before_the_common_ones(lua, tmp_path):
    world = World(tmp_path, lua)
    (tmp_path / "legacy" / "round_reporter-27960.cfg").write_text("server_id = of_this_port\n")
    game = world.new_game()
    a_round(game)
    game.objective()

    assert world.reports()[0]["server_id"] == "of_this_port"


def test_the_console_command_is_ours_alone(world):
    world.new_game().start_server("supply", 15)

    assert world.engine.console_command("round_reporter", "status") == 1
    assert world.engine.console_command("ref", "pause") is None
    assert "spool_files=0" in world.console()


def test_the_phrases_operators_filter_on(world):
    game = world.new_game()
    a_round(game)
    game.objective()

    for phrase in ("Gamestate transition", "Round started", "Round ended", "timelimit=15 type=string"):
        assert f"round_reporter: {phrase}" in world.console()


def test_a_key_set_twice_is_said_and_the_first_one_holds(lua, tmp_path):
    world = World(tmp_path, lua, settings="server_id = one\n\nserver_id = two\n")
    game = world.new_game()
    a_round(game)
    game.objective()

    assert "config line 3: server_id: set before, in line 1\n" in world.console()
    assert world.reports()[0]["server_id"] == "one"


def test_a_settings_file_that_cannot_be_read_is_said_with_its_path_and_why(lua, tmp_path):
    world = World(tmp_path, lua)
    (tmp_path / "legacy" / "round_reporter-27960.cfg").mkdir()
    world.new_game().start_server("supply", 15)

    assert f"config: cannot read {tmp_path}/legacy/round_reporter-27960.cfg: Is a directory\n" in world.console()


def test_a_token_that_cannot_be_read_is_said_with_its_path_and_why(lua, tmp_path):
    world = World(tmp_path, lua, settings="server_id = a\nurl = http://127.0.0.1\ntoken_file = secret\n")
    world.new_game().start_server("supply", 15)

    assert f"config: token_file: cannot read {tmp_path}/legacy/secret: No such file or directory\n" in world.console()
    assert f"until the settings are right: {tmp_path}/legacy/round_reporter.cfg\n" in world.console()


def test_a_state_file_that_is_no_longer_whole_is_said_and_costs_no_later_round(lua, tmp_path):
    world = World(tmp_path, lua)
    (world.folder / "state").write_bytes(b"round/number=n1\n\xff=")
    game = world.new_game()
    a_round(game)
    game.objective()

    assert f"state file not understood, begun anew: {world.folder}/state\n" in world.console()
    assert len(world.reports()) == 1


def test_no_line_is_longer_than_the_engine_prints(lua, tmp_path):
    world = World(tmp_path, lua, settings=f"url = {'x' * 3_000}\n")
    world.new_game().start_server("supply", 15)

    assert max(map(len, world.console().splitlines())) == 1_000
    assert all(line.endswith("\n") for line in world.engine.console)
