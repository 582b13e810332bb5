from dataclasses import replace

import pytest

from shared.domain.durations import best_duration
from shared.domain.timing import KnownTimes
from shared.domain.vocabulary import DurationSource, ExitKind, Side

LUA, FIELD9, LIMIT, HEADER = DurationSource
SET = KnownTimes(1, ExitKind.OBJECTIVE, Side.ALLIES, Side.AXIS, limit_ms=720_000, header_clock_ms=456_000)
HELD = KnownTimes(1, ExitKind.TIMELIMIT, Side.AXIS, Side.AXIS, limit_ms=720_000, header_clock_ms=720_000)


@pytest.mark.parametrize(
    ("ended", "told", "best"),
    [
        (SET, [(FIELD9, 456_300), (LUA, 456_250)], (LUA, 456_250)),
        (SET, [(LUA, 456_250), (LUA, 455_000)], (LUA, 456_250)),
        (SET, [(FIELD9, 456_300)], (FIELD9, 456_300)),
        (SET, [(FIELD9, 0)], (HEADER, 456_000)),
        (SET, [(FIELD9, 731_000)], (HEADER, 456_000)),
        (SET, [(FIELD9, 730_000)], (FIELD9, 730_000)),
        (SET, [], (HEADER, 456_000)),
        (HELD, [], (LIMIT, 720_000)),
        (HELD, [(LUA, 720_050)], (LUA, 720_050)),
        (replace(HELD, limit_ms=None), [], None),
        (replace(HELD, exit_kind=ExitKind.SURRENDER_ALLIES), [], None),
        (replace(HELD, exit_kind=ExitKind.UNKNOWN), [], None),
        (replace(SET, round_number=2), [], None),
        (replace(SET, winner=None), [], None),
        (replace(SET, header_clock_ms=721_000), [], None),
        (replace(SET, header_clock_ms=0), [], None),
        (replace(SET, limit_ms=None), [], (HEADER, 456_000)),
        (replace(SET, exit_kind=ExitKind.ABORTED), [], None),
    ],
)
def test_the_engines_clock_then_field_nine_then_the_reached_limit_then_the_clock_of_a_set_time(ended, told, best):
    """P19: a header's clock is the time of no hold and of no surrender."""
    assert best_duration(ended, told) == best
