"""Taking an arrival into the spool: checked as far as it can be without the database, by the same rules and in the same order."""

import hashlib
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from ingest_api.services.arrival import ACCEPTED_FOR_LATER, REFUSAL_CODES, Arrival, Limits, SpooledReceipt
from ingest_api.services.evidence import largest_bytes
from shared.db.servers import Admitted, token_hash
from shared.domain.errors import KeptAllTheSame, NotAuthenticated, TooMany
from shared.domain.idempotency import key_of
from shared.domain.known_servers import KnownServer, KnownServers
from shared.domain.spool_record import SpoolHead
from shared.domain.vocabulary import Outcome
from shared.parsers import content
from shared.parsers.understanding import understand
from shared.parsers.understood import Origin

log = structlog.get_logger()
_NO_ID_YET = ""


class Keeper(Protocol):
    """What keeps a delivery; the spool does."""

    def keep(self, head: SpoolHead, body: bytes) -> str:
        """Answers its id once it is durable. Raises NothingDurable."""


def spool_arrival(
    spool: Keeper, known: KnownServers, arrival: Arrival, limits: Limits, *, may_be_stored: bool
) -> SpooledReceipt:
    """Keep one delivery until the database is back. `may_be_stored`: the database was lost while it was being kept there.

    Raises Refused; KeptAllTheSame is counted by being kept, every other refusal is still to be counted. Raises NothingDurable.
    """
    server = known_server(known, arrival.token)
    if server is None:
        raise NotAuthenticated("this needs `Authorization: Bearer` with the token of a registered game server")
    if wait_seconds := limits.take(server.server_id, arrival.received_at):
        raise TooMany(f"more than {limits.per_minute} deliveries of this kind a minute", wait_seconds)
    body = content.inflated(arrival.body, arrival.content_encoding, largest_bytes(arrival.kind))
    origin = Origin(server.server_id, arrival.received_at, arrival.filename, ZoneInfo(server.time_zone))
    try:
        understood = understand(arrival.kind, body, origin)
        key_of(arrival.headers)  # whose the key is, only the database knows
    except KeptAllTheSame as refusal:
        code = REFUSAL_CODES[type(refusal)]
        spool.keep(_head(server, arrival, refusal.outcome, code, may_be_stored=may_be_stored), arrival.body)
        raise
    head = _head(server, arrival, Outcome.SPOOLED, ACCEPTED_FOR_LATER, may_be_stored=may_be_stored)
    spool_id = spool.keep(head, arrival.body)
    log.info("arrival_spooled", spool_id=spool_id, server_id=server.server_id, kind=arrival.kind)
    return SpooledReceipt(
        spool_id=spool_id,
        event_id=understood.event_id,
        content_sha256=hashlib.sha256(body).hexdigest(),
        problems=tuple((understood.notes or {}).get("problems", ())),
    )


def known_server(known: KnownServers, whose: str | Admitted) -> KnownServer | None:
    """The server of a token, or the one that was let in by something else, if it may speak."""
    return known.by_id(whose.server_id) if isinstance(whose, Admitted) else known.by_token(token_hash(whose))


def _head(
    server: KnownServer, arrival: Arrival, outcome: Outcome, answer_code: int, *, may_be_stored: bool
) -> SpoolHead:
    return SpoolHead(
        _NO_ID_YET,
        arrival.received_at,
        outcome,
        answer_code,
        server.server_id,
        arrival.kind,
        arrival.filename,
        arrival.headers,
        arrival.remote_hash,
        may_be_stored,
    )
