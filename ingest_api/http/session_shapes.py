"""The shapes of answers about gaming sessions, as OpenAPI publishes them. No score without its confidence."""

from datetime import date, datetime

from pydantic import BaseModel

from ingest_api.http.round_shapes import RoundLine, SectionError
from ingest_api.http.score_shapes import Scoring, SessionWarning, TeamOfSession
from shared.domain.diagnostics import Status
from shared.domain.vocabulary import (
    Confidence,
    EndReason,
    ScoringRule,
    StopwatchState,
    TeamSlot,
    Verdict,
)


class TimingOfSession(BaseModel):
    """Sums over rounds that count. `source`: who told the durations; `mixed` when not one source told all."""

    rounds_with_lua: int
    duration_seconds: float | None
    pause_seconds: float | None
    limit_seconds: float | None
    source: str | None


class SessionLine(BaseModel):
    """A session of a list. `scores` are map wins; `axis_wins` and `allies_wins` count rounds by side and are no team's score."""

    date: date
    session_id: int
    server_id: str
    started_at: datetime
    ended_at: datetime
    formatted_date: str
    time_ago: str
    rounds: int
    rounds_not_counted: int
    maps: int
    maps_played: list[str]
    players: int | None
    total_kills: float | None
    axis_wins: int
    allies_wins: int
    draws: int | None
    team_1_name: str | None
    team_2_name: str | None
    scores: str | None
    map_wins_a: int | None
    map_wins_b: int | None
    points_a: int | None
    points_b: int | None
    winning_team: int | None
    confidence: Confidence
    confidence_counts: dict[str, int] | None
    counted_maps: int | None
    lua_coverage_pct: float | None
    timing: TimingOfSession


class SessionsPage(BaseModel):
    """A page of sessions; `next_cursor` leads to the next one and is null on the last."""

    sessions: list[SessionLine]
    next_cursor: str | None


class RoundOfSession(RoundLine):
    """A round of a session."""

    has_lua_data: bool


class MatchOfSession(BaseModel):
    """A match of a session with its rounds. `time_a`, `time_b` in seconds; `shown_a`, `shown_b` say `fullhold` for a hold."""

    note: str
    rule: ScoringRule
    marker: str
    points: list[int]
    reason: str | None
    time_a: float | None
    time_b: float | None
    counted: bool
    shown_a: str
    shown_b: str
    verdict: Verdict
    map_name: str
    map_wins: list[int]
    match_id: str
    state_r1: StopwatchState | None
    state_r2: StopwatchState | None
    confidence: Confidence
    play_number: int | None
    r1_round_id: int | None
    r2_round_id: int | None
    confidence_r1: Confidence | None
    confidence_r2: Confidence | None
    defender_side: int | None
    end_reason_r1: EndReason | None
    end_reason_r2: EndReason | None
    team_a_side_r1: int | None
    team_a_side_r2: int | None
    winner_side_r1: int | None
    winner_side_r2: int | None
    defender_side_r1: int | None
    defender_side_r2: int | None
    round_start_unix: int | None
    time_to_beat_seconds: float | None
    next_timelimit_minutes: int | None
    rounds: list[RoundOfSession]


class LeaderboardLine(BaseModel):
    """One player's figures over a session, of rounds that count; sums before ratios."""

    rank: int
    guid: str
    name: str | None
    team: TeamSlot | None
    rounds: int
    kills: float | None
    deaths: float | None
    kd: float | None
    dpm: float | None
    damage_given: float | None
    damage_received: float | None
    damage_efficiency: float | None
    headshots: float | None
    headshot_kills: float | None
    accuracy: float | None
    headshot_accuracy: float | None
    gibs: float | None
    revives: float | None
    times_revived: float | None
    self_kills: float | None
    team_kills: float | None
    survival: float | None
    fragpotential: float | None
    denied: float | None
    xp: float | None
    time_played_seconds: float | None


class SessionBody(BaseModel):
    """One session, whole. `gaming_session_ids`: every session of its date."""

    date: date
    server_id: str
    started_at: datetime
    ended_at: datetime
    gaming_session_id: int | None
    gaming_session_ids: list[int]
    total_rounds: int
    rounds_not_counted: int
    rounds_with_lua: int
    maps_played: float
    map_counts: dict[str, int]
    matches: list[MatchOfSession] | None
    other_rounds: list[RoundOfSession]
    player_count: int | None
    leaderboard: list[LeaderboardLine] | None
    teams: list[TeamOfSession] | None
    scoring: Scoring | None
    warnings: list[SessionWarning] | None
    status: Status
    errors: list[SectionError]
