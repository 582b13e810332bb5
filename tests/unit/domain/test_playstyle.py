"""What kind of player somebody was: rules that add up, the highest wins, and nobody is called what he hardly is."""

import pytest

from shared.domain.playstyle import Playstyle, Rates, Usual, playstyle

USUAL = Usual(revives=1.0, deaths=8.0)


@pytest.mark.parametrize(
    ("own", "style"),
    [
        (Rates(frag_potential=950, kill_death_ratio=1.6, kills=9), Playstyle.FRAGGER),
        (Rates(kills=16, kill_death_ratio=1.3, frag_potential=610), Playstyle.SLAYER),
        (
            Rates(damage_ratio=0.6, damage_given=1000, damage_received=1700, kill_death_ratio=1.0, dead_percent=15),
            Playstyle.TANK,
        ),
        (Rates(revives=3.5, deaths=8), Playstyle.MEDIC),
        (Rates(headshot_percent=36, kill_death_ratio=1.1, deaths=7), Playstyle.SNIPER),
        (Rates(deaths=13, frag_potential=610, kill_death_ratio=0.9), Playstyle.RUSHER),
        (Rates(objectives=2, objectives_completed=1), Playstyle.OBJECTIVE),
    ],
)
def test_a_player_is_what_he_did_most(own, style):
    assert playstyle(own, USUAL) is style


def test_who_stands_out_in_nothing_is_balanced():
    assert playstyle(Rates(kills=5, deaths=8, kill_death_ratio=0.9, dead_percent=25), USUAL) is Playstyle.BALANCED


def test_who_is_a_little_of_something_is_balanced_all_the_same():
    assert playstyle(Rates(damage_ratio=1.6), USUAL) is Playstyle.BALANCED


def test_who_is_a_bit_of_everything_is_balanced():
    """The best of many styles is less than a quarter of all points."""
    everything = Rates(
        frag_potential=950, kill_death_ratio=1.6, damage_ratio=1.6, kills=16, deaths=13, damage_given=1600,
        damage_received=1700, dead_percent=36, revives=3.5, headshot_percent=36, objectives=2, objectives_completed=1,
        objectives_destroyed=1,
    )  # fmt: skip
    assert playstyle(everything, USUAL) is Playstyle.BALANCED


def test_of_whom_nothing_is_known_is_balanced():
    assert playstyle(Rates(), Usual()) is Playstyle.BALANCED
