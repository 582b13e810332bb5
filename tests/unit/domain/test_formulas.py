import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.formulas import (
    accuracy_percent,
    damage_efficiency,
    damage_per_minute,
    dead_percent,
    denied_per_minute,
    denied_percent,
    efficiency_percent,
    frag_potential,
    headshot_accuracy_percent,
    kill_death_ratio,
    survival_percent,
)


def test_damage_per_minute_is_damage_over_the_played_minutes():
    assert damage_per_minute(3450, 456) == pytest.approx(453.947, abs=0.001)


@pytest.mark.parametrize(("damage", "played"), [(None, 60), (100, None), (100, 0), (100, -1)])
def test_damage_per_minute_without_damage_or_playing_time_is_unknown(damage, played):
    assert damage_per_minute(damage, played) is None


def test_who_never_died_has_as_many_kills_per_death_as_kills():
    assert kill_death_ratio(7, 0) == 7.0


def test_kills_per_death_needs_both():
    assert kill_death_ratio(None, 3) is None
    assert kill_death_ratio(3, None) is None
    assert kill_death_ratio(3, 2) == 1.5


def test_accuracy_is_unknown_without_a_shot_and_never_above_a_hundred():
    assert accuracy_percent(0, 0) is None
    assert accuracy_percent(3, 2) == 100.0
    assert accuracy_percent(1, 4) == 25.0


def test_headshot_accuracy_is_head_hits_among_hits():
    assert headshot_accuracy_percent(5, 20) == 25.0


def test_shares_of_playing_time_stay_between_nothing_and_all_of_it():
    assert dead_percent(80, 400) == 20.0
    assert dead_percent(500, 400) == 100.0
    assert denied_percent(-1, 400) == 0.0
    assert dead_percent(10, 0) is None


def test_frag_potential_is_damage_over_the_minutes_alive():
    assert frag_potential(3450, 456, 96) == 575.0


def test_frag_potential_is_not_made_of_kills_and_assists():
    """P67: (10 + 4 * 0.5) / 7.6 minutes * 10 was 15.8 for the same round."""
    assert frag_potential(3450, 456, 96) != pytest.approx(15.789, abs=0.001)


@pytest.mark.parametrize("dead_seconds", [456, 455, 434, 500])
def test_who_was_dead_for_nearly_the_whole_round_has_no_frag_potential(dead_seconds):
    """P64: the few seconds alive once gave 60000."""
    assert frag_potential(1000, 456, dead_seconds) is None


def test_a_twentieth_of_the_time_alive_is_enough_for_a_frag_potential():
    assert frag_potential(100, 400, 380) == 300.0


@pytest.mark.parametrize("times", [(None, 0), (456, None), (0, 0), (-1, 0)])
def test_frag_potential_needs_both_times(times):
    assert frag_potential(1000, *times) is None


def test_survival_is_what_is_left_of_the_time_beside_death():
    assert survival_percent(96, 480) == 80.0
    assert survival_percent(500, 400) == 0.0
    assert survival_percent(0, 400) == 100.0
    assert survival_percent(5, 0) is None
    assert survival_percent(None, 400) is None


def test_survival_is_not_made_of_the_average_death():
    """P67: min(100, 12 / 60 * 10) was 2 for who was dead for a fifth of the time, 12 s at a time."""
    assert survival_percent(96, 480) != 2.0


def test_damage_efficiency_is_a_ratio_and_no_percentage():
    """P67: 3000 / (3000 + 2000) * 100 was 60."""
    assert damage_efficiency(3000, 2000) == 1.5
    assert damage_efficiency(3000, 0) == 3000.0
    assert damage_efficiency(None, 5) is None
    assert damage_efficiency(5, None) is None


def test_efficiency_is_kills_among_kills_and_deaths():
    assert efficiency_percent(3, 1) == 75.0
    assert efficiency_percent(0, 0) is None
    assert efficiency_percent(None, 1) is None


def test_headshot_accuracy_has_no_place_for_kills_by_a_head_hit():
    """P67: 3 kills among 20 hits would be 15 percent; 5 head hits are 25."""
    assert headshot_accuracy_percent(head_hits=5, hits=20) == 25.0


def test_denied_time_per_minute_is_in_seconds_and_never_of_more_than_was_played():
    assert denied_per_minute(45, 450) == 6.0
    assert denied_per_minute(500, 450) is None
    assert denied_per_minute(45, 0) is None


@given(
    rounds=st.lists(
        st.tuples(st.integers(0, 20_000), st.integers(1, 1800)), min_size=2, max_size=8, unique_by=lambda one: one[1]
    )
)
def test_several_rounds_are_never_the_mean_of_single_ones(rounds):
    """The sums lie between the slowest and the fastest round, and each round weighs as long as it was."""
    each = [damage_per_minute(*one) for one in rounds]
    together = damage_per_minute(sum(damage for damage, _ in rounds), sum(seconds for _, seconds in rounds))
    weighted = sum(dpm * seconds for dpm, (_, seconds) in zip(each, rounds, strict=True)) / sum(s for _, s in rounds)
    assert together == pytest.approx(weighted)


def test_a_short_round_weighs_little():
    assert damage_per_minute(1000 + 600, 600 + 10) == pytest.approx(157.4, abs=0.1)  # the mean would be 1850
