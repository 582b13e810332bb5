"""Which duration of a round holds: one rule, for judging and for showing alike. Pure. Durations are milliseconds."""

from collections.abc import Iterable
from typing import Protocol

from shared.domain.scoring import LIMIT_OVERRUN_MS
from shared.domain.vocabulary import DurationSource, ExitKind, Side

Told = tuple[DurationSource, int]
"""Who tells a value, and the value."""


class Ended(Protocol):
    """What must be known of a round's end to choose its duration."""

    @property
    def round_number(self) -> int: ...  # noqa: D102
    @property
    def exit_kind(self) -> ExitKind: ...  # noqa: D102
    @property
    def winner(self) -> Side | None: ...  # noqa: D102
    @property
    def defender(self) -> Side | None: ...  # noqa: D102
    @property
    def limit_ms(self) -> int | None: ...  # noqa: D102
    @property
    def header_clock_ms(self) -> int | None: ...  # noqa: D102


def best_duration(ended: Ended, told: Iterable[Told]) -> Told | None:
    """The duration that holds: the engine's clock, a file's ninth field when it can be true, the limit that was reached, and
    of an R1 whose attackers succeeded the header's clock, which is then the time they set. `told`: the better voice first.
    """
    told = list(told)
    for source in (DurationSource.LUA, DurationSource.FIELD9):
        for its_source, told_ms in told:
            if its_source is source and _can_be(told_ms, source, ended.limit_ms):
                return source, told_ms
    if ended.exit_kind is ExitKind.TIMELIMIT and ended.limit_ms is not None:
        return DurationSource.LIMIT, ended.limit_ms
    if ended.header_clock_ms is not None and _is_set_time(ended, ended.header_clock_ms):
        return DurationSource.HEADER, ended.header_clock_ms
    return None


def _can_be(told_ms: int, source: DurationSource, limit_ms: int | None) -> bool:
    if source is DurationSource.LUA:
        return True
    return told_ms > 0 and (limit_ms is None or told_ms <= limit_ms + LIMIT_OVERRUN_MS)


def _is_set_time(ended: Ended, clock_ms: int) -> bool:
    if ended.round_number != 1 or clock_ms <= 0 or ended.exit_kind is ExitKind.ABORTED:
        return False
    if ended.winner is None or ended.defender is None or ended.winner == ended.defender:
        return False
    return ended.limit_ms is None or clock_ms <= ended.limit_ms
