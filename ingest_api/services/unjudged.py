"""Deliveries that are kept without being judged: not understood, refused, of no round, or left to the worker."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from ingest_api.services.arrival import ACCEPTED_FOR_LATER, CREATED, REFUSAL_CODES, Receipt
from ingest_api.services.digest import Digested
from ingest_api.services.evidence import Evidence, Kept
from ingest_api.services.file_ledger import note_quarantined
from shared.db.deliveries import Deliveries, RawDelivery
from shared.db.event_rows import Record, event_row
from shared.db.round_records import NewEvent
from shared.db.rounds import Rounds
from shared.db.surroundings import Surroundings
from shared.domain.errors import NotJson, Withheld
from shared.domain.ingest_state import walk
from shared.domain.linking import Link
from shared.domain.vocabulary import SOURCE_OF_KIND, EventState, Kind, LinkReason, LinkStatus, Outcome
from shared.parsers.problem import Problem
from shared.parsers.understood import Understanding, quarantined

log = structlog.get_logger()
FIRST_RETRY = timedelta(minutes=1)


def leave_for_the_worker(connection: Connection, evidence: Evidence) -> Digested:
    """It was understood, and judging it failed: it is tried again."""
    kept = evidence.kept
    row = event_row(
        evidence.understood,
        server_id=evidence.facts.server_id,
        delivery_id=kept.delivery_id,
        received_at=kept.received_at,
        filename=kept.filename,
        state=EventState.SEEN,
        next_attempt_at=kept.received_at + FIRST_RETRY,
    )
    kind = evidence.understood.kind
    _add_event(connection, row, kind, kept, [(EventState.SEEN, None)], Outcome.ACCEPTED, CREATED)
    pending = Link(LinkStatus.UNLINKED, LinkReason.NO_ROWS_FOR_MAP_ROUND_YET)
    return Digested(Outcome.ACCEPTED, CREATED, EventState.SEEN, pending)


def quarantine(connection: Connection, server_id: str, kept: Kept, understood: Understanding) -> Receipt:
    """Nobody can say what it tells: it waits until somebody can."""
    row = event_row(
        understood,
        server_id=server_id,
        delivery_id=kept.delivery_id,
        received_at=kept.received_at,
        filename=kept.filename,
        state=EventState.QUARANTINED,
    )
    reason = understood.quarantine_reason
    steps: list[tuple[EventState, str | None]] = [(EventState.SEEN, None), (EventState.QUARANTINED, reason)]
    _add_event(connection, row, understood.kind, kept, steps, Outcome.QUARANTINED, ACCEPTED_FOR_LATER)
    note_quarantined(connection, server_id, kept, understood, kept.received_at)
    log.warning("delivery_quarantined", delivery_id=kept.delivery_id, kind=understood.kind, reason=reason)
    return Receipt(
        answer_code=ACCEPTED_FOR_LATER,
        outcome=Outcome.QUARANTINED,
        delivery_id=kept.delivery_id,
        event_id=None,
        content_sha256=kept.content_sha256,
        state=EventState.QUARANTINED,
        quarantine_reason=reason,
        **told_notes(understood.notes),
    )


def withhold(connection: Connection, server_id: str, kind: Kind, kept: Kept, refusal: Withheld) -> Receipt:
    """It was asked for in a way nobody can follow: kept unread in quarantine, where it comes to no harm and does none.

    Raises the refusal, unless its sender has had an answer already.
    """
    is_answered = kept.answered is not None
    kept = replace(kept, answered=kept.answered or (refusal.outcome, REFUSAL_CODES[Withheld]))
    if kind in SOURCE_OF_KIND:
        problem = Problem(refusal.pointer, refusal.code, str(refusal))
        receipt = quarantine(connection, server_id, kept, quarantined(kind, refusal.reason, [problem]))
    else:
        receipt = keep_only(connection, kept)
    if is_answered:
        return receipt
    raise refusal


def keep_only(connection: Connection, kept: Kept) -> Receipt:
    """What tells of no round is kept as it is."""
    outcome, answer_code = kept.answered or (Outcome.ACCEPTED, CREATED)
    Deliveries(connection).write_receipt(kept.delivery_id, outcome, answer_code, kept.received_at)
    return Receipt(CREATED, Outcome.ACCEPTED, kept.delivery_id, None, kept.content_sha256, None)


def keep_malformed(connection: Connection, raw: RawDelivery, refusal: NotJson) -> None:
    """What is no JSON at all is refused, and its bytes are kept all the same."""
    deliveries = Deliveries(connection)
    kept = Rounds(connection).keep_and_look(raw, None, Surroundings()).delivery_id
    if kept is None:
        kept = deliveries.first_result(raw).delivery_id
    deliveries.write_receipt(kept, refusal.outcome, REFUSAL_CODES[type(refusal)], raw.received_at)


def told_notes(notes: Mapping[str, Any] | None) -> dict[str, Any]:
    """What reading a delivery left to say, as a receipt has it."""
    return {name: tuple((notes or {}).get(name, ())) for name in ("problems", "unknown_fields")}


def _add_event(
    connection: Connection,
    row: Record,
    kind: Kind,
    kept: Kept,
    steps: list[tuple[EventState, str | None]],
    outcome: Outcome,
    answer_code: int,
) -> None:
    outcome, answer_code = kept.answered or (outcome, answer_code)
    event = NewEvent(
        row=row,
        moves=walk(steps),
        aliases=(),
        source=SOURCE_OF_KIND[kind],
        delivery_id=kept.delivery_id,
        received_at=kept.received_at,
        outcome=outcome,
        answer_code=answer_code,
    )
    Rounds(connection).add_unlinked(event, kept.received_at)
