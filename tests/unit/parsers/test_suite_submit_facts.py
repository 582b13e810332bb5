"""A submit of the JSON stats suite as facts of a round."""

from datetime import UTC, datetime

import pytest

from shared.domain.vocabulary import ExitKind, Kind
from shared.parsers.suite_submit import read
from shared.parsers.suite_submit_facts import from_submit
from tests.messages import as_bytes
from tests.submits import GUID, a_submit

NOW = datetime(2026, 2, 4, tzinfo=UTC)
START = 1_770_159_062


def facts_of(**changes):
    return from_submit(read([as_bytes(a_submit(**changes))]).submit, "srv1", NOW)


@pytest.mark.parametrize(
    ("winner", "seconds", "expected"),
    [
        (2, 247, ExitKind.OBJECTIVE),
        (1, 719, ExitKind.TIMELIMIT),
        (1, 900, ExitKind.TIMELIMIT),
        (1, 250, ExitKind.SURRENDER_ALLIES),
        (0, 250, ExitKind.UNKNOWN),
    ],
)
def test_a_submit_comes_after_a_regular_end_only(winner, seconds, expected):
    """P19: a hold short of the limit is the attackers' surrender."""
    facts = facts_of(info={"winnerteam": winner, "round_end_unix": START + seconds})
    assert (facts.exit_kind, facts.is_regular_end_witnessed) == (expected, True)


def test_how_long_it_took_is_not_known_for_its_clocks_run_on_in_pauses():
    assert facts_of().elapsed_ms is None


def test_the_next_limit_is_a_clock_of_the_header():
    facts = facts_of()
    assert (facts.header_clock_ms, facts.next_limit_ms) == (247_000, None)


def test_it_is_of_the_server_whose_token_it_came_with():
    facts = facts_of()
    assert (facts.server_id, facts.kind, facts.config, facts.sender_version) == (
        "srv1",
        Kind.SUITE_JSON,
        "legacy3",
        "2.4.0",
    )


def test_a_first_rounds_counters_are_its_own():
    (player,) = facts_of().players
    assert (player.key, player.guid, player.clean_name) == ("AB12CD34", GUID, "Nordik")
    assert (player.kills, player.damage_given, player.alive_percent, player.xp) == (3, 128, 24.2, 7)
    assert [weapon.weapon_index for weapon in player.weapons] == [4, 5]


def test_a_second_rounds_counters_are_unknown_until_the_firsts_are_taken_off():
    """P23"""
    (player,) = facts_of(info={"round": 2}).players
    assert (player.kills, player.damage_given, player.weapons, player.alive_percent) == (None, None, None, None)
    assert player.xp == 7


def test_an_unknown_roster_is_no_empty_one():
    assert (facts_of(player_stats="x").players, facts_of(player_stats={}).players) == (None, ())
