"""One delivery, wherever it is: in the database, or still in the spool under the id its sender was told."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from ingest_api.services.spool import Spool
from shared.db.delivery_details import DeliveryDetails, Record
from shared.db.drained import Drained
from shared.ops.spool_reader import Waiting, opened

_SPOOL_ID = re.compile(r"sp_[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Named:
    """What a delivery is called: its id, or that of its record in the spool."""

    delivery_id: int | None
    spool_id: str | None


def named(name: str) -> Named | None:
    """What a name means; None when nothing is called so."""
    if _SPOOL_ID.fullmatch(name):
        return Named(None, name)
    return Named(int(name), None) if name.isascii() and name.isdecimal() and len(name) < len(str(1 << 63)) else None


def tell(engine: Engine, spool: Spool, name: Named) -> Record | None:
    """Everything but the bytes; None when there is no such delivery. Raises a database error when nobody can say."""
    if name.spool_id is not None and (waiting := _waiting(spool, name.spool_id)) is not None:
        return _as_waiting(waiting)
    with engine.connect() as connection:
        delivery_id = _delivery_id(connection, name)
        found = None if delivery_id is None else DeliveryDetails(connection).one(delivery_id)
        if found is None or delivery_id is None:
            return None
        return found | {"spooled": [asdict(one) for one in Drained(connection).of_delivery(delivery_id)]}


def raw_bytes(engine: Engine, spool: Spool, name: Named) -> bytes | None:
    """The bytes as they came; None when there is no such delivery. Raises as `tell` does."""
    if name.spool_id is not None and (waiting := _waiting(spool, name.spool_id)) is not None:
        with opened(waiting.path) as segment:
            return waiting.entry.body(segment)
    with engine.connect() as connection:
        delivery_id = _delivery_id(connection, name)
        return None if delivery_id is None else DeliveryDetails(connection).body(delivery_id)


def _delivery_id(connection: Connection, name: Named) -> int | None:
    if name.spool_id is None:
        return name.delivery_id
    drained = Drained(connection).find(name.spool_id)
    return None if drained is None else drained.delivery_id


def _waiting(spool: Spool, spool_id: str) -> Waiting | None:
    return next((one for one in spool.waiting() if one.head.spool_id == spool_id), None)


def _as_waiting(one: Waiting) -> dict[str, Any]:
    head = one.head
    return {
        "delivery_id": None,
        "spool_id": head.spool_id,
        "server_id": head.server_id,
        "kind": head.kind,
        "filename": head.filename,
        "headers": head.headers,
        "received_at": head.received_at,
        "kept_bytes": one.entry.ends_at - one.entry.body_at,
        "receipts": [{"received_at": head.received_at, "outcome": head.outcome, "answer_code": head.answer_code}],
        "events": [],
    }
