"""The handshake: at the start of a server and on asking, into the real service, and seen there by `server check`."""

import json

import pytest

from ingest_api.cli.main import main
from tests.contract.reporter_delivering import a_world, play_another, play_round, settings_for, until, until_idle
from tests.contract.reporter_service import Answer
from tests.contract.reporter_world import LUA_KINDS, PORT
from tests.integration.ingesting import opened_door

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


def greet(world):
    """A server starts; its handshake is over."""
    game = world.new_game()
    game.start_server("supply", 15)
    until_idle(world)
    game.idle(2_000)
    return game


def server_check(capsys) -> tuple[int, list[str]]:
    """Exit status and findings of the operator's command."""
    capsys.readouterr()  # what the service of the same process logged
    status = main(["server", "check", "srv1", "--json"])
    (check,) = json.loads(capsys.readouterr().out)
    return status, check["troubles"]


def test_the_handshake_comes_once_per_boot_and_on_asking(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    game = play_round(world)
    play_another(game)
    until_idle(world)
    assert len(taking.hellos) == 1
    world.engine.console_command("round_reporter", "check")
    until_idle(world)
    game.idle(2_000)

    assert len(taking.hellos) == 2
    hello = json.loads(taking.hellos[0].body)
    assert (hello["server_id"], hello["instance"], hello["config_problems"]) == ("srv1", str(PORT), [])
    assert hello["boot_id"] == json.loads(taking.wait_for(1)[0].body)["boot_id"]
    assert "Handshake with main: status 200" in world.console()
    assert list(world.folder.glob("spool/*/*")) == []


def test_each_target_is_greeted(lua, service, tmp_path):
    first, second = service(Answer(201)), service(Answer(201))
    greet(a_world(tmp_path, lua, first.url, second.url))

    assert (len(first.hellos), len(second.hellos)) == (1, 1)


def test_a_handshake_tells_what_is_in_the_spool(lua, service, tmp_path):
    world = a_world(tmp_path, lua, service(Answer(503)).url)
    play_round(world)
    until_idle(world)
    size = world.spooled()[0].stat().st_size
    taking = service(Answer(201))
    world.write_settings(settings_for(taking.url))
    world.engine.drop_vm()
    world.new_engine()
    greet(world)

    assert json.loads(taking.hellos[0].body)["spool"] == {"files": 1, "bytes": size}


def test_a_service_that_is_away_gets_no_handshake_and_that_is_said(lua, tmp_path):
    world = a_world(tmp_path, lua, "http://127.0.0.1:1")
    greet(world)

    assert "Handshake with main: status 000" in world.console()
    assert list(world.folder.glob("spool/*/*")) == []


def test_a_handshake_is_what_the_service_knows_of_a_reporter(lua, engine, database_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", database_url)
    with opened_door(engine, database_url) as door:
        world = a_world(tmp_path, lua, str(door.client.base_url).rstrip("/"))
        (tmp_path / "legacy" / "token").write_text(door.token)
        greet(world)
        status, troubles = server_check(capsys)

    assert (status, troubles) == (0, [])
    assert "Handshake with main: status 200" in world.console()


def test_a_bad_setting_holds_the_reports_back_but_the_service_hears_of_it(
    lua, engine, database_url, tmp_path, monkeypatch, capsys
):
    """The handshake is the only way in which the service's side can learn why no reports come."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with opened_door(engine, database_url) as door:
        url = str(door.client.base_url).rstrip("/")
        world = a_world(tmp_path, lua, url, more_settings="colour = red\n")
        (tmp_path / "legacy" / "token").write_text(door.token)
        play_round(world)
        until_idle(world)
        status, troubles = server_check(capsys)
        stored = door.count("deliveries")

    assert (status, stored, len(world.spooled())) == (1, 0, 1)
    assert troubles == [f'reporter {PORT} complains: config line 4: colour: no such key, did you mean "url"?']


def test_a_setting_that_was_put_right_is_told_at_the_next_map(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url, more_settings="colour = red\n")
    game = play_round(world)
    world.write_settings(settings_for(taking.url))
    for _ in range(2):
        until_idle(world)
        play_another(game)
    until_idle(world)

    problems = [json.loads(hello.body)["config_problems"] for hello in taking.hellos]
    assert [len(each) for each in problems] == [1, 0]


def test_check_says_what_is_understood(lua, service, tmp_path):
    taking = service(Answer(201))
    world = a_world(tmp_path, lua, taking.url)
    greet(world)
    world.engine.console_command("round_reporter", "check")
    until(lambda: len(taking.hellos) == 2)

    assert f"server_id=srv1 instance={PORT}" in world.console()
    assert f"target main url={taking.url} sending=true" in world.console()
