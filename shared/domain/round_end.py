"""How did a round end, when its sender could not hear the engine's exit line? What one source alone allows to say. Pure.

Scripts set the winner to the defender before anything was played, so a winner who is the defender proves nothing by
itself. What this source cannot decide stays `unknown`: another source, or the limit of the following R2, may.
"""

from shared.domain.vocabulary import ExitKind, Side

HOLD_TOLERANCE_MS = 3_000
"""Scripts measure up to 2 s less than the engine, so a hold may read this much below its limit."""
EARLY_END_MS = 5_000
"""Ended this much below its limit, a held round whose end was regular was given up by the attackers."""

_SURRENDER_OF = {Side.AXIS: ExitKind.SURRENDER_AXIS, Side.ALLIES: ExitKind.SURRENDER_ALLIES}
_OPPONENT = {Side.AXIS: Side.ALLIES, Side.ALLIES: Side.AXIS}


def exit_kind(
    winner: Side | None, defender: Side | None, elapsed_ms: int | None, limit_ms: int | None, surrendered: Side | None
) -> ExitKind:
    """The end as the sides, the clock and a recorded surrender tell it. `surrendered`: the side that really gave up."""
    if winner is None or defender is None:
        return ExitKind.UNKNOWN
    if winner is not defender:
        return _SURRENDER_OF[defender] if surrendered is defender else ExitKind.OBJECTIVE
    if reached_limit(elapsed_ms, limit_ms):
        return ExitKind.TIMELIMIT
    if surrendered is _OPPONENT[defender]:
        return _SURRENDER_OF[surrendered]
    return ExitKind.UNKNOWN


def witnessed_exit_kind(
    winner: Side | None, defender: Side | None, elapsed_ms: int | None, limit_ms: int | None
) -> ExitKind:
    """The same for a source that only speaks after a regular end, and knows of no surrender.

    A held round is then a full one, or, when it clearly ended before its limit, one the attackers gave up.
    """
    if winner is None or defender is None or winner is not defender:
        return exit_kind(winner, defender, elapsed_ms, limit_ms, None)
    if elapsed_ms is not None and limit_ms is not None and elapsed_ms < limit_ms - EARLY_END_MS:
        return _SURRENDER_OF[_OPPONENT[defender]]
    return ExitKind.TIMELIMIT


def reached_limit(elapsed_ms: int | None, limit_ms: int | None) -> bool:
    """Whether the round is known to have been played to its limit."""
    return elapsed_ms is not None and limit_ms is not None and elapsed_ms >= limit_ms - HOLD_TOLERANCE_MS


def is_real_surrender(
    surrendered: Side | None, winner: Side | None, elapsed_ms: int | None, limit_ms: int | None
) -> bool:
    """Whether a side that called the vote gave up: the other side won, clearly before the limit. Else it was only a call."""
    if surrendered is None or winner is not _OPPONENT[surrendered]:
        return False
    return elapsed_ms is not None and limit_ms is not None and elapsed_ms < limit_ms - HOLD_TOLERANCE_MS
