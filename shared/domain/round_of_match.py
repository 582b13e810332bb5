"""A judged round as far as the score of its match and of its gaming session goes. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.vocabulary import Confidence, EndReason, ExitKind, RoundStatus, Side, StopwatchState

LIMITS_EQUAL_MS = 100
TEXT_LIMITS_EQUAL_MS = 1_000
"""A limit that was told as `M:SS` text is no more exact than its last digit."""


class Fighter(NamedTuple):
    """A person who was on a side in a round. `guid`: as it identifies people within the session."""

    guid: str
    name: str
    side: Side


@dataclass(frozen=True, slots=True)
class RoundOfMatch:
    """One round with what judging it came to. Milliseconds of the round clock, unix seconds; None is unknown.

    `match_id`: its place, which beside the counting rounds ends in `/x1`. `is_limit_text`: the limit was told as `M:SS`.
    `names_first_round`: of an R2, that its sender knew its R1.
    """

    round_id: int
    map_name: str
    match_id: str
    round_number: int
    began_unix: int | None
    status: RoundStatus
    confidence: Confidence
    exit_kind: ExitKind
    play_number: int | None = None
    is_valid: bool = True
    invalid_reason: str | None = None
    stopwatch_state: StopwatchState | None = None
    winner: Side | None = None
    defender: Side | None = None
    elapsed_ms: int | None = None
    limit_ms: int | None = None
    is_limit_text: bool = False
    header_clock_ms: int | None = None
    time_to_beat_ms: int | None = None
    next_limit_minutes: int | None = None
    end_reason: EndReason | None = None
    names_first_round: bool = False
    fighters: tuple[Fighter, ...] = ()

    @property
    def order(self) -> tuple[int, int, str]:
        """Sort key: as rounds were played, whenever they became known."""
        return (self.began_unix or 0, self.round_number, self.match_id)

    @property
    def attack_ms(self) -> int | None:
        """How long a completing attack took: as measured, else the time that R2 had to beat. None for a hold."""
        if self.stopwatch_state is not StopwatchState.TIME_SET:
            return None
        return self.elapsed_ms if self.elapsed_ms is not None else self.time_to_beat_ms

    @property
    def clock_ms(self) -> int | None:
        """The header clock, where it says something at all."""
        return self.header_clock_ms or None
