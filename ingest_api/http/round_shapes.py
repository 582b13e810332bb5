"""The shapes of answers about rounds and matches, as OpenAPI publishes them. Unknown is null, never 0 or an empty text."""

from datetime import datetime

from pydantic import BaseModel

from shared.domain.diagnostics import Status
from shared.domain.vocabulary import (
    Confidence,
    EndReason,
    EventState,
    ExitKind,
    ParseStatus,
    RoundOutcome,
    RoundStatus,
    StopwatchState,
)


class SectionError(BaseModel):
    """A section that could not be read."""

    section: str
    code: str


class RoundLine(BaseModel):
    """A round of a list. Sides are 1 Axis, 2 Allies; `winner_label`, `defender_label` say them in words. Unknown is null."""

    round_id: int
    round_fingerprint: str
    fingerprint_tier: int
    match_id: str
    gaming_session_id: int | None
    server_id: str
    map_name: str
    play_number: int | None
    round_number: int
    round_start_unix: int | None
    round_end_unix: int | None
    actual_duration_seconds: float | None
    duration_source: str | None
    limit_seconds: float | None
    limit_source: str | None
    total_pause_seconds: float | None
    winner_team: int | None
    defender_team: int | None
    end_reason: EndReason | None
    exit_kind: ExitKind
    round_stopwatch_state: StopwatchState | None
    time_to_beat_seconds: float | None
    next_timelimit_minutes: int | None
    next_timelimit_seconds: float | None
    round_status: RoundStatus
    is_valid: bool
    invalid_reason: str | None
    is_bot_round: bool
    human_player_count: int | None
    bot_player_count: int | None
    ingest_state: EventState
    link_status: str
    revision: int
    updated_at: datetime
    winner_label: str | None
    defender_label: str | None
    display_outcome: RoundOutcome | None
    confidence: Confidence


class RoundsPage(BaseModel):
    """A page of rounds; `next_cursor` leads to the next one and is null on the last."""

    rounds: list[RoundLine]
    next_cursor: str | None


class Quantity(BaseModel):
    """What holds of one quantity of time: seconds, of `start` and `end` unix seconds; who told it; how far others are from it."""

    value: float | None
    source: str | None
    divergence: str | None


class Quantities(BaseModel):
    """The times of one round, each with its source."""

    duration: Quantity
    limit: Quantity
    start: Quantity
    end: Quantity
    pauses: Quantity
    warmup: Quantity
    wall_clock: Quantity


class TimingOfRound(BaseModel):
    """A round's times as they are stored, and what all sources together tell of them."""

    actual_duration_seconds: float | None
    duration_source: str | None
    limit_seconds: float | None
    limit_source: str | None
    header_clock_seconds: float | None
    total_pause_seconds: float | None
    pause_count: int | None
    warmup_seconds: float | None
    source: str | None
    round_fingerprint: str
    round_fingerprint_short: str | None
    link_status: str
    link_reason: str | None
    link_grade: str | None
    lua_data: str | None
    quantities: Quantities
    stats_seconds: float | None
    stats_source: str | None
    lua_seconds: float | None
    difference_seconds: float | None
    verdict: str | None
    breaches: list[str]


class PlayerOfRound(BaseModel):
    """One player in one round. `name` is cleaned of colours; `headshots` are head hits, `headshot_kills` kills."""

    guid: str
    name: str | None
    raw_name: str
    side: int | None
    side_label: str | None
    is_bot: bool
    kills: float | None
    deaths: float | None
    gibs: float | None
    self_kills: float | None
    team_kills: float | None
    team_gibs: float | None
    damage_given: float | None
    damage_received: float | None
    team_damage_given: float | None
    team_damage_received: float | None
    headshots: float | None
    headshot_kills: float | None
    bullets_fired: float | None
    hits: float | None
    accuracy: float | None
    revives_given: float | None
    times_revived: float | None
    xp: float | None
    kd_ratio: float | None
    dpm: float | None
    time_played_seconds: float | None
    spawn_count: int | None
    death_count: int | None
    dead_seconds: float | None
    avg_respawn_seconds: float | None
    max_respawn_seconds: float | None


class SourceOfRound(BaseModel):
    """One event that told of the round. `is_believed`: its words are those of the Lua data."""

    source: str | None
    kind: str
    delivery_id: int
    received_at: datetime
    state: EventState
    parse_status: ParseStatus | None
    link_status: str
    link_reason: str | None
    round_fingerprint: str | None
    fingerprint_tier: int | None
    content_sha256: str
    is_believed: bool


class AwardOfRound(BaseModel):
    """One award. `player_guid` null: nobody knows who that is, for `reason`. `award_value` is the file's own text."""

    award_name: str
    category: str
    player_name: str | None
    player_guid: str | None
    award_value: str
    award_value_numeric: float | None
    award_unit: str | None
    position: int
    reason: str | None


class RoundBody(RoundLine):
    """One round, whole. `errors` names sections that could not be read; they are null. `awards` is null when nobody told any."""

    surrender_team: int | None
    surrender_label: str | None
    sides_source: str | None
    end_reason_raw: str | None
    timing: TimingOfRound
    aliases: list[str] | None
    players: list[PlayerOfRound] | None
    awards: list[AwardOfRound] | None
    sources: list[SourceOfRound] | None
    status: Status
    errors: list[SectionError]
