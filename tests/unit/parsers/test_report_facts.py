"""A report as facts: names normalised, counters of this round alone, what is impossible unknown."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contract import RoundReport
from shared.domain.vocabulary import ExitKind, Side
from shared.parsers.report_facts import from_report
from tests.factories import R1_END, R1_START, a_player, a_report, a_second_report

NOW = datetime.fromtimestamp(R1_END + 5, UTC)


def facts_of(report=None, **changes):
    return from_report(RoundReport.model_validate((report or a_report()) | changes), "srv1", NOW)


def player_of(**changes):
    return facts_of(players=[a_player(0, **changes)]).players[0]


def counted(raw, baseline=None, **more):
    return player_of(counters={"raw": raw, "baseline": baseline} | more)


# ----- the round ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "exact_ms"), [(7.6, 456_000), (10.567, 634_020)])
def test_a_limit_is_exact_to_the_millisecond_in_either_unit(minutes, exact_ms):
    """P1"""
    assert facts_of(limit_ms=exact_ms).limit_ms == exact_ms
    assert facts_of(limit_ms=None, timelimit_seconds=minutes * 60).limit_ms == exact_ms


def test_seconds_are_read_where_the_field_in_milliseconds_is_absent():
    seconds = {"actual_duration_seconds": 456.27, "timelimit_seconds": 720, "next_timelimit_seconds": 456.5}
    absent = {"elapsed_ms": None, "limit_ms": None, "next_limit_ms": None}
    read = facts_of(**seconds, **absent)
    assert (read.elapsed_ms, read.limit_ms, read.next_limit_ms) == (456_270, 720_000, 456_500)
    assert facts_of(**seconds).elapsed_ms == 456_000


def test_a_limit_of_0_is_unknown_and_a_duration_of_0_is_not():
    read = facts_of(elapsed_ms=0, limit_ms=0, next_limit_ms=0)
    assert (read.elapsed_ms, read.limit_ms, read.next_limit_ms) == (0, None, None)


def test_the_wires_round_0_is_round_2():
    """P4"""
    assert facts_of(round_number=0).round_number == 2


def test_the_token_names_the_server_and_the_body_does_not():
    assert facts_of(server_id="somebody-else").server_id == "srv1"


def test_the_map_is_normalised():
    assert facts_of(map_name="^1Supply ").map_name == "supply"


@pytest.mark.parametrize(
    ("at_unix", "is_plausible"),
    [
        (1_577_836_799, False),
        (1_577_836_800, True),
        (int(NOW.timestamp()) + 86_400, True),
        (int(NOW.timestamp()) + 86_401, False),
        (R1_START * 1000, False),
        (0, False),
    ],
)
def test_an_instant_before_2020_or_more_than_a_day_ahead_is_unknown(at_unix, is_plausible):
    expected = at_unix if is_plausible else None
    read = facts_of(round_start_unix=at_unix, round_end_unix=at_unix, warmup={"start_unix": at_unix})
    assert (read.round_start_unix, read.round_end_unix, read.warmup_start_unix) == (expected,) * 3


def test_unknown_sides_stay_unknown():
    read = facts_of(winner_team=0, defender_team=None)
    assert (read.winner, read.defender) == (None, None)


def test_an_unsaid_end_is_an_unknown_end():
    read = facts_of(exit_kind=None, exit_line=None)
    assert (read.exit_kind, read.has_exit_line) == (ExitKind.UNKNOWN, False)


@pytest.mark.parametrize(("game_type", "is_stopwatch"), [(3, True), ("3", True), (2, False), (None, None)])
def test_only_game_type_3_is_stopwatch(game_type, is_stopwatch):
    assert facts_of(game_type=game_type).is_stopwatch is is_stopwatch


def test_an_r2_names_its_r1_in_the_long_form_or_the_short():
    assert facts_of(a_second_report()).first_round.round_start_unix == R1_START
    short = a_second_report(r1=None, r1_round_start_unix=R1_START)
    assert facts_of(short).first_round.round_start_unix == R1_START


@pytest.mark.parametrize(
    "report",
    [
        a_second_report(r1=None),
        a_second_report(r1={"round_start_unix": None, "winner_team": 2}),
        a_second_report(r1={"round_start_unix": 12}),
        a_report(r1={"round_start_unix": R1_START}),
    ],
)
def test_without_a_usable_start_no_r1_is_named_and_an_r1_names_none(report):
    assert facts_of(report).first_round is None


def test_all_pauses_together_are_known_when_each_is():
    pauses = [{"number": 1, "length_ms": 30_000}, {"number": 2, "length_ms": 12_500, "open_at_end": True}]
    assert facts_of(pauses=pauses).pause_ms == 42_500
    assert facts_of(pauses=[]).pause_ms == 0
    assert facts_of(pauses=None).pause_ms is None
    assert facts_of(pauses=[*pauses, {"number": 3}]).pause_ms is None


@pytest.mark.parametrize(
    ("lines", "score"),
    [
        (["axis:1  allies:0"], (1, 0)),
        (["axis:0  allies:0", "score: 3  ping: 48  client: 0 x", "axis:2  allies:11"], (2, 11)),
        (["score: 3  ping: 48  client: 0 axis:9  allies:9"], (None, None)),
        ([], (None, None)),
        (None, (None, None)),
    ],
)
def test_rounds_won_by_side_are_read_from_the_engines_own_line_only(lines, score):
    read = facts_of(score_lines=lines)
    assert (read.axis_score, read.allies_score) == score


def test_only_those_on_a_side_fought():
    players = [a_player(0, side=1), a_player(1, side=2), a_player(2, side=3), a_player(3, side=0)]
    assert [player.side for player in facts_of(players=players).fighters()] == [Side.AXIS, Side.ALLIES]


def test_an_unknown_roster_is_no_empty_one():
    assert (facts_of(players=None).players, facts_of(players=[]).players) == (None, ())


# ----- counters -------------------------------------------------------------------------------------------------------


def test_a_counter_of_this_round_is_raw_minus_baseline():
    player = counted(
        {"kills": 17, "deaths": 13, "damage_given": 3003}, {"kills": 10, "deaths": 7, "damage_given": 1895}
    )
    assert (player.kills, player.deaths, player.damage_given, player.counter_reset) == (7, 6, 1108, False)


def test_without_a_baseline_raw_is_this_rounds_own():
    assert counted({"kills": 17}).kills == 17
    assert counted({"kills": 17}, {"deaths": 3}).kills == 17


def test_what_was_not_read_is_unknown():
    player = counted({"kills": 17}, {"kills": 10, "deaths": 7})
    assert (player.kills, player.deaths, player.gibs) == (7, None, None)
    assert player_of(counters=None).kills is None


def test_a_counter_below_its_baseline_makes_all_of_them_this_rounds_own():
    """P24: 12 deaths against 10 before the reset are 12, not 2."""
    player = counted({"kills": 3, "deaths": 12, "team_kills": 1}, {"kills": 10, "deaths": 10, "team_kills": 1})
    assert (player.kills, player.deaths, player.team_kills, player.counter_reset) == (3, 12, 1, True)


def test_a_clock_that_fell_back_proves_no_reset_of_the_deeds():
    """P24"""
    player = counted({"kills": 15, "time_axis": 100}, {"kills": 10, "time_axis": 456_000})
    assert (player.kills, player.counter_reset) == (5, True)


def test_a_reset_the_reporter_saw_is_kept():
    assert counted({"kills": 3}, {"kills": 0}, counter_reset=True).counter_reset


def test_the_score_of_a_player_begins_at_0_in_every_round():
    assert counted({"xp": 21.5}, {"xp": 30}).xp == 21.5


COUNTS = st.integers(0, 2**31 - 1)


@given(
    raw=st.dictionaries(st.sampled_from(["kills", "deaths", "gibs"]), COUNTS),
    baseline=st.none() | st.fixed_dictionaries({"kills": COUNTS, "deaths": COUNTS, "gibs": COUNTS}),
)
def test_no_counter_is_ever_negative_or_above_what_the_engine_showed(raw, baseline):
    """P24"""
    player = counted(raw, baseline)
    for name in ("kills", "deaths", "gibs"):
        value = getattr(player, name)
        assert (value is None) == (name not in raw)
        assert value is None or 0 <= value <= raw[name]


def test_shots_hits_and_head_hits_are_of_all_weapons_as_stats_files_have_it_and_of_this_round():
    weapons = [
        {"index": 3, "shots": 100, "hits": 40, "headshots": 9, "baseline": {"shots": 60, "hits": 30, "headshots": 9}},
        {"index": 5, "shots": 50, "hits": 10, "headshots": 2},
        {"index": 11, "shots": 7, "hits": 7, "headshots": 0},
    ]
    player = player_of(weapons=weapons)
    assert (player.shots, player.hits, player.headshots) == (97, 27, 2)


def test_who_fired_nothing_fired_0_and_who_was_not_read_is_unknown():
    assert player_of(weapons=[]).shots == 0
    assert player_of(weapons=None).shots is None
    assert player_of(weapons=[{"index": 3, "shots": None, "hits": 1}]).shots is None


def test_the_time_on_a_side_is_the_engines_and_else_the_lives_that_were_followed():
    """P24"""
    times = {
        "raw": {"time_axis": 400_000, "time_allies": 456_000},
        "baseline": {"time_axis": 0, "time_allies": 456_000},
    }
    assert player_of(counters=times).played_ms == 400_000
    assert player_of(counters=None).played_ms == 456_000
    assert player_of(counters=None, alive_ms=None).played_ms is None


# ----- who is who -----------------------------------------------------------------------------------------------------


def keys(*players):
    return [player.key for player in facts_of(players=list(players)).players]


def test_a_player_is_known_by_the_first_eight_characters_of_his_guid_in_capitals():
    assert keys(a_player(0, guid="abcdef0123456789")) == ["ABCDEF01"]


def test_one_name_worn_by_two_people_is_two_players():
    """P40"""
    assert keys(a_player(0, guid="A" * 32, name="x"), a_player(1, guid="B" * 32, name="x")) == ["AAAAAAAA", "BBBBBBBB"]


def test_bots_that_share_a_guid_are_told_by_their_names():
    bots = [a_player(slot, guid="OMNIBOT0" + "0" * 24, name=f"[BOT]{slot}") for slot in range(4)]
    found = keys(*bots)
    assert len(set(found)) == 4
    assert all(key.startswith("OMNIBOT0#") for key in found)
    assert keys(*reversed(bots)) == found[::-1]


def test_strangers_whose_guids_begin_alike_stay_two():
    found = keys(a_player(0, guid="A" * 8 + "1" * 24), a_player(1, guid="A" * 8 + "2" * 24))
    assert found[0] == "AAAAAAAA"
    assert found[1].startswith("AAAAAAAA#")


@pytest.mark.parametrize(
    ("changes", "is_bot"),
    [
        ({"is_bot": True}, True),
        ({"guid": "OMNIBOT17" + "0" * 23}, True),
        ({"guid": "omnibot17" + "0" * 23}, True),
        ({"name": "[BOT]fritz"}, True),
        ({"name": "no [BOT]"}, False),
        ({"is_bot": None}, False),
    ],
)
def test_a_bot_is_told_by_the_reporter_its_guid_or_its_name(changes, is_bot):
    assert player_of(**changes).is_bot is is_bot


PLAYERS = st.lists(
    st.tuples(st.sampled_from(["", "A" * 8, "a" * 8, "B" * 32, "OMNIBOT0", "OMNIBOT1"]), st.text(max_size=3)),
    max_size=8,
)


@given(people=PLAYERS)
def test_no_two_players_of_a_round_ever_share_a_key(people):
    found = keys(*(a_player(slot, guid=guid, name=name) for slot, (guid, name) in enumerate(people)))
    assert len(set(found)) == len(people)


def test_names_keep_what_was_sent_and_show_one_clean_line():
    """P9, P62"""
    player = player_of(name="^1a\n\x01b")
    assert (player.name, player.clean_name) == ("^1a\n\x01b", "a b")


def test_a_report_read_a_year_later_says_the_same():
    later = from_report(RoundReport.model_validate(a_report()), "srv1", NOW + timedelta(days=365))
    assert later == facts_of()
