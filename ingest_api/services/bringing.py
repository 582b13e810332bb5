"""Bringing records of the spool to the database: some of one server in one transaction, each with its entry in the ledger.

All of them come or none does, so a record is there exactly when the ledger says so, whatever dies meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine, text

from ingest_api.services.judging import Rules
from ingest_api.services.spooled_arrival import NotBrought, take
from shared.db.drained import Brought, Drained
from shared.db.servers import Admitted, Sender, Servers
from shared.domain.spool_record import SpoolHead
from shared.ops.spool_reader import Waiting, opened

log = structlog.get_logger()
# The segment is there until a commit after these has been made durable, and theirs with it.
_WITHOUT_WAITING_FOR_THE_DISK = text("SET LOCAL synchronous_commit TO off")


def bring(engine: Engine, some: Sequence[Waiting], rules: Rules, now: datetime) -> bool:
    """Bring these records, all of one server, in their order; False when one of them is there already, and none has come.

    Raises what keeps any one of them: NotBrought, Refused, a failed judgement, a database error.
    """
    with engine.connect() as connection:
        connection.execute(_WITHOUT_WAITING_FOR_THE_DISK)
        sender = _sender(connection, some[0].head.server_id)
        brought = [_bring_one(connection, sender, one, rules) for one in some]
        if Drained(connection).note(brought, now) < len(brought):
            return False
        connection.commit()
    log.info("spooled_records_brought", server_id=some[0].head.server_id, count=len(brought), last=brought[-1].spool_id)
    return True


def count_refusals(engine: Engine, heads: Sequence[SpoolHead], now: datetime) -> None:
    """Bring arrivals that were refused; those that are there already stay as they are."""
    with engine.begin() as connection:
        connection.execute(_WITHOUT_WAITING_FOR_THE_DISK)
        Drained(connection).count_refusals(heads, now)


def _sender(connection: Connection, server_id: str | None) -> Sender | None:
    return None if server_id is None else Servers(connection).lock_by_token(Admitted(server_id))


def _bring_one(connection: Connection, sender: Sender | None, one: Waiting, rules: Rules) -> Brought:
    with opened(one.path) as segment:
        body = one.entry.body(segment)
    if body is None:
        raise NotBrought("its bytes are not what was written")
    delivery_id, outcome = take(connection, sender, one.head, body, rules)
    return Brought(one.head.spool_id, delivery_id, outcome, one.head.received_at)
