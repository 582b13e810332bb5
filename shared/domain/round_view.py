"""What may be shown of one round: finished judgement, side by side. None always means unknown, never zero."""

from dataclasses import dataclass

from shared.domain import fingerprint
from shared.domain.vocabulary import Confidence, RoundOutcome, Side, StopwatchState


@dataclass(frozen=True, slots=True)
class PlayerLine:
    """One player in one round. Times in seconds of the pause-free clock; `headshots` are head hits, not kills."""

    guid: str
    name: str
    side: Side | None = None
    is_bot: bool = False
    kills: int | None = None
    deaths: int | None = None
    gibs: int | None = None
    damage_given: int | None = None
    damage_received: int | None = None
    team_damage_given: int | None = None
    shots: int | None = None
    hits: int | None = None
    headshots: int | None = None
    revives_given: int | None = None
    times_revived: int | None = None
    played_seconds: float | None = None
    dead_seconds: float | None = None
    denied_seconds: float | None = None
    multikills: tuple[int | None, ...] = (None,) * 5  # of two, three, four, five, six


@dataclass(frozen=True, slots=True)
class RoundView:
    """One round with its players. Every instant is a unix second, every duration is in seconds."""

    round_id: int
    server_id: str
    map_name: str
    round_number: int
    round_fingerprint: str
    link_status: str | None = None
    source: str | None = None
    play_number: int | None = None
    round_start_unix: int | None = None
    round_end_unix: int | None = None
    duration_seconds: float | None = None
    duration_source: str | None = None
    limit_seconds: float | None = None
    header_clock_seconds: float | None = None
    pause_seconds: float | None = None
    pause_count: int | None = None
    winner_side: Side | None = None
    defender_side: Side | None = None
    surrender_side: Side | None = None
    axis_team_name: str | None = None
    allies_team_name: str | None = None
    stopwatch_state: StopwatchState | None = None
    outcome: RoundOutcome | None = None
    time_to_beat_seconds: float | None = None
    next_limit_seconds: float | None = None
    score_confidence: Confidence | None = None
    players: tuple[PlayerLine, ...] = ()

    @property
    def short_fingerprint(self) -> str:
        """Enough to find the evidence: `1:4430f4bb`."""
        return fingerprint.short(self.round_fingerprint)
