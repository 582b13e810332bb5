"""Text of any bytes: valid JSON always, and nothing of it lost."""

from random import Random

import pytest

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
