"""What stands in a report: people, counters, times, text of any kind; the same bytes from every Lua."""

import re
from random import Random

import pytest

from game_server.stand_in.evening import EVENING, perform
from game_server.stand_in.players import ALLIES, AXIS, SPECTATOR, Player, make_players
from game_server.stand_in.sample import reports
from shared.domain.contract import RoundReport
from tests.contract.reporter_world import LUA_KINDS, TRACES, World, strict_json

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)
GOLDEN = TRACES.parent / "round_report"


def a_round(game, *, until_ms=60_000):
    game.start_server("supply", 15)
    game.warm_up(5_000)
    game.play_until(until_ms)


def named_players(names: list[bytes]) -> list[Player]:
    players = make_players(Random(1), len(names))
    for player, name in zip(players, names, strict=True):
        player.name = name.decode("latin-1")
    return players


def raw_name(player: dict) -> bytes:
    return bytes.fromhex(player["name_hex"]) if "name_hex" in player else player["name"].encode()


def module(world, name):
    return world.engine.run_lua("return (require(...))", f"round_reporter.{name}")


@pytest.fixture
def world(lua, tmp_path) -> World:
    return World(tmp_path, lua)


# ----- golden ---------------------------------------------------------------------------------------------------------


def test_the_golden_reports_come_out_again_byte_for_byte(lua):
    def without_kind(body: bytes) -> bytes:
        return re.sub(rb'"lua_kind":"[^"]*"', b'"lua_kind":""', body)

    golden = [(GOLDEN / f"r{number}.json").read_bytes() for number in (1, 2)]
    assert [without_kind(body) for body in reports(lua=lua)] == [without_kind(body) for body in golden]


def test_every_round_of_an_evening_is_told_once_and_keeps_the_contract(lua, tmp_path):
    world = World(tmp_path, lua)
    rng = Random(5)
    game = world.new_game(players=make_players(rng, 12))
    ended = [(e.map_name, e.number, e.kind, e.elapsed_ms) for e in perform(game, EVENING, rng)]

    told = world.reports()
    assert [(r["map_name"], r["round_number"], r["exit_kind"], r["elapsed_ms"]) for r in told] == ended
    assert not [report for report in told if report["inconsistent"]]
    assert [report["sequence"] for report in told] == list(range(1, len(told) + 1))
    assert len({report["event_id"] for report in told}) == len(told)
    for path in world.spooled():
        RoundReport.model_validate_json(path.read_bytes())


@pytest.mark.parametrize(
    ("server", "map_name", "number", "start", "end", "expected"),
    [
        ("srv1", "etl_frostbite", 1, 1770159062, None, "rf1:1:4430f4bbb377f4c9f343b879582b9fb1"),
        ("srv1", "etl_frostbite", 1, None, 1770159309, "rf1:2:0dde65e54acd90a4f448a2989da53c85"),
        ("srv1", "etl_frostbite", 2, 1770159457, None, "rf1:1:0399430194427c1279219247539a37ff"),
        (" SRV1 ", " ^1ETL_^7Frost^pbite ", 2, 1770159457, 5, "rf1:1:0399430194427c1279219247539a37ff"),
    ],
)
def test_the_fingerprint_has_its_pinned_values(*, world, server, map_name, number, start, end, expected):
    world.engine.load_vm()
    told = module(world, "fingerprint").of_round(server, map_name, number, start, end)

    assert told == expected


# ----- text -----------------------------------------------------------------------------------------------------------


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
    values = world.engine.run_lua("return {10 / 2, 2 ^ 40, -3, 0, -0.0, 0.5, 1e300, 0/0, 1/0, -1/0, 1e14, 7.6 * 60000}")

    assert json_module.encode(values).startswith(
        "[5,1099511627776,-3,0,0,0.5,1e+300,null,null,null,100000000000000,456000"
    )


def test_a_hostile_map_name_makes_a_safe_file_name(world):
    game = world.new_game()
    game.start_server("../../^1$(reboot)|x", 15)
    game.warm_up(5_000)
    game.play_until(60_000)
    game.objective()

    assert [path.name for path in world.spooled()] == [f"{world.reports()[0]['round_start_unix']}-R1-finished-1.json"]
    assert world.reports()[0]["map_name"] == "../../^1$(reboot)|x"


# ----- people ---------------------------------------------------------------------------------------------------------


def test_counters_of_r2_minus_their_baseline_are_those_of_r2(world):
    game = world.new_game(player_count=12)
    a_round(game, until_ms=300_000)
    game.objective()
    game.to_second_round(5_000)
    game.warm_up(5_000)
    game.play_until(200_000)
    game.objective()

    first, second = world.reports()
    after_first = {player["guid"]: player for player in first["players"]}
    for player in second["players"]:
        before, now = after_first[player["guid"]], player["counters"]
        assert {k: v for k, v in now["baseline"].items() if k != "xp"} == {
            k: v for k, v in before["counters"]["raw"].items() if k != "xp"
        }
        assert now["baseline"]["xp"] == 0
        assert now["counter_reset"] is False
        weapons_before = {weapon["index"]: weapon["kills"] for weapon in before["weapons"]}
        for weapon in player["weapons"]:
            assert weapon.get("baseline", {}).get("kills", 0) == weapons_before.get(weapon["index"], 0)


def test_counters_that_fell_below_their_baseline_begin_at_zero(world):
    game = world.new_game()
    a_round(game, until_ms=300_000)
    game.objective()
    game.to_second_round(5_000)
    game.warm_up(5_000)
    for player in game.players:
        player.counters.update(kills=0, deaths=0, damage_given=9_999)
        player.weapons = {4: [3, 0, 0, 2, 1]}
        player.show(world.engine)
    game.objective()

    for player in world.reports()[1]["players"]:
        assert player["counters"]["counter_reset"] is True
        assert set(player["counters"]["baseline"].values()) == {0}
        assert player["weapons"] == [{"index": 4, "shots": 3, "hits": 2, "kills": 1, "deaths": 0, "headshots": 0}]


def test_one_who_leaves_and_comes_back_is_one_player_with_the_sum_of_his_stays(world):
    game = world.new_game(player_count=6)
    a_round(game, until_ms=30_000)
    player = game.players[0]
    player.counters.update(kills=4, damage_given=400)
    player.show(world.engine)
    game.disconnect(player)
    game.play_until(60_000)
    game.players.append(player)
    game.connect(player, first_time=1)
    player.counters.update(kills=3, damage_given=250)
    game.play_until(60_100)
    player.show(world.engine)
    game.objective()

    told = [p for p in world.reports()[0]["players"] if p["guid"] == player.guid]
    assert len(told) == 1
    raw, baseline = told[0]["counters"]["raw"], told[0]["counters"]["baseline"]
    assert raw["kills"] - baseline["kills"] == 7
    assert (told[0]["stays"], told[0]["left_ms"], len(told[0]["sides"])) == (2, None, 2)


def test_changing_side_is_no_death_and_leaves_two_spans(world):
    game = world.new_game()
    a_round(game, until_ms=2_000)
    player = game.players[0]
    game.change_side(player, ALLIES)
    game.play_until(2_600)
    game.change_side(player, SPECTATOR)
    game.play_until(2_800)
    game.objective()

    told = world.reports()[0]["players"][0]
    assert [span["side"] for span in told["sides"]] == [AXIS, ALLIES, SPECTATOR]
    assert (told["deaths"], told["spawns"], told["side"]) == (0, 1, SPECTATOR)
    assert told["sides"][1]["from_elapsed_ms"] == told["sides"][0]["to_elapsed_ms"]


def test_spawns_deaths_and_revives_are_counted_on_the_round_clock(world):
    game = world.new_game()
    a_round(game, until_ms=1_000)
    victim, medic, enemy = game.players[0], game.players[2], game.players[1]
    game._next_fight_ms = 10**9
    engine = world.engine

    def die(killer: int) -> None:
        engine.call("et_Obituary", victim.slot, killer, 8)
        victim.alive = False
        victim.show_life(engine)

    game.play_until(10_000)
    die(enemy.slot)
    game.play_until(12_000)
    engine.call("et_Revive", victim.slot, medic.slot, 0)
    game._spawn(victim, revived=1)
    game.play_until(20_000)
    die(1022)
    game.play_until(30_000)
    game._spawn(victim)
    game.play_until(40_000)
    die(victim.slot)
    game.play_until(45_000)
    game.objective()

    told = {player["slot"]: player for player in world.reports()[0]["players"]}
    him = told[victim.slot]
    assert (him["spawns"], him["deaths"], him["times_revived"]) == (2, 3, 1)
    assert him["dead_ms"] == pytest.approx(2_000 + 10_000 + 5_000, abs=150)
    assert him["max_dead_ms"] == pytest.approx(10_000, abs=100)
    assert him["alive_ms"] + him["dead_ms"] == 45_000 - him["first_spawn_ms"]
    assert him["dead_at_end"] is True
    assert [(cause["by"], cause["count"]) for cause in him["death_causes"]] == [("enemy", 1), ("self", 1), ("world", 1)]
    assert told[medic.slot]["revives_given"] == 1


def test_a_pause_stands_outside_every_clock(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    game._next_fight_ms = 10**9
    game.pause(30_000, by=game.players[2])
    game.play_until(60_000)
    game.objective()

    report = world.reports()[0]
    pause = report["pauses"][0]
    assert report["elapsed_ms"] == 60_000
    assert (pause["start_elapsed_ms"], pause["length_ms"], pause["requested_by"]) == (
        19_950,
        40_050,
        game.players[2].guid,
    )
    assert report["round_end_unix"] - report["round_start_unix"] == pytest.approx(100, abs=1)
    assert {player["alive_ms"] + player["dead_ms"] for player in report["players"]} == {59_400}


def test_a_pause_still_open_at_the_end_is_closed_there_and_says_so(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    world.engine.set_string(32, "662")
    for _ in range(10):
        game.idle(450)
        game.level_start += 500
        world.engine.set_string(11, str(game.level_start))
        game.idle(50)
    game.stop_server()

    report = world.reports()[0]
    pause = report["pauses"][0]
    assert pause["open_at_end"] is True
    assert pause["end_unix"] == report["round_end_unix"]
    assert (pause["length_ms"], report["elapsed_ms"]) == (5_000, 19_950)


def test_bots_are_known_by_the_engine_or_by_their_guid(world):
    players = make_players(Random(1), 4)
    players[3].guid = "OMNIBOT04123"
    game = world.new_game(players=players)
    a_round(game)
    game.objective()

    assert [player["is_bot"] for player in world.reports()[0]["players"]] == [False, False, False, True]


def test_what_a_build_cannot_read_is_absent_never_zero(lua, tmp_path):
    known = ("inuse", "pers.connected", "pers.netname", "sess.sessionTeam", "sess.kills")
    world = World(tmp_path, lua, known_fields=known)
    game = world.new_game()
    a_round(game)
    game.objective()

    for player in world.reports()[0]["players"]:
        assert set(player["counters"]["raw"]) == {"kills"}
        assert player["weapons"] == []
        assert "class" not in player


def test_warmup_is_told_across_the_vms_it_spans(world):
    game = world.new_game()
    game.start_server("supply", 15)
    game.idle(12_000)
    game.reset_match()  # back to warmup without a round: the VM is new, the waiting goes on
    game.warm_up(20_000)
    game.play_until(30_000)
    game.objective()

    warmup = world.reports()[0]["warmup"]
    assert warmup["warmup_ms"] == pytest.approx(42_000, abs=300)
    assert warmup["countdown_ms"] == pytest.approx(10_000, abs=100)


# ----- settings and console ---------------------------------------------------------------------------------------------


def test_each_problem_in_the_settings_is_one_line_that_names_line_key_and_reason(lua, tmp_path):
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


# ----- the gametime file ------------------------------------------------------------------------------------------------


def gametimes(world):
    return sorted((world.folder / "gametimes").glob("*"))


def test_the_gametime_file_tells_the_same_round_and_the_report_names_it(world):
    game = world.new_game()
    a_round(game, until_ms=20_000)
    game.pause(30_000)
    game.play_until(60_000)
    game.objective()
    game.idle(50)

    report, path = world.reports()[0], gametimes(world)[0]
    read = strict_json(path.read_bytes())
    meta, embed = read["meta"], read["payload"]["embeds"][0]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert report["files"] == [path.name] == [f"gametime-supply-R1-{report['round_end_unix']}.json"]
    assert (meta["round_start_unix"], meta["round_end_unix"]) == (report["round_start_unix"], report["round_end_unix"])
    assert (meta["actual_duration_seconds"], meta["pause_seconds"], meta["pause_count"]) == (60, 40, 1)
    assert (fields["Winner"], fields["Defender"], fields["Lua_Timelimit"]) == ("2", "1", "15 min")
    assert (fields["Lua_EndReason"], fields["Lua_Pauses"]) == ("objective", "1 (40 sec)")
    assert {row["guid"] for row in strict_json(b'{"x":' + fields["Axis_JSON"].encode() + b"}")["x"]} == {
        player["guid"] for player in report["players"] if player["side"] == AXIS
    }
    assert [row["spawns"] for row in meta["spawn_stats"]] == [player["spawns"] for player in report["players"]]


def test_a_fractional_limit_has_at_most_three_decimals_in_the_gametime_file(world):
    game = world.new_game()
    game.start_server("supply", 7.60249)
    game.warm_up(5_000)
    game.play_until(30_000)
    game.objective()
    game.idle(50)

    assert '"Lua_Timelimit","value":"7.602 min"' in gametimes(world)[0].read_text()


def test_hostile_names_make_a_readable_gametime_file(world):
    names = [bytes(range(start, start + 32)).replace(b"\\", b"/") for start in range(0, 256, 32)]
    game = world.new_game(players=named_players(names))
    a_round(game)
    game.objective()
    game.idle(50)

    fields = strict_json(gametimes(world)[0].read_bytes())["payload"]["embeds"][0]["fields"]
    rosters = [field["value"] for field in fields if field["name"] in {"Axis_JSON", "Allies_JSON"}]
    assert sum(len(strict_json(b'{"x":' + text.encode() + b"}")["x"]) for text in rosters) == len(names)


def test_the_gametime_file_is_written_even_when_the_report_cannot_be_composed(world):
    game = world.new_game()
    a_round(game)
    world.engine.run_lua("package.loaded['round_reporter.report'].compose = function() error('boom') end")
    game.objective()
    game.idle(50)

    assert len(gametimes(world)) == 1
    assert "Gametime file written" in world.console()


def test_the_gametime_file_can_be_switched_off(lua, tmp_path):
    world = World(tmp_path, lua, settings="server_id = srv1\ngametime_file = off\n")
    game = world.new_game()
    a_round(game)
    game.objective()
    game.idle(50)

    assert gametimes(world) == []
    assert world.reports()[0]["files"] == []


def test_the_gametime_folder_can_be_chosen(lua, tmp_path):
    world = World(tmp_path, lua, settings=f"server_id = srv1\ngametime_dir = {tmp_path}/elsewhere\n", shell=True)
    game = world.new_game()
    a_round(game)
    game.objective()
    game.idle(50)

    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == world.reports()[0]["files"]
