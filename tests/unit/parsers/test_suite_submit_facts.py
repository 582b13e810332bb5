"""A submit of the JSON stats suite as facts of a round."""

from datetime import UTC, datetime

import pytest

from shared.domain.stats_difference import difference
from shared.domain.vocabulary import ExitKind, Kind, R2Basis
from shared.parsers.suite_submit import read
from shared.parsers.suite_submit_facts import from_submit
from tests.messages import as_bytes
from tests.submits import GUID, TOKENS, a_submit, a_submit_player

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


def second_less_first(second_tokens, first_tokens=TOKENS):
    first, second = (
        read([as_bytes(a_submit({"round": number}, player_stats={GUID: a_submit_player(weaponStats=tokens)}))]).submit
        for number, tokens in ((1, first_tokens), (2, second_tokens))
    )
    (player,) = from_submit(second, "srv1", NOW, difference(second.stats(), first.stats())).players
    return player


def test_a_second_rounds_counters_are_told_raw_until_the_firsts_are_taken_off():
    """P23"""
    (player,) = facts_of(info={"round": 2}).players
    assert (player.kills, player.damage_given, player.basis) == (3, 128, R2Basis.RAW)


def test_a_second_rounds_counters_are_its_own_once_the_firsts_are_taken_off():
    second = "48 9 20 2 0 2 4 9 2 2 0 228 210 0 0 4 1 0 0 50.0 5".split()
    player = second_less_first(second)
    assert (player.guid, player.basis, player.kills, player.deaths) == (GUID, R2Basis.DIFF, 1, 1)
    assert (player.damage_given, player.gibs, player.xp) == (100, 1, 5)
    assert [(weapon.weapon_index, weapon.kills) for weapon in player.weapons] == [(4, 1), (5, 0)]


def test_a_counter_that_fell_shows_a_reconnect_and_the_second_round_stands_as_it_is():
    """P24"""
    player = second_less_first("16 1 2 1 0 0 28 10 0 0 3 1 0 0 24.2 7".split())
    assert (player.basis, player.kills, player.damage_given) == (R2Basis.RAW, 1, 28)


@pytest.mark.parametrize(("second", "first"), [(None, TOKENS), (TOKENS, None), (None, None)])
def test_counters_of_which_one_rounds_could_not_be_read_are_unknown(second, first):
    player = second_less_first(second, first)
    assert (player.kills, player.damage_given, player.weapons) == (None, None, None)


def test_a_player_whose_counters_cannot_be_read_has_no_weapons_of_none():
    (player,) = facts_of(player_stats={GUID: a_submit_player(weaponStats=None)}).players
    assert (player.kills, player.weapons, player.deeds) == (None, None, None)


def test_an_unknown_roster_is_no_empty_one():
    assert (facts_of(player_stats="x").players, facts_of(player_stats={}).players) == (None, ())
