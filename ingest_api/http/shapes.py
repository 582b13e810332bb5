"""The shapes of answers, as OpenAPI publishes them."""

from typing import Literal

from pydantic import BaseModel

from shared.domain.vocabulary import EventState, LinkReason, LinkStatus, Outcome, QuarantineReason


class FieldProblem(BaseModel):
    """One thing wrong with a body or a parameter: where (JSON pointer), what (stable code), and a sentence."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is stable; `error_id` finds the log line; `errors` says what exactly is wrong."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    error_id: str
    errors: list[FieldProblem] | None = None


class SpooledBody(BaseModel):
    """A delivery is durable in the service's spool; the database is away, and what becomes of it is not known yet."""

    outcome: Literal[Outcome.SPOOLED]
    spool_id: str
    event_id: str | None
    content_sha256: str
    problems: list[FieldProblem]


class ReceiptBody(BaseModel):
    """What became of a delivery; everything it says is durable."""

    outcome: Outcome
    delivery_id: int
    event_id: str | None
    content_sha256: str
    state: EventState | None
    link_status: LinkStatus | None
    link_reason: LinkReason | None
    round_id: int | None
    round_fingerprint: str | None
    fingerprint_tier: int | None
    quarantine_reason: QuarantineReason | None
    problems: list[FieldProblem]
    unknown_fields: list[str]
