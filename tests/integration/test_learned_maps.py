"""What rounds teach about maps, and what that makes of rounds that were told without their defender."""

import itertools

import pytest
from sqlalchemy import text

from ingest_api.services.learn_maps import learn_maps
from ingest_api.services.replay import replay
from shared.db.replays import Scope
from shared.domain.vocabulary import Kind
from tests.factories import R1_START, a_report, a_second_report, as_body
from tests.integration.telling import Teller, Voice

LORE = "SELECT server_id, map_name, axis_count, allies_count, base_limit_seconds FROM map_defenders ORDER BY 1, 2"
SIDES = """
SELECT defender_team, sides_source, score_confidence, round_stopwatch_state FROM rounds
WHERE server_id = :server_id AND round_start_unix = {start}
"""
UNKNOWN_MAP = "nobodys_map"


@pytest.fixture
def teller(engine):
    return Teller(engine)


def report(number, **changes):
    """An R1 of its own, an hour after the one before it."""
    moved = {"round_start_unix": R1_START + 3600 * number, "round_end_unix": R1_START + 3600 * number + 456}
    return Voice(Kind.ROUND_REPORT, as_body(a_report(event_id=f"n-{number}", **moved | changes)))


def sides(told, number=0):
    (found,) = told.rows(SIDES.format(start=R1_START + 3600 * number))
    return tuple(found.values())


def learned(told):
    learn_maps(told.engine, told.now, told.rules)
    return [tuple(row.values()) for row in told.rows(LORE)]


def test_verified_rounds_teach_who_defends_and_first_rounds_how_long_they_may_last(teller):
    told = teller.new_server()
    told.tell(report(0), report(1), report(2, defender_team=2, winner_team=1), report(3, limit_ms=600_000))
    assert learned(told) == [("srv1", "supply", 3, 1, 720)]


def test_who_defends_is_learned_over_all_servers_and_limits_on_each(teller):
    one, other = teller.new_server(), teller.new_server()
    one.tell(report(0, map_name=UNKNOWN_MAP))
    other.tell(report(0, map_name=UNKNOWN_MAP, winner_team=1, defender_team=None, limit_ms=900_000, elapsed_ms=899_500))
    assert sides(other)[:2] == (1, "winner_and_time")
    learned(one)
    assert sides(other)[:3] == (1, "observed", "time_fallback")
    assert [row[4] for row in learned(one)] == [720, 900]


def test_a_filled_in_side_is_told_as_such_and_never_verified(teller):
    """P47: worked case 30."""
    told = teller.new_server()
    told.tell(report(0, defender_team=None))
    assert sides(told) == (1, "known_map", "time_fallback", "TIME_SET")


def test_the_other_round_of_the_match_goes_before_what_the_map_says_in_either_order(teller):
    second = Voice(Kind.ROUND_REPORT, as_body(a_second_report(defender_team=None, winner_team=1)))
    first = Voice(Kind.ROUND_REPORT, as_body(a_report(defender_team=2, winner_team=2)))
    for order in itertools.permutations([first, second]):
        told = teller.new_server()
        told.tell(*order)
        rows = told.rows(
            "SELECT defender_team, sides_source FROM rounds WHERE server_id = :server_id ORDER BY round_number"
        )
        assert [tuple(row.values()) for row in rows] == [(2, "stats_ready"), (2, "other_round")]


def test_what_is_learned_does_not_depend_on_the_order_and_replay_gives_the_same(teller):
    voices = [
        report(0, map_name=UNKNOWN_MAP, defender_team=None),
        report(1, map_name=UNKNOWN_MAP, winner_team=1, defender_team=2),
        report(2, map_name=UNKNOWN_MAP, winner_team=1, defender_team=2, limit_ms=600_000),
    ]
    judgements = []
    for order in itertools.permutations(voices):
        told = teller.new_server()
        told.tell(*order)
        learned(told)
        judgements.append(told.judgement())
    assert all(judgement["rounds"] == judgements[0]["rounds"] for judgement in judgements)
    assert sides(told)[:2] == (2, "observed")
    lore = told.rows(LORE)
    list(replay(told.engine, Scope(), told.now))
    learned(told)
    assert told.rows(LORE) == lore
    assert told.judgement()["rounds"] == judgements[0]["rounds"]


def test_a_map_of_which_no_round_is_left_is_forgotten(teller):
    told = teller.new_server()
    told.tell(report(0))
    learned(told)
    with told.engine.begin() as connection:
        connection.execute(text("UPDATE rounds SET map_name = 'radar'"))
    assert [row[1] for row in learned(told)] == ["radar"]


def test_learning_what_is_known_already_writes_nothing(teller):
    told = teller.new_server()
    told.tell(report(0, map_name=UNKNOWN_MAP), report(1, map_name=UNKNOWN_MAP, defender_team=None))
    assert learn_maps(told.engine, told.now, told.rules) == 1
    assert learn_maps(told.engine, told.now, told.rules) == 0
