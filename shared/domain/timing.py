"""How long, from when to when, under which limit: of all that is told of a round's times, what holds, who told it, and how far
the others are from it. Pure.

Durations are milliseconds, instants unix seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.durations import Told, best_duration
from shared.domain.units import MS_PER_SECOND
from shared.domain.vocabulary import DurationSource, ExitKind, Side

ALIGNED_MS = 30_000
MINOR_MS = 60_000
EXPLAINED_MS = 5_000
"""What a surrender explains is more than this, and what pauses explain is as long as they were within this."""

_SURRENDERED = {ExitKind.SURRENDER_AXIS: Side.AXIS, ExitKind.SURRENDER_ALLIES: Side.ALLIES}


class Divergence(StrEnum):
    """How far the sources of one quantity are apart. `single`: only one told it; up to 30 s are `aligned`, up to 60 s `minor`."""

    SINGLE = "single"
    ALIGNED = "aligned"
    MINOR = "minor"
    DISCREPANT = "discrepant"
    EXPLAINED_SURRENDER = "explained_surrender"
    EXPLAINED_PAUSE = "explained_pause"


@dataclass(frozen=True, slots=True)
class KnownTimes:
    """Everything that sources tell of one round's times. `limit_ms`: the limit that holds; `durations`, `limits`, `starts`,
    `ends`: each source's own word. `pause_ms`: all pauses together.
    """

    round_number: int
    exit_kind: ExitKind = ExitKind.UNKNOWN
    winner: Side | None = None
    defender: Side | None = None
    limit_ms: int | None = None
    header_clock_ms: int | None = None
    durations: tuple[Told, ...] = ()
    limits: tuple[Told, ...] = ()
    starts: tuple[Told, ...] = ()
    ends: tuple[Told, ...] = ()
    pause_ms: int | None = None
    warmup_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """What holds. `value`: seconds, of an instant unix seconds; None, with no source, when nobody told it."""

    value: float | None = None
    source: DurationSource | None = None
    divergence: Divergence | None = None

    @property
    def source_word(self) -> str:
        """The source as it is shown."""
        return self.source or "none"


@dataclass(frozen=True, slots=True)
class RoundTiming:
    """The times of one round, each with its source. `wall_clock`: duration and pauses together."""

    duration: Quantity
    limit: Quantity
    start: Quantity
    end: Quantity
    pauses: Quantity
    warmup: Quantity
    wall_clock: Quantity


def resolve(known: KnownTimes) -> RoundTiming:
    """What holds of each quantity, its source, and how far apart its sources are."""
    best = best_duration(known, known.durations)
    duration = Quantity() if best is None else _duration(known, best)
    pauses, warmup = _lua_only(known.pause_ms), _lua_only(known.warmup_ms)
    start, end = _instant(known.starts), _instant(known.ends)
    return RoundTiming(
        duration=duration,
        limit=_first(known.limits),
        start=start,
        end=end,
        pauses=pauses,
        warmup=warmup,
        wall_clock=_wall_clock(duration, pauses, start, end),
    )


def divergence(differences_ms: Sequence[int], pause_ms: int | None = None, *, was_given_up: bool = False) -> Divergence:
    """The word for how far the others are from what holds; signed, theirs less ours. What nothing explains weighs most.

    `was_given_up`: the attackers surrendered, after which a header's clock stands at the limit. `pause_ms`: of a clock that
    does not stop in pauses.
    """
    if not differences_ms:
        return Divergence.SINGLE
    words = {_word(difference_ms, pause_ms, was_given_up) for difference_ms in differences_ms}
    return next(word for word in _HEAVIEST_FIRST if word in words)


_HEAVIEST_FIRST = (
    Divergence.DISCREPANT,
    Divergence.MINOR,
    Divergence.EXPLAINED_SURRENDER,
    Divergence.EXPLAINED_PAUSE,
    Divergence.ALIGNED,
)


def _word(difference_ms: int, pause_ms: int | None, was_given_up: bool) -> Divergence:  # noqa: FBT001
    if was_given_up and difference_ms > EXPLAINED_MS:
        return Divergence.EXPLAINED_SURRENDER
    if is_pause(difference_ms, pause_ms):
        return Divergence.EXPLAINED_PAUSE
    if abs(difference_ms) > MINOR_MS:
        return Divergence.DISCREPANT
    return Divergence.MINOR if abs(difference_ms) > ALIGNED_MS else Divergence.ALIGNED


def is_pause(difference_ms: int, pause_ms: int | None) -> bool:
    """Whether two clocks differ by what the pauses took, and by more than clocks do."""
    return bool(pause_ms) and abs(difference_ms) >= EXPLAINED_MS > abs(abs(difference_ms) - (pause_ms or 0))


def was_given_up(exit_kind: ExitKind, defender: Side | None) -> bool:
    """Whether the attackers surrendered; with the sides unknown every surrender is taken for theirs."""
    side = _SURRENDERED.get(exit_kind)
    return side is not None and side is not defender


def _duration(known: KnownTimes, best: Told) -> Quantity:
    source, best_ms = best
    others = [told for told in known.durations if told != best]
    clock_ms = known.header_clock_ms
    if clock_ms is not None and source is not DurationSource.HEADER and _tells_of_this_round(known, clock_ms):
        others.append((DurationSource.HEADER, clock_ms))
    word = divergence(
        [other_ms - best_ms for _source, other_ms in others],
        known.pause_ms,
        was_given_up=was_given_up(known.exit_kind, known.defender),
    )
    return Quantity(best_ms / MS_PER_SECOND, source, word)


def _tells_of_this_round(known: KnownTimes, clock_ms: int) -> bool:
    """An R2's header clock may be an estimate, or of the round that was to come: then it is beyond the limit."""
    return clock_ms > 0 and (known.round_number == 1 or known.limit_ms is None or clock_ms <= known.limit_ms)


def _first(told: Sequence[Told]) -> Quantity:
    if not told:
        return Quantity()
    source, best = told[0]
    return Quantity(best / MS_PER_SECOND, source, divergence([other - best for _source, other in told[1:]]))


def _instant(told: Sequence[Told]) -> Quantity:
    if not told:
        return Quantity()
    source, best = told[0]
    return Quantity(best, source, divergence([(other - best) * MS_PER_SECOND for _source, other in told[1:]]))


def _lua_only(milliseconds: int | None) -> Quantity:
    if milliseconds is None:
        return Quantity()
    return Quantity(milliseconds / MS_PER_SECOND, DurationSource.LUA, Divergence.SINGLE)


def _wall_clock(duration: Quantity, pauses: Quantity, start: Quantity, end: Quantity) -> Quantity:
    if duration.value is None or pauses.value is None:
        return Quantity()
    value = duration.value + pauses.value
    if start.value is None or end.value is None:
        return Quantity(value, duration.source, Divergence.SINGLE)
    difference_ms = round((end.value - start.value - value) * MS_PER_SECOND)
    return Quantity(value, duration.source, divergence([difference_ms]))
