"""What every view of times is made of: titled parts of plain lines, a mood, a footer that leads to the evidence. Pure.

Lines are for a fixed-width font: foreign names in them are made safe for a code block, which a terminal shows as well.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain import fingerprint
from shared.domain.figures import UNAVAILABLE, clock
from shared.domain.round_times import RoundTimes
from shared.domain.units import MS_PER_SECOND

_MINUTE = 60


class Tone(StrEnum):
    """How well sources agree, as a colour."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part. `is_inline`: it may stand beside its neighbours."""

    name: str
    lines: tuple[str, ...]
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One view, ready to be drawn as a card or printed."""

    title: str
    tone: Tone
    parts: tuple[Part, ...]
    footer: str


def tone(difference_ms: int | None, green_below_ms: int, orange_below_ms: int) -> Tone:
    """The colour of a difference; grey when there is none to speak of."""
    if difference_ms is None:
        return Tone.GREY
    if abs(difference_ms) < green_below_ms:
        return Tone.GREEN
    return Tone.ORANGE if abs(difference_ms) < orange_below_ms else Tone.RED


def exact(milliseconds: int | None) -> str:
    """`7:36 (456.25 s)`, or a dash."""
    if milliseconds is None:
        return UNAVAILABLE
    seconds = milliseconds / MS_PER_SECOND
    return f"{clock(seconds)} ({seconds:.10g} s)"


def short(milliseconds: int | None) -> str:
    """`7:36`, or a dash."""
    return UNAVAILABLE if milliseconds is None else clock(milliseconds / MS_PER_SECOND)


def signed_seconds(milliseconds: int | None) -> str:
    """`+362.0 s`, or a dash."""
    return UNAVAILABLE if milliseconds is None else f"{milliseconds / MS_PER_SECOND:+.1f} s"


def footer(times: RoundTimes) -> str:
    """What leads from a view to its evidence."""
    return " · ".join(
        (
            times.match_id,
            f"round_id {times.round_id}",
            f"round_fingerprint {fingerprint.short(times.round_fingerprint)}",
            f"link_status {times.link_words}",
            f"source {times.source or 'unknown'}",
        )
    )
