"""The shapes of answers about scores and matches, as OpenAPI publishes them. No score without its confidence."""

from datetime import date, datetime

from pydantic import BaseModel

from ingest_api.http.round_shapes import RoundLine, SectionError
from shared.domain.diagnostics import Status
from shared.domain.vocabulary import (
    Confidence,
    Pairing,
    RoundStatus,
    ScoringRule,
    TeamSlot,
    Verdict,
)


class PersonOfTeam(BaseModel):
    """One of a team's people."""

    guid: str
    name: str | None


class TeamOfSession(BaseModel):
    """TeamA or TeamB of a session."""

    team: TeamSlot
    name: str | None
    color: str | None
    is_custom_name: bool
    players: list[PersonOfTeam]
    detected_from_round_id: int | None


class MatchBody(BaseModel):
    """The verdict on one play of one map, with its confidence and its rounds. `map_wins`, `points`: of TeamA and TeamB; null when it is not counted."""

    match_id: str
    server_id: str
    map_name: str
    play_number: int | None
    gaming_session_id: int | None
    pairing: Pairing | None
    verdict: Verdict
    rule: ScoringRule
    confidence: Confidence
    counted: bool
    reason: str | None
    note: str | None
    time_a: float | None
    time_b: float | None
    team_a_side_r1: int | None
    team_a_side_r2: int | None
    r1_round_id: int | None
    r2_round_id: int | None
    completeness_pct: int | None
    completeness_status: str | None
    updated_at: datetime | None
    map_wins: list[int] | None
    points: list[int] | None
    teams: list[TeamOfSession] | None
    rounds: list[RoundLine]
    status: Status
    errors: list[SectionError]


class UncountedRound(BaseModel):
    """A round that is part of no counted map, with the reason."""

    reason: str | None
    map_name: str
    match_id: str
    round_id: int
    round_number: int
    round_status: RoundStatus
    round_start_unix: int | None


class Substitution(BaseModel):
    """Somebody who was not there from the beginning, or not always with his own."""

    change: str
    round_id: int
    team: TeamSlot | None
    guid: str | None
    name: str | None


class SessionWarning(BaseModel):
    """A map whose score is not verified, and why."""

    match_id: str
    map_name: str
    play_number: int | None
    confidence: Confidence
    reason: str | None
    text: str


class Scoring(BaseModel):
    """The score of a session: map wins first, points beside them, never without `confidence`. Totals are null where nothing counts."""

    available: bool
    team_a: str | None
    team_b: str | None
    score: str | None
    map_wins_a: int | None
    map_wins_b: int | None
    draws: int | None
    points_a: int | None
    points_b: int | None
    winning_team: int | None
    confidence: Confidence
    confidence_counts: dict[str, int] | None
    total_maps: int
    counted_maps: int
    uncounted_rounds: list[UncountedRound]
    substitutions: list[Substitution]


class VerdictDebug(BaseModel):
    """How one verdict was reached."""

    map_name: str
    play_number: int | None
    match_id: str
    winner_side_r1: int | None
    winner_side_r2: int | None
    defender_side: int | None
    defender_side_r1: int | None
    team_a_side_r1: int | None
    team_a_side_r2: int | None
    rule: ScoringRule
    confidence: Confidence
    confidence_r1: Confidence | None
    confidence_r2: Confidence | None
    counted: bool
    reason: str | None
    verdict: Verdict
    note: str


class ScoringBody(BaseModel):
    """How each verdict of a session was reached; `maps` is null until it is scored."""

    date: date
    server_id: str
    started_at: datetime
    ended_at: datetime
    gaming_session_id: int | None
    gaming_session_ids: list[int]
    maps: list[VerdictDebug] | None
    status: Status
    errors: list[SectionError]
