"""A STATS_READY message as facts of a round: what its sender could not know stays unknown."""

import json
from datetime import UTC, datetime

import pytest

from shared.domain.vocabulary import ExitKind, Kind, Side
from shared.parsers.stats_message import read
from shared.parsers.stats_message_facts import from_message
from tests.messages import a_message, as_bytes

NOW = datetime(2026, 2, 4, tzinfo=UTC)
LIVES = {"spawns": 6, "deaths": 5, "dead_seconds": 42, "avg_respawn": 8, "max_respawn": 20}


def facts_of(base_limit_ms=None, **changes):
    message = read(as_bytes(a_message(**changes))).message
    return from_message(message, "srv1", NOW, base_limit_ms)


def a_hold(played="719 sec", **changes):
    return facts_of(Winner="1", Lua_Playtime=played, **{"Lua_EndReason": "time_expired", **changes})


# ----- how it ended ---------------------------------------------------------------------------------------------------


def test_the_door_names_the_server_and_no_exit_line_was_heard():
    facts = facts_of()
    assert (facts.server_id, facts.has_exit_line, facts.kind) == ("srv1", False, Kind.STATS_MESSAGE)


@pytest.mark.parametrize("reason", ["objective", "time_expired", "surrender", ""])
def test_attackers_who_won_reached_the_objective_whatever_the_sender_called_it(reason):
    """P20: 90 % of the limit was called time_expired."""
    facts = facts_of(Lua_Playtime="719 sec", Lua_EndReason=reason)
    assert (facts.exit_kind, facts.end_reason_raw) == (ExitKind.OBJECTIVE, reason or None)


@pytest.mark.parametrize("played", ["720 sec", "718 sec", "717 sec"])
def test_a_hold_may_read_three_seconds_short_of_its_limit(played):
    """P77"""
    assert a_hold(played).exit_kind is ExitKind.TIMELIMIT


def test_a_hold_that_ended_early_for_no_known_reason_is_left_to_other_sources():
    assert a_hold("690 sec").exit_kind is ExitKind.UNKNOWN


@pytest.mark.parametrize("reason", ["objective", "MAP_CHANGE", "map restart", "serverrestart"])
def test_a_win_of_the_defenders_is_no_objective_so_the_round_was_aborted(reason):
    """P46"""
    assert a_hold("180 sec", Lua_EndReason=reason).exit_kind is ExitKind.ABORTED


def test_attackers_who_gave_up_early_surrendered():
    """P19"""
    caller = {"Lua_SurrenderCaller": "ab12", "Lua_SurrenderCallerName": "Nordik"}
    facts = a_hold("250 sec", Lua_SurrenderTeam="2", Lua_EndReason="surrender", **caller)
    assert (facts.exit_kind, facts.surrender_side) == (ExitKind.SURRENDER_ALLIES, Side.ALLIES)
    assert (facts.surrender_caller_guid, facts.surrender_caller_name) == ("ab12", "Nordik")


def test_defenders_who_gave_up_early_surrendered():
    facts = facts_of(Lua_SurrenderTeam="1", Lua_EndReason="surrender")
    assert facts.exit_kind is ExitKind.SURRENDER_AXIS


@pytest.mark.parametrize(("played", "caller"), [("719 sec", "2"), ("719 sec", "1"), ("250 sec", "1")])
def test_a_surrender_that_was_only_called_is_none(played, caller):
    facts = a_hold(played, Lua_SurrenderTeam=caller, Lua_EndReason="surrender", Lua_SurrenderCaller="ab12")
    assert (facts.surrender_side, facts.surrender_caller_guid) == (None, None)


@pytest.mark.parametrize("winner", ["0", "draw", ""])
def test_a_round_without_a_known_winner_has_no_known_end(winner):
    assert facts_of(Winner=winner, Lua_EndReason="surrender").exit_kind is ExitKind.UNKNOWN


# ----- which round ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "limit", "base_limit_ms", "number"),
    [
        ("2", "12 min", None, 1),
        ("1", "12 min", None, 2),
        ("1", "0.334 min", None, 2),
        ("2", "0.334 min", None, 2),
        ("2", "10 min", 720_000, 2),
        ("2", "12 min", 720_000, 1),
    ],
)
def test_an_aborted_round_has_the_number_its_limit_proves_and_else_the_other_one(written, limit, base_limit_ms, number):
    """P57"""
    changes = {"Round": written, "Lua_Timelimit": limit, "Winner": "1", "Lua_Playtime": "5 sec"}
    assert facts_of(base_limit_ms, **changes).round_number == number


def test_a_finished_round_has_the_number_it_was_told_with():
    assert facts_of(Round="2", Lua_Timelimit="12 min").round_number == 2


@pytest.mark.parametrize("at_unix", ["0", "12345", "1970159062"])
def test_an_instant_that_no_clock_can_have_shown_is_unknown(at_unix):
    facts = facts_of(Lua_RoundStart=at_unix, Lua_RoundEnd=at_unix, Lua_WarmupStart=at_unix)
    assert (facts.round_start_unix, facts.round_end_unix, facts.warmup_start_unix) == (None, None, None)


def test_the_maps_name_is_normalised():
    assert facts_of(Map=" ^1Supply ").map_name == "supply"


# ----- pauses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.7.0", "1.6.3", "1.2.0", None])
def test_no_pause_told_by_a_sender_that_sees_none_is_unknown(version):
    assert facts_of(version=version).pauses is None


def test_no_pause_told_by_a_sender_that_sees_them_is_none():
    assert facts_of(version="1.7.1").pauses == ()


def test_a_finished_pause_has_its_times():
    facts = facts_of(Lua_Pauses="1 (16 sec)", Lua_Pauses_JSON='[{"n":1,"start":1770159100,"end":1770159116,"sec":16}]')
    (pause,) = facts.pauses
    assert (pause.number, pause.start_unix, pause.end_unix) == (1, 1_770_159_100, 1_770_159_116)
    assert (pause.length_ms, pause.open_at_end, facts.pause_ms) == (16_000, False, 16_000)


def test_a_pause_still_open_at_the_end_is_counted_and_its_length_unknown():
    facts = facts_of(Lua_Pauses="1 (0 sec)", Lua_Pauses_JSON="[]")
    assert ([pause.open_at_end for pause in facts.pauses], facts.pause_ms) == ([True], None)


def test_of_one_pause_without_a_list_the_length_is_the_total():
    assert facts_of(Lua_Pauses="1 (12 sec)", Lua_Pauses_JSON=None).pause_ms == 12_000


def test_of_several_pauses_without_a_list_no_length_is_invented():
    facts = facts_of(Lua_Pauses="2 (12 sec)", Lua_Pauses_JSON=None)
    assert (len(facts.pauses), facts.pause_ms) == (2, None)


# ----- players --------------------------------------------------------------------------------------------------------


def test_players_are_known_by_their_prefix_in_capitals_and_have_clean_names():
    players = facts_of().players
    assert [(player.key, player.clean_name, player.side) for player in players] == [
        ("AB12CD34", "Nordik", Side.AXIS),
        ("7A00BEEF", "Kaamos", Side.ALLIES),
    ]


def test_a_roster_that_was_cut_is_unknown_and_the_rest_stays():
    """P56"""
    facts = facts_of(Axis_JSON='[{"guid":"ab12')
    assert (facts.players, facts.elapsed_ms) == (None, 247_000)


def test_two_empty_rosters_of_a_round_that_had_players_are_unknown_for_all_had_left():
    assert facts_of(Axis_JSON="[]", Allies_JSON="[]").players is None


def test_two_empty_rosters_of_an_empty_server_are_an_empty_round():
    """P76"""
    summary = "Players:0 | Spawns:0 | AvgRespawn:0s | MaxRespawn:0s"
    assert facts_of(Axis_JSON="[]", Allies_JSON="[]", Lua_SpawnSummary=summary).players == ()


@pytest.mark.parametrize("name", ["Lua_SpawnStats_JSON", "Lua_Spawn_Stats_JSON", "spawn_stats"])
def test_a_players_lives_are_his_and_one_who_left_is_known_by_them_alone(name):
    lives = [
        {"guid": "AB12CD340000000000000000000000AA", "name": "Nordik", **LIVES},
        {"guid": "cc", "name": "Gone", **LIVES},
    ]
    nordik, _, gone = facts_of(**{name: json.dumps(lives)}).players

    assert (nordik.spawns, nordik.deaths_seen, nordik.dead_ms) == (6, 5, 42_000)
    assert (nordik.avg_dead_ms, nordik.max_dead_ms) == (8_000, 20_000)
    assert (gone.clean_name, gone.side, gone.spawns) == ("Gone", None, 6)


def test_bots_are_bots():
    roster = '[{"guid":"OMNIBOT0100000000000000000000000","name":"x"},{"guid":"aa","name":"[BOT]y"}]'
    assert [player.is_bot for player in facts_of(Axis_JSON=roster).players] == [True, True, False]
