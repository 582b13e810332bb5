"""The whole report: the same bytes from every Lua, every round of an evening once."""

import re
from random import Random

import pytest

from game_server.stand_in.evening import EVENING, perform
from game_server.stand_in.players import make_players
from game_server.stand_in.sample import reports
from shared.domain.contract import RoundReport
from tests.contract.reporter_play import module
from tests.contract.reporter_world import LUA_KINDS, TRACES, World

pytestmark = pytest.mark.parametrize("lua", LUA_KINDS)


GOLDEN = TRACES.parent / "round_report"


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
