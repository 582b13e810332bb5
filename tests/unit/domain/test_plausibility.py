from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.plausibility import Implausible, PlayerNumbers, RoundNumbers, Rule, implausible
from shared.domain.vocabulary import ExitKind, RoundStatus, Side

PLAYER = PlayerNumbers(
    guid="AB12CD34",
    played_seconds=456,
    kills=10,
    deaths=5,
    self_kills=1,
    damage_given=1700,
    bullets_fired=600,
    revives_given=4,
    times_revived=5,
    gibs=3,
    dynamites_planted=2,
    xp=60,
    headshot_kills=2,
    accuracy=33.3,
    dpm=223.7,
    kd_ratio=2.0,
)
ROUND = RoundNumbers(
    round_id=1,
    round_number=1,
    status=RoundStatus.COMPLETED,
    exit_kind=ExitKind.OBJECTIVE,
    winner=Side.ALLIES,
    defender=Side.AXIS,
    duration_ms=456_250,
    header_clock_ms=456_000,
    limit_ms=720_000,
    players=(PLAYER,),
)


def rules(one):
    return [found.rule for found in implausible(one)]


def with_player(**changes):
    return replace(ROUND, players=(replace(PLAYER, **changes),))


def test_a_round_as_it_is_played_is_plausible():
    assert implausible(ROUND) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"kills": 153, "kd_ratio": 30.6}, Rule.KILLS),
        ({"deaths": 153, "kd_ratio": 0.07}, Rule.DEATHS),
        ({"damage_given": 45_601, "dpm": 6000.1}, Rule.DAMAGE),
        ({"bullets_fired": 6841}, Rule.BULLETS),
        ({"revives_given": 58}, Rule.REVIVES),
        ({"gibs": 229}, Rule.GIBS),
        ({"dynamites_planted": 19}, Rule.DYNAMITES),
        ({"xp": 685}, Rule.XP),
        ({"headshot_kills": 11}, Rule.HEADSHOT_KILLS),
        ({"accuracy": 100.1}, Rule.ACCURACY),
        ({"accuracy": -0.1}, Rule.ACCURACY),
        ({"times_revived": 7}, Rule.TIMES_REVIVED),
        ({"played_seconds": 517, "dpm": 197.3}, Rule.PLAYED),
        ({"dpm": 229}, Rule.DPM),
        ({"kd_ratio": 2.2}, Rule.KD),
    ],
)
def test_each_rule_about_a_player_is_broken_by_its_own_case(changes, rule):
    (found,) = implausible(with_player(**changes))

    assert (found.rule, found.guid) == (rule, "AB12CD34")
    assert found.value is not None
    assert found.bound is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"kills": 152, "kd_ratio": 30.4},
        {"damage_given": 45_600, "dpm": 6000.0},
        {"times_revived": 6},
        {"headshot_kills": 10},
        {"dpm": 228.6},
        {"kd_ratio": 2.15},
        {"accuracy": 100.0},
    ],
)
def test_what_is_at_its_bound_is_plausible(changes):
    assert rules(with_player(**changes)) == []


@pytest.mark.parametrize("name", [one for one in PlayerNumbers.__slots__ if one not in ("guid", "is_bot")])
def test_what_is_unknown_of_a_player_is_not_implausible(name):
    assert rules(with_player(**{name: None})) == []


def test_deeds_without_a_second_played_are_implausible():
    assert Rule.KILLS in rules(with_player(played_seconds=0))


@pytest.mark.parametrize("unknown", ["winner", "defender"])
def test_a_completed_round_has_both_its_sides(unknown):
    assert rules(replace(ROUND, **{unknown: None})) == [Rule.SIDES]
    assert rules(replace(ROUND, **{unknown: None}, status=RoundStatus.ABORTED)) == []


def test_a_second_round_without_its_first_is_not_completed():
    """P23"""
    second = replace(ROUND, round_number=2)

    assert rules(second) == [Rule.ORPHAN]
    assert rules(replace(second, status=RoundStatus.ORPHAN_R2)) == []


def players(count, kills, damage):
    return tuple(PlayerNumbers(f"{number:08X}", kills=kills, damage_given=damage) for number in range(count))


def a_second_round(count, kills=11, damage=2000):
    return replace(ROUND, round_number=2, players=players(count, kills, damage), first_players=players(count, 10, 1700))


def test_a_second_round_in_which_everybody_did_more_still_has_its_first_in_it():
    """P23"""
    assert rules(a_second_round(4)) == [Rule.NOT_SUBTRACTED]


@pytest.mark.parametrize("second", [a_second_round(3), a_second_round(4, kills=10), a_second_round(4, damage=1700)])
def test_few_players_or_one_who_did_less_prove_nothing(second):
    assert rules(second) == []


def test_a_header_clock_away_from_the_duration_is_flagged_unless_the_attackers_gave_up():
    apart = replace(ROUND, header_clock_ms=720_000)

    assert implausible(apart) == [Implausible(Rule.HEADER, None, 263.75, 30.0)]
    assert rules(replace(apart, exit_kind=ExitKind.SURRENDER_ALLIES)) == []


def test_the_clock_of_a_second_round_beyond_its_limit_is_of_another_round():
    assert rules(replace(a_second_round(3), header_clock_ms=721_000)) == []


_COUNTS = st.integers(0, 100_000) | st.none()


@given(kills=_COUNTS, deaths=_COUNTS, damage=_COUNTS, played=_COUNTS)
def test_looking_never_fails_and_never_alters(kills, deaths, damage, played):
    one = with_player(kills=kills, deaths=deaths, damage_given=damage, played_seconds=played)
    before = repr(one)
    implausible(one)

    assert repr(one) == before
