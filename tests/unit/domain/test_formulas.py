import pytest

from shared.domain.formulas import (
    accuracy_percent,
    damage_per_minute,
    dead_percent,
    denied_percent,
    headshot_accuracy_percent,
    kill_death_ratio,
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
