"""Who defended, when nobody told it: the first that answers decides."""

import pytest

from shared.domain.defenders import FilledIn, Observed, SideHint, fill_in
from shared.domain.known_maps import BASE_LIMITS_MS, DEFENDERS
from shared.domain.vocabulary import ExitKind, Side
from tests.factories import TWELVE_MINUTES_MS, facts

ALLIES_MORE_OFTEN, AS_OFTEN = Observed(1, 2), Observed(2, 2)


def untold(**changes):
    return facts(defender=None, exit_kind=ExitKind.UNKNOWN, has_exit_line=False, **changes)


def test_a_round_that_tells_its_defender_needs_nobody():
    assert fill_in(facts(), Side.ALLIES, ALLIES_MORE_OFTEN) is None


@pytest.mark.parametrize(
    ("other_round", "observed", "map_name", "expected"),
    [
        (Side.ALLIES, Observed(9, 0), "supply", FilledIn(Side.ALLIES, SideHint.OTHER_ROUND)),
        (None, ALLIES_MORE_OFTEN, "supply", FilledIn(Side.ALLIES, SideHint.OBSERVED)),
        (None, AS_OFTEN, "supply", FilledIn(Side.AXIS, SideHint.KNOWN_MAP)),
        (None, Observed(), "etl_ice", FilledIn(Side.ALLIES, SideHint.KNOWN_MAP)),
        (None, Observed(), "nobodys_map", FilledIn(Side.AXIS, SideHint.WINNER_AND_TIME)),
    ],
)
def test_the_first_that_answers_decides(other_round, observed, map_name, expected):
    """P47"""
    assert fill_in(untold(map_name=map_name), other_round, observed) == expected


@pytest.mark.parametrize(
    ("elapsed_ms", "defender"),
    [
        (TWELVE_MINUTES_MS - 2_001, Side.AXIS),
        (TWELVE_MINUTES_MS - 2_000, Side.ALLIES),
        (TWELVE_MINUTES_MS, Side.ALLIES),
    ],
)
def test_on_a_map_nobody_knows_who_won_in_time_attacked_and_who_won_at_the_limit_defended(elapsed_ms, defender):
    found = fill_in(untold(map_name="nobodys_map", elapsed_ms=elapsed_ms), None, Observed())
    assert found == FilledIn(defender, SideHint.WINNER_AND_TIME)


@pytest.mark.parametrize("changes", [{"winner": None}, {"elapsed_ms": None}, {"limit_ms": None}])
def test_where_nothing_answers_the_defender_stays_unknown(changes):
    assert fill_in(untold(map_name="nobodys_map", **changes), None, Observed()) is None


def test_of_the_known_maps_each_has_a_limit_and_three_are_defended_by_allies():
    assert set(DEFENDERS) == set(BASE_LIMITS_MS)
    assert [name for name, side in DEFENDERS.items() if side is Side.ALLIES] == ["et_ice", "etl_ice", "railgun"]
