"""How a round ended, told without the engine's exit line."""

import pytest

from shared.domain.round_end import exit_kind, is_real_surrender, witnessed_exit_kind
from shared.domain.vocabulary import ExitKind, Side

AXIS, ALLIES = Side.AXIS, Side.ALLIES
LIMIT = 720_000


@pytest.mark.parametrize(
    ("winner", "defender", "elapsed_ms", "surrendered", "expected"),
    [
        (ALLIES, AXIS, 247_000, None, ExitKind.OBJECTIVE),
        (ALLIES, AXIS, 719_000, None, ExitKind.OBJECTIVE),
        (ALLIES, AXIS, 247_000, AXIS, ExitKind.SURRENDER_AXIS),
        (AXIS, AXIS, 720_000, None, ExitKind.TIMELIMIT),
        (AXIS, AXIS, 717_000, None, ExitKind.TIMELIMIT),
        (AXIS, AXIS, 716_999, None, ExitKind.UNKNOWN),
        (AXIS, AXIS, 250_000, ALLIES, ExitKind.SURRENDER_ALLIES),
        (AXIS, AXIS, 250_000, AXIS, ExitKind.UNKNOWN),
        (AXIS, AXIS, None, None, ExitKind.UNKNOWN),
        (None, AXIS, 720_000, None, ExitKind.UNKNOWN),
        (AXIS, None, 720_000, None, ExitKind.UNKNOWN),
    ],
)
def test_sides_clock_and_surrender_tell_the_end_and_else_it_stays_open(
    winner, defender, elapsed_ms, surrendered, expected
):
    """P20, P46, P77: no time heuristic against the sides, and a winner scripts had set beforehand is no hold."""
    assert exit_kind(winner, defender, elapsed_ms, LIMIT, surrendered) is expected


@pytest.mark.parametrize(
    ("winner", "elapsed_ms", "expected"),
    [
        (ALLIES, 60_000, ExitKind.OBJECTIVE),
        (AXIS, 714_999, ExitKind.SURRENDER_ALLIES),
        (AXIS, 715_000, ExitKind.TIMELIMIT),
        (AXIS, None, ExitKind.TIMELIMIT),
        (None, 60_000, ExitKind.UNKNOWN),
    ],
)
def test_a_regular_end_short_of_the_limit_is_the_attackers_surrender(winner, elapsed_ms, expected):
    """P19"""
    assert witnessed_exit_kind(winner, AXIS, elapsed_ms, LIMIT) is expected


@pytest.mark.parametrize(
    ("surrendered", "winner", "elapsed_ms", "expected"),
    [
        (AXIS, ALLIES, 250_000, True),
        (AXIS, AXIS, 250_000, False),
        (AXIS, None, 250_000, False),
        (AXIS, ALLIES, 719_000, False),
        (AXIS, ALLIES, None, False),
        (None, ALLIES, 250_000, False),
    ],
)
def test_a_vote_that_was_only_called_is_no_surrender(surrendered, winner, elapsed_ms, expected):
    assert is_real_surrender(surrendered, winner, elapsed_ms, LIMIT) is expected
