"""The door's service: every authentic delivery is kept once, judged when it can be, and answered with what became of it.

One transaction keeps the delivery verbatim and, inside a savepoint, judges it. The route returns only what is durable.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, Engine

from ingest_api.services.arrival import ACCEPTED_FOR_LATER, CREATED, OK, REFUSAL_CODES, Arrival, RateLimits, Receipt
from ingest_api.services.digest import Digested, digest
from ingest_api.services.evidence import (
    Evidence,
    Kept,
    aliases_of,
    largest_bytes,
    surroundings_of,
    understand_once,
    weigh,
)
from ingest_api.services.file_ledger import note_quarantined
from ingest_api.services.judging import Rules
from shared.db.deliveries import Deliveries, RawDelivery
from shared.db.event_rows import Record, event_row
from shared.db.rounds import NewEvent, Rounds
from shared.db.savepoint import savepoint
from shared.db.servers import Sender, Servers
from shared.db.surroundings import Look, Surroundings
from shared.domain.errors import NotAuthenticated, NotJson, Refused, TooMany
from shared.domain.ingest_state import walk
from shared.domain.linking import Link
from shared.domain.vocabulary import SOURCE_OF_KIND, EventState, Kind, LinkReason, LinkStatus, Outcome
from shared.parsers import content
from shared.parsers.stats_header import TimeSource
from shared.parsers.understood import Origin, Understanding

log = structlog.get_logger()
FIRST_RETRY = timedelta(minutes=1)
# Operators know these lines by heart and search for them.
_ROUND_TIME_FROM = {
    TimeSource.FIELD9: "Round time source: field9",
    TimeSource.HEADER: "Round time source: header",
}


def receive(engine: Engine, arrival: Arrival, rules: Rules, limits: RateLimits) -> Receipt:
    """Take one round report. Raises Refused, or a database error when nothing durable could be done."""
    with engine.connect() as connection:
        try:
            receipt = receive_within(connection, arrival, rules, limits)
        except Refused as refusal:
            if not isinstance(refusal, NotJson):
                _count_refusal(connection, refusal, arrival.received_at)
            connection.commit()
            raise
        connection.commit()
    return receipt


def receive_within(connection: Connection, arrival: Arrival, rules: Rules, limits: RateLimits) -> Receipt:
    """As `receive`, but the caller commits, or does not; a refusal is not counted."""
    sender = Servers(connection).lock_by_token(arrival.token)
    return receive_from(connection, sender, arrival, rules, limits)


def refuse(engine: Engine, refusal: Refused, received_at: datetime) -> None:
    """Count an arrival that never came as far as its bytes."""
    with engine.connect() as connection:
        _count_refusal(connection, refusal, received_at)
        connection.commit()


def receive_from(
    connection: Connection, sender: Sender | None, arrival: Arrival, rules: Rules, limits: RateLimits
) -> Receipt:
    """As `receive_within`, for a caller that holds the server's lock already; `sender` None: nobody may speak here."""
    if sender is None:
        raise NotAuthenticated("this needs `Authorization: Bearer` with the token of a registered game server")
    server_id = sender.server_id
    if wait_seconds := limits.take(server_id, arrival.received_at):
        raise TooMany(f"more than {limits.per_minute} deliveries of this kind a minute", wait_seconds)
    body = content.inflated(arrival.body, arrival.content_encoding, largest_bytes(arrival.kind))
    raw = RawDelivery(
        server_id=server_id,
        kind=arrival.kind,
        content_sha256=hashlib.sha256(body).hexdigest(),
        body=arrival.body,
        byte_count=len(body),
        headers=arrival.headers,
        content_type=arrival.headers.get("content-type"),
        remote_hash=arrival.remote_hash,
        received_at=arrival.received_at,
        filename=arrival.filename,
    )
    try:
        understood = understand_once(raw.kind, body, _origin(sender, raw))
    except NotJson as refusal:
        _keep_malformed(connection, raw, refusal)
        raise
    facts = understood.facts
    aliases = aliases_of(facts) if facts else []
    surroundings = surroundings_of(facts, aliases) if facts else Surroundings()
    look = Rounds(connection).keep_and_look(raw, understood.event_id, surroundings)
    if look.delivery_id is None:
        return _first_result_again(connection, raw, arrival.answered)
    kept = Kept(
        look.delivery_id,
        raw.content_sha256,
        raw.byte_count,
        raw.received_at,
        raw.filename,
        answered=arrival.answered,
    )
    if understood.round_time_source is not None:
        log.info(_ROUND_TIME_FROM[understood.round_time_source], server_id=server_id, filename=raw.filename)
    if facts is not None:
        return _judge(connection, weigh(kept, understood), look, rules)
    if understood.quarantine_reason is not None:
        return _quarantine(connection, server_id, kept, understood)
    return _keep_only(connection, kept)


def _origin(sender: Sender, raw: RawDelivery) -> Origin:
    return Origin(sender.server_id, raw.received_at, raw.filename, ZoneInfo(sender.time_zone))


def _judge(connection: Connection, evidence: Evidence, look: Look, rules: Rules) -> Receipt:
    kept, understood = evidence.kept, evidence.understood
    try:
        with savepoint(connection):
            digested = digest(connection, evidence, look, rules, kept.received_at)
    except Exception:  # whatever is wrong with our judgement, the evidence is kept; the worker tries again
        log.exception("judgement_failed", delivery_id=kept.delivery_id, server_id=evidence.facts.server_id)
        if connection.invalidated:
            raise
        digested = _leave_for_the_worker(connection, evidence)
    log.info(
        "round_received",
        server_id=evidence.facts.server_id,
        kind=understood.kind,
        outcome=digested.outcome,
        map_name=evidence.facts.map_name,
        round_number=evidence.facts.round_number,
        round_id=digested.round_id,
        delivery_id=kept.delivery_id,
    )
    return Receipt(
        answer_code=digested.answer_code,
        outcome=digested.outcome,
        delivery_id=kept.delivery_id,
        event_id=understood.event_id,
        content_sha256=kept.content_sha256,
        state=digested.state,
        link_status=digested.link.status,
        link_reason=digested.link.reason,
        round_id=digested.round_id,
        round_fingerprint=digested.strongest.text if digested.strongest else None,
        fingerprint_tier=digested.strongest.tier if digested.strongest else None,
        **_notes(understood),
    )


def _leave_for_the_worker(connection: Connection, evidence: Evidence) -> Digested:
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
    _add_unjudged(connection, row, kind, kept, [(EventState.SEEN, None)], Outcome.ACCEPTED, CREATED)
    pending = Link(LinkStatus.UNLINKED, LinkReason.NO_ROWS_FOR_MAP_ROUND_YET)
    return Digested(Outcome.ACCEPTED, CREATED, EventState.SEEN, pending)


def _quarantine(connection: Connection, server_id: str, kept: Kept, understood: Understanding) -> Receipt:
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
    _add_unjudged(connection, row, understood.kind, kept, steps, Outcome.QUARANTINED, ACCEPTED_FOR_LATER)
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
        **_notes(understood),
    )


def _keep_only(connection: Connection, kept: Kept) -> Receipt:
    """What tells of no round is kept as it is."""
    outcome, answer_code = kept.answered or (Outcome.ACCEPTED, CREATED)
    Deliveries(connection).write_receipt(kept.delivery_id, outcome, answer_code, kept.received_at)
    return Receipt(CREATED, Outcome.ACCEPTED, kept.delivery_id, None, kept.content_sha256, None)


def _add_unjudged(
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
    Rounds(connection).add_event(None, event, kept.received_at)


def _keep_malformed(connection: Connection, raw: RawDelivery, refusal: NotJson) -> None:
    """What is no JSON at all is refused, and its bytes are kept all the same."""
    deliveries = Deliveries(connection)
    kept = Rounds(connection).keep_and_look(raw, None, Surroundings()).delivery_id
    if kept is None:
        kept = deliveries.first_result(raw).delivery_id
    deliveries.write_receipt(kept, refusal.outcome, REFUSAL_CODES[type(refusal)], raw.received_at)


def _count_refusal(connection: Connection, refusal: Refused, received_at: datetime) -> None:
    Deliveries(connection).write_receipt(None, refusal.outcome, REFUSAL_CODES[type(refusal)], received_at)


def _first_result_again(connection: Connection, raw: RawDelivery, answered: tuple[Outcome, int] | None) -> Receipt:
    """The same bytes once more: the first result again."""
    deliveries = Deliveries(connection)
    first = deliveries.first_result(raw)
    outcome, answer_code = answered or (Outcome.DUPLICATE, OK)
    deliveries.write_receipt(first.delivery_id, outcome, answer_code, raw.received_at)
    notes = first.parse_notes or {}
    return Receipt(
        answer_code=OK,
        outcome=Outcome.DUPLICATE,
        delivery_id=first.delivery_id,
        event_id=first.event_id,
        content_sha256=raw.content_sha256,
        state=first.state,
        link_status=first.link_status,
        link_reason=first.link_reason,
        round_id=first.round_id,
        round_fingerprint=first.round_fingerprint,
        fingerprint_tier=first.fingerprint_tier,
        quarantine_reason=notes.get("quarantine_reason"),
        problems=tuple(notes.get("problems", ())),
        unknown_fields=tuple(notes.get("unknown_fields", ())),
    )


def _notes(understood: Understanding) -> dict[str, Any]:
    notes = understood.notes or {}
    return {
        "problems": tuple(notes.get("problems", ())),
        "unknown_fields": tuple(notes.get("unknown_fields", ())),
    }
