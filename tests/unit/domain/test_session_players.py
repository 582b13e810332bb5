"""What players did in a session: by GUID, sums before ratios, a missing round a gap."""

import pytest

from shared.domain.form import Form, form, peak
from shared.domain.player_figures import FIGURES
from shared.domain.playstyle import Playstyle
from shared.domain.session_players import OBJECTIVES, playstyles, session_players

COUNTERS = {name for figure in FIGURES.values() for name in figure.inputs} | {*OBJECTIVES, "full_selfkills"}


def a_player_round(round_id, guid, name="x", **known):
    return dict.fromkeys(COUNTERS) | {"round_id": round_id, "guid": guid, "name": name, "side": 1} | known


def test_a_player_with_two_names_is_one_line_under_his_last():
    """P65."""
    rounds = [a_player_round(1, "A", "old", kills=3), a_player_round(2, "A", "new", kills=4)]
    (player,) = session_players(rounds)
    assert (player.name, player.figure("kills")) == ("new", 7)


def test_players_are_told_by_their_kills_and_those_of_unknown_kills_last():
    rounds = [a_player_round(1, "A", kills=3), a_player_round(1, "B", kills=9), a_player_round(1, "C")]
    assert [player.guid for player in session_players(rounds)] == ["B", "A", "C"]


def test_a_ratio_leaves_out_rounds_in_which_a_part_of_it_is_unknown():
    rounds = [
        a_player_round(1, "A", damage_given=600, played_seconds=60),
        a_player_round(2, "A", damage_given=9_000),
        a_player_round(3, "A", played_seconds=600),
    ]
    (player,) = session_players(rounds)
    assert player.figure("dpm") == 600
    assert player.figure("damage_given") == 9_600


def test_a_round_that_somebody_missed_is_a_gap_and_not_zero():
    rounds = [a_player_round(one, "A", damage_given=100, played_seconds=60) for one in (1, 3)]
    (player,) = session_players(rounds)
    assert player.timeline([1, 2, 3]) == [100, None, 100]


def test_a_peak_is_told_by_its_round():
    rounds = [a_player_round(one, "A", damage_given=one * 100, played_seconds=60) for one in (1, 3, 2)]
    (player,) = session_players(rounds)
    assert player.peak_round_id() == 3


def test_a_medic_is_known_by_his_revives_among_his_own():
    rounds = [a_player_round(1, "A", revives_given=4), a_player_round(1, "B", revives_given=0)]
    assert playstyles(session_players(rounds)) == {"A": Playstyle.MEDIC, "B": Playstyle.BALANCED}


@pytest.mark.parametrize(
    ("per_round", "told"),
    [
        ([300, 310, 305], None),
        ([300, None, 310, 305], None),
        ([300, 310, 305, 300], Form.STEADY),
        ([200, 220, 300, 310], Form.RISING),
        ([310, 300, 220, 200], Form.FADING),
        ([100, 900, 100, 900], Form.VOLATILE),
        ([0, 0, 0, 0], Form.STEADY),
    ],
)
def test_form_is_told_from_at_least_four_rounds(per_round, told):
    assert form(per_round) is told


@pytest.mark.parametrize(("per_round", "place"), [([], None), ([None], None), ([1, 3, None, 3], 1)])
def test_a_peak_is_the_first_of_equals(per_round, place):
    assert peak(per_round) == place
