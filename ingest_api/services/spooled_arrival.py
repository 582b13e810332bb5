"""A record of the spool taken into the database, as if it had come just now and at the time when it really came."""

import hashlib

from sqlalchemy import Connection

from ingest_api.services.arrival import Arrival, RateLimits
from ingest_api.services.evidence import largest_bytes
from ingest_api.services.judging import Rules
from ingest_api.services.receive import receive_from
from shared.db.drained import Drained
from shared.db.reporters import Reporters
from shared.db.servers import Admitted, Sender, Servers
from shared.domain.errors import NotJson, RoundwireError
from shared.domain.spool_record import SpoolHead
from shared.domain.vocabulary import Kind, Outcome
from shared.parsers import content, hello

_AS_MANY_AS_THERE_ARE = 10**9
_NO_LIMITS = RateLimits(_AS_MANY_AS_THERE_ARE, _AS_MANY_AS_THERE_ARE)


class NotBrought(RoundwireError):
    """The record stays where it is; the message says why."""


def take(
    connection: Connection, sender: Sender | None, head: SpoolHead, body: bytes, rules: Rules
) -> tuple[int | None, Outcome | None]:
    """Do what would have been done at once, as of when it came; answers the delivery and what it turned out to be.

    `sender`: the server whose it is, with the lock on it; None when that may not speak. Raises NotBrought, Refused, and what
    a failed judgement raises; the caller commits.
    """
    if head.server_id is None:
        raise NotBrought("it does not say whose it is")
    if head.kind is None or head.outcome is None or head.answer_code is None:
        Reporters(connection).greet(head.server_id, hello.read(body), head.received_at)
        return None, None
    if head.may_be_stored:
        Servers(connection).lock(head.server_id)  # whoever may still be at it has ended then
        if stored := _stored_before(connection, head.server_id, head.kind, head, body):
            return stored
    arrival = Arrival(
        token=Admitted(head.server_id),
        body=body,
        headers=head.headers or {},
        remote_hash=head.remote_hash,
        received_at=head.received_at,
        kind=head.kind,
        filename=head.filename,
        answered=(head.outcome, head.answer_code),
    )
    try:
        receipt = receive_from(connection, sender, arrival, rules, _NO_LIMITS)
    except NotJson:
        stored = _stored_before(connection, head.server_id, head.kind, head, body)
        return stored or (None, Outcome.REFUSED_MALFORMED)
    return receipt.delivery_id, receipt.outcome


def _stored_before(
    connection: Connection, server_id: str, kind: Kind, head: SpoolHead, body: bytes
) -> tuple[int, Outcome] | None:
    encoding = (head.headers or {}).get("content-encoding")
    content_sha256 = hashlib.sha256(content.inflated(body, encoding, largest_bytes(kind))).hexdigest()
    return Drained(connection).stored_before(server_id, kind, content_sha256, head.filename, head.received_at)
