"""The door's service: every authentic delivery is kept once, judged when it can be, and answered with what became of it.

One transaction keeps the delivery verbatim and, inside a savepoint, judges it. The route returns only what is durable.
"""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, Engine

from ingest_api.services.arrival import REFUSAL_CODES, Arrival, Limits, Receipt
from ingest_api.services.digest import digest
from ingest_api.services.evidence import (
    Evidence,
    Kept,
    aliases_of,
    largest_bytes,
    surroundings_of,
    understand_once,
    weigh,
)
from ingest_api.services.first_result import first_result_again, withheld_for
from ingest_api.services.judging import Rules
from ingest_api.services.unjudged import (
    keep_malformed,
    keep_only,
    leave_for_the_worker,
    quarantine,
    told_notes,
    withhold,
)
from shared.db.deliveries import Deliveries, RawDelivery
from shared.db.rounds import Rounds
from shared.db.savepoint import savepoint
from shared.db.servers import Sender, Servers
from shared.db.surroundings import Look, Surroundings
from shared.domain.errors import KeptAllTheSame, NotAuthenticated, NotJson, Refused, TooMany
from shared.parsers import content
from shared.parsers.stats_header import TimeSource
from shared.parsers.understood import Origin

log = structlog.get_logger()
# Operators know these lines by heart and search for them.
_ROUND_TIME_FROM = {
    TimeSource.FIELD9: "Round time source: field9",
    TimeSource.HEADER: "Round time source: header",
}


def receive(engine: Engine, arrival: Arrival, rules: Rules, limits: Limits) -> Receipt:
    """Take one round report. Raises Refused, or a database error when nothing durable could be done."""
    with engine.connect() as connection:
        try:
            receipt = receive_within(connection, arrival, rules, limits)
        except Refused as refusal:
            if not isinstance(refusal, KeptAllTheSame):
                _count_refusal(connection, refusal, arrival.received_at)
            connection.commit()
            raise
        connection.commit()
    return receipt


def receive_within(connection: Connection, arrival: Arrival, rules: Rules, limits: Limits) -> Receipt:
    """As `receive`, but the caller commits, or does not; a refusal is not counted."""
    sender = Servers(connection).lock_by_token(arrival.token)
    return receive_from(connection, sender, arrival, rules, limits)


def refuse(engine: Engine, refusal: Refused, received_at: datetime) -> None:
    """Count an arrival that never came as far as its bytes."""
    with engine.connect() as connection:
        _count_refusal(connection, refusal, received_at)
        connection.commit()


def receive_from(
    connection: Connection, sender: Sender | None, arrival: Arrival, rules: Rules, limits: Limits
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
        understood = understand_once(raw.kind, raw.content_sha256, raw.byte_count, _origin(sender, raw), lambda: body)
    except NotJson as refusal:
        keep_malformed(connection, raw, refusal)
        raise
    facts = understood.facts
    aliases = aliases_of(facts) if facts else []
    surroundings = surroundings_of(facts, aliases) if facts else Surroundings()
    look = Rounds(connection).keep_and_look(raw, understood.event_id, surroundings)
    if look.delivery_id is None:
        return first_result_again(connection, raw, arrival, rules)
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
    if withheld := withheld_for(connection, raw, kept.delivery_id):
        return withhold(connection, server_id, raw.kind, kept, withheld)
    if facts is not None:
        return _judge(connection, weigh(kept, understood), look, rules)
    if understood.quarantine_reason is not None:
        return quarantine(connection, server_id, kept, understood)
    return keep_only(connection, kept)


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
        digested = leave_for_the_worker(connection, evidence)
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
        **told_notes(understood.notes),
    )


def _count_refusal(connection: Connection, refusal: Refused, received_at: datetime) -> None:
    Deliveries(connection).write_receipt(None, refusal.outcome, REFUSAL_CODES[type(refusal)], received_at)
