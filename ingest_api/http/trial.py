"""What a sender is told who only wants to know what would become of a delivery."""

from typing import Literal

from pydantic import BaseModel

from ingest_api.http.shapes import FieldProblem
from ingest_api.services.arrival import Receipt, SpooledReceipt
from shared.domain.vocabulary import EventState, LinkReason, LinkStatus, Outcome, QuarantineReason


class TrialBody(BaseModel):
    """What would become of a delivery; nothing of it was kept or counted.

    `answer_code`: what would be answered in earnest. Ids are those of what is here already. `unknown_because`: why nobody
    can say more than what the delivery itself says.
    """

    dry_run: Literal[True] = True
    outcome: Outcome
    answer_code: int
    delivery_id: int | None = None
    event_id: str | None
    content_sha256: str
    state: EventState | None = None
    link_status: LinkStatus | None = None
    link_reason: LinkReason | None = None
    round_id: int | None = None
    round_fingerprint: str | None = None
    fingerprint_tier: int | None = None
    quarantine_reason: QuarantineReason | None = None
    problems: list[FieldProblem]
    unknown_fields: list[str] | None = None
    unknown_because: Literal["database_away"] | None = None


def trial_of(receipt: Receipt | SpooledReceipt) -> TrialBody:
    """A receipt in the conditional: what it would name for the first time has no id."""
    known = {
        "outcome": receipt.outcome,
        "answer_code": receipt.answer_code,
        "event_id": receipt.event_id,
        "content_sha256": receipt.content_sha256,
        "problems": [FieldProblem.model_validate(problem) for problem in receipt.problems],
    }
    if isinstance(receipt, SpooledReceipt):
        return TrialBody(**known, unknown_because="database_away")
    return TrialBody(
        **known,
        delivery_id=receipt.delivery_id if receipt.outcome is Outcome.DUPLICATE else None,
        state=receipt.state,
        link_status=receipt.link_status,
        link_reason=receipt.link_reason,
        round_id=receipt.round_id if has_a_page(receipt) else None,
        round_fingerprint=receipt.round_fingerprint,
        fingerprint_tier=receipt.fingerprint_tier,
        quarantine_reason=receipt.quarantine_reason,
        unknown_fields=list(receipt.unknown_fields),
    )


def has_a_page(receipt: Receipt | SpooledReceipt) -> bool:
    """Whether the round of a trial is there without it."""
    if isinstance(receipt, SpooledReceipt) or receipt.round_id is None:
        return False
    return receipt.outcome is Outcome.DUPLICATE or receipt.link_reason != LinkReason.CREATED_ROUND
