"""Figures over many rounds: sums before ratios, and who is ranked by them."""

import pytest

from shared.domain.player_figures import FIGURES, Ranked, ranked

DPM, KILLS = FIGURES["dpm"], FIGURES["kills"]


def test_a_ratio_is_made_of_sums_and_never_the_mean_of_ratios():
    """100 damage in one minute and 0 in nine are 10 a minute, not 50."""
    assert DPM.of({"damage_given": 100, "played_seconds": 600}) == 10


def test_head_hits_and_kills_by_head_hits_are_two_leaderboards():
    """P67."""
    assert FIGURES["headshots"].inputs == ("headshots",)
    assert FIGURES["headshot_kills"].inputs == ("headshot_kills",)
    assert FIGURES["headshot_accuracy"].inputs == ("headshots", "hits")


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_has_one_unit_and_a_meaning(name):
    assert FIGURES[name].unit
    assert FIGURES[name].meaning


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_of_nothing_known_is_unknown(name):
    assert FIGURES[name].of(dict.fromkeys(FIGURES[name].inputs)) is None


def test_players_are_ranked_by_value_and_who_has_the_same_shares_his_rank():
    sums = {guid: {"kills": kills} for guid, kills in {"A": 5, "B": 9, "C": 9, "D": 1}.items()}
    places = ranked(KILLS, sums, dict.fromkeys(sums, 3), least=1)
    assert [(place.rank, place.guid) for place in places] == [(1, "B"), (1, "C"), (3, "A"), (4, "D")]


def test_who_played_too_little_is_not_ranked():
    """P23: one lucky round is no record."""
    sums = {"A": {"damage_given": 9_000, "played_seconds": 60}, "B": {"damage_given": 100, "played_seconds": 60}}
    assert ranked(DPM, sums, {"A": 1, "B": 10}, DPM.least_rounds) == [Ranked(1, "B", 100, 10)]


def test_who_has_no_value_is_not_ranked():
    assert ranked(DPM, {"A": {"damage_given": 5, "played_seconds": 0}}, {"A": 20}, least=1) == []
