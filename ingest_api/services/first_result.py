"""The same bytes once more: the first result again, or, of what was refused for how it came only, the first real one."""

import structlog
from sqlalchemy import Connection, Row

from ingest_api.services.arrival import ACCEPTED_FOR_LATER, CREATED, OK, REFUSAL_CODES, Arrival, Receipt
from ingest_api.services.judging import Rules
from ingest_api.services.quarantine import read_again
from ingest_api.services.unjudged import told_notes
from shared.db.deliveries import Deliveries, RawDelivery
from shared.db.idempotency import IdempotencyKeys
from shared.db.savepoint import savepoint
from shared.domain.errors import Withheld
from shared.domain.idempotency import key_of, key_reused
from shared.domain.vocabulary import WITHHELD, EventState, Outcome

log = structlog.get_logger()
_CODES = {Outcome.ACCEPTED: CREATED, Outcome.REVISED: OK, Outcome.QUARANTINED: ACCEPTED_FOR_LATER}


def withheld_for(connection: Connection, raw: RawDelivery, delivery_id: int) -> Withheld | None:
    """Why a delivery may not be taken in the way it came; None when it may. Its key stands for it from then on."""
    try:
        key = key_of(raw.headers)
    except Withheld as refusal:
        return refusal
    if key is None:
        return None
    meant = IdempotencyKeys(connection).claim(raw.server_id, key, delivery_id, raw.received_at)
    return None if meant == delivery_id else key_reused()


def first_result_again(connection: Connection, raw: RawDelivery, arrival: Arrival, rules: Rules) -> Receipt:
    """What became of these bytes, which are here already. Raises Withheld, counted."""
    deliveries = Deliveries(connection)
    first = deliveries.first_result(raw)
    refusal = withheld_for(connection, raw, first.delivery_id)
    if refusal is not None and arrival.answered is None:
        deliveries.write_receipt(first.delivery_id, refusal.outcome, REFUSAL_CODES[Withheld], raw.received_at)
        raise refusal
    outcome = Outcome.DUPLICATE
    if refusal is None and _is_withheld(first):
        outcome = _take_at_last(connection, first.delivery_id, rules, arrival)
        first = deliveries.first_result(raw)
    receipt = _receipt(first, raw.content_sha256, outcome)
    told, code = arrival.answered or (receipt.outcome, receipt.answer_code)
    deliveries.write_receipt(first.delivery_id, told, code, raw.received_at)
    return receipt


def _is_withheld(first: Row[tuple[object, ...]]) -> bool:
    return first.state == EventState.QUARANTINED and (first.parse_notes or {}).get("quarantine_reason") in WITHHELD


def _take_at_last(connection: Connection, delivery_id: int, rules: Rules, arrival: Arrival) -> Outcome:
    """What it has become; a duplicate that goes on waiting when reading it fails."""
    try:
        with savepoint(connection):
            return read_again(connection, delivery_id, rules, arrival.received_at).outcome
    except Exception:  # whatever is wrong with our judgement, the evidence is kept, and an operator sees it waiting
        log.exception("judgement_failed", delivery_id=delivery_id)
        if connection.invalidated:
            raise
        return Outcome.DUPLICATE


def _receipt(first: Row[tuple[object, ...]], content_sha256: str, outcome: Outcome) -> Receipt:
    notes = first.parse_notes or {}
    return Receipt(
        answer_code=_CODES.get(outcome, OK),
        outcome=outcome,
        delivery_id=first.delivery_id,
        event_id=first.event_id,
        content_sha256=content_sha256,
        state=first.state,
        link_status=first.link_status,
        link_reason=first.link_reason,
        round_id=first.round_id,
        round_fingerprint=first.round_fingerprint,
        fingerprint_tier=first.fingerprint_tier,
        quarantine_reason=notes.get("quarantine_reason"),
        **told_notes(notes),
    )
