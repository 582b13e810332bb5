"""Text of any bytes: valid JSON always, and nothing of it lost."""

from random import Random

import pytest

from shared.domain.vocabulary import ParseStatus
from shared.parsers import round_report
from tests.contract.reporter_play import a_round, module, named_players, raw_name
from tests.contract.reporter_world import LUA_KINDS, strict_json

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


def test_all_256_byte_values_in_names_come_back(world):
    names = [bytes(range(start, start + 32)).replace(b"\\", b"/") for start in range(0, 256, 32)]
    game = world.new_game(players=named_players(names))
    a_round(game)
    game.objective()

    assert [raw_name(player) for player in world.reports()[0]["players"]] == names


def test_sixty_four_players_with_every_weapon_fit_in_a_mebibyte(world):
    players = named_players([b"\xff" * 35 for _ in range(64)])
    game = world.new_game(players=players)
    a_round(game)
    for player in players:
        player.weapons = {index: [10**6] * 5 for index in range(28)}
        player.show(world.engine)
    game.objective()

    report = world.reports()[0]
    assert len(report["players"]) == 64
    assert {len(player["weapons"]) for player in report["players"]} == {28}
    assert len(world.spooled()[0].read_bytes()) < 1_048_576


def test_any_bytes_make_valid_utf8_and_keep_what_was_valid(world):
    world.engine.load_vm()
    json_module = module(world, "json")
    rng = Random(3)
    pieces = [b"A", b"\x80", b"\xbf", b"\xc0\xaf", b"\xc3\xa9", b"\xed\xa0\x80", b"\xef\xbf\xbd", b"\xf0\x9f\x98\x80",
              b"\xf4\x90\x80\x80", b"\xf8", b"\xff", b"\xe2\x82", b"\x00", b"\x1f", b"\x7f", b'"']  # fmt: skip
    for _ in range(3_000):
        raw = b"".join(rng.choice(pieces) for _ in range(rng.randint(0, 6)))
        text, valid = json_module.to_utf8(raw.decode("latin-1"))
        try:
            raw.decode("utf-8")
            is_valid = True
        except UnicodeDecodeError:
            is_valid = False
        assert valid is is_valid
        text.encode("latin-1").decode("utf-8")
        body = json_module.encode(json_module.object("key", raw.decode("latin-1"))).encode("latin-1")
        read = strict_json(body)
        assert (bytes.fromhex(read["key_hex"]) if "key_hex" in read else read["key"].encode()) == raw


def test_numbers_are_digits_or_null(world):
    world.engine.load_vm()
    json_module = module(world, "json")
    values = world.engine.run_lua(
        "return {10 / 2, 2 ^ 40, -3, 0, -0.0, 0.5, 1e300, 0/0, 1/0, -1/0, 1e14, 1e15, 7.6 * 60000}"
    )

    assert json_module.encode(values).startswith(
        f"[5,1099511627776,-3,0,0,0.5,{int(1e300)},null,null,null,100000000000000,{10**15},456000"
    )


def test_a_hostile_map_name_makes_a_safe_file_name(world):
    game = world.new_game()
    game.start_server("../../^1$(reboot)|x", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    game.objective()

    assert [path.name for path in world.spooled()] == [f"{world.reports()[0]['round_start_unix']}-R1-finished-1.json"]
    assert world.reports()[0]["map_name"] == "../../^1$(reboot)|x"


ANY = bytes(range(1, 256)).replace(b"\\", b"/")
"""Every byte the engine's texts can hold; a backslash would begin the next key of an info string."""


def as_sent(report: dict, key: str) -> bytes:
    return bytes.fromhex(report[f"{key}_hex"]) if f"{key}_hex" in report else report[key].encode()


def test_any_byte_in_any_text_of_the_engine_comes_back_under_names_the_contract_knows(world):
    game = world.new_game(player_count=64)
    for player in game.players:
        player.guid = (b"%d" % player.slot + ANY).decode("latin-1")
    any_text = ANY.decode("latin-1")
    for cvar in ("g_customConfig", "mod_version"):
        world.engine.set_cvar(cvar, any_text)
    game.start_server(any_text[-60:], 15)
    game.warm_up(5_000)
    game.play_until(20_000)
    world.engine.set_cvar("nextmap", any_text)
    caller = next(player for player in game.players if player.side == game.attacker)
    game.pause(1_000, by=caller)
    game.call_surrender_vote_that_fails(game.attacker, caller)
    game._exit(any_text[9:].replace("\r", " "), "unknown", winner=1, same_frame=True)

    body = world.spooled()[0].read_bytes()
    report, reading = strict_json(body), round_report.read(body)
    assert (reading.parse_status, reading.unknown_fields, reading.problems) == (ParseStatus.OK, (), ())
    assert [as_sent(player, "guid") for player in report["players"]] == [b"%d" % slot + ANY for slot in range(64)]
    assert as_sent(report, "map_name") == ANY[-60:]
    assert {as_sent(report, key) for key in ("config", "mod_version", "nextmap")} == {ANY}
    assert as_sent(report, "exit_line") == b"Exit: " + ANY[9:].replace(b"\r", b" ")
    assert as_sent(report, "end_reason_raw") == ANY[9:].replace(b"\r", b" ")
    assert as_sent(report["pauses"][0], "requested_by") == caller.guid.encode("latin-1")
    assert as_sent(report["surrender_votes"][0], "caller_guid") == caller.guid.encode("latin-1")


def test_a_guid_as_long_as_a_client_can_send_costs_no_report(world):
    game = world.new_game()
    game.players[0].guid = "\xff" * 1_000
    a_round(game)
    game.objective()

    assert round_report.read(world.spooled()[0].read_bytes()).parse_status is ParseStatus.OK
