"""The shape of the answer that tells why a round is as it is, as OpenAPI publishes it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.domain.vocabulary import Confidence, EventState, ExitKind, Outcome, ParseStatus, RoundStatus


class WhyRound(BaseModel):
    """The round that is explained, with what was believed of it."""

    round_id: int
    round_fingerprint: str
    fingerprint_tier: int
    match_id: str
    server_id: str
    map_name: str
    round_number: int
    round_start_unix: int | None
    round_end_unix: int | None
    round_status: RoundStatus
    is_valid: bool
    invalid_reason: str | None
    exit_kind: ExitKind
    winner_team: int | None
    defender_team: int | None
    sides_source: str | None
    actual_duration_seconds: float | None
    duration_source: str | None
    limit_seconds: float | None
    limit_source: str | None
    ingest_state: EventState
    revision: int
    publication_status: str | None
    other_half_id: int | None
    winner_label: str | None
    defender_label: str | None
    confidence: Confidence


class Alias(BaseModel):
    """A fingerprint that means the round."""

    round_fingerprint: str
    tier: int | None
    source: str | None


class Move(BaseModel):
    """A step that an event went."""

    at: datetime | None
    from_state: EventState | None
    to_state: EventState
    reason: str | None


class WhyDelivery(BaseModel):
    """One delivery: what it was, why it is linked, how many seconds its time lies from the round's, where it went."""

    delivery_id: int
    kind: str
    source: str | None
    filename: str | None
    received_at: datetime
    round_fingerprint: str | None
    fingerprint_tier: int | None
    round_start_unix: int | None
    round_end_unix: int | None
    seconds_apart: float | None
    link_status: str | None
    link_reason: str | None
    link_details: dict[str, Any] | None
    state: EventState
    parse_status: ParseStatus | None
    outcomes: list[Outcome] | None
    notes: list[str]
    history: list[Move]


class Conflict(BaseModel):
    """Where two sources disagree: what was believed and what was not."""

    field: str | None
    kept_value: str | None
    kept_source: str | None
    other_value: str | None
    other_source: str | None
    reason: str


class WhyBody(BaseModel):
    """Why a round is as it is. `missing`: what never came."""

    round: WhyRound
    aliases: list[Alias] | None
    deliveries: list[WhyDelivery]
    conflicts: list[Conflict]
    missing: list[str]
