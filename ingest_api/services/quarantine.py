"""Reading again what waits in quarantine: who is understood by now finds its round, everybody else goes on waiting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine

from ingest_api.services.digest import try_again
from ingest_api.services.evidence import Kept, understand_again
from ingest_api.services.file_ledger import note_quarantined
from ingest_api.services.judging import Rules
from ingest_api.services.read_anew import row_as_read
from shared.db.quarantine import Quarantine, QuarantinedDelivery
from shared.db.replays import Replays, ScopedEvent
from shared.db.servers import Servers
from shared.domain.errors import NotJson, RoundwireError
from shared.domain.ingest_state import walk
from shared.domain.vocabulary import EventState, Outcome
from shared.parsers.understood import Understanding

log = structlog.get_logger()
_REQUEUE = "requeue"


class NotInQuarantine(RoundwireError):
    """The delivery does not wait in quarantine; the message says where it stands instead."""


@dataclass(frozen=True, slots=True)
class Requeued:
    """What came of reading it again. `reason` and `problems`: why it still waits; None and none when it does not.

    `outcome`: that of a delivery which comes with these bytes now; the arrival that brought them keeps its own.
    """

    delivery_id: int
    is_released: bool
    state: EventState
    round_id: int | None
    outcome: Outcome = Outcome.QUARANTINED
    reason: str | None = None
    problems: Sequence[Mapping[str, Any]] = ()


def requeue(engine: Engine, delivery_id: int, rules: Rules, now: datetime) -> Requeued:
    """Read one again. It is no new arrival: no outcome is added. Raises NotInQuarantine."""
    with engine.begin() as connection:
        return read_again(connection, delivery_id, rules, now)


def read_again(connection: Connection, delivery_id: int, rules: Rules, now: datetime) -> Requeued:
    """As `requeue`, but the caller commits."""
    waiting = _ours(connection, delivery_id)
    try:
        kept, understood = understand_again(connection, delivery_id, EventState.QUARANTINED)
    except NotJson as refusal:
        return _leave(connection, waiting, refusal.code)
    told = _read(connection, waiting, kept, understood, rules, now)
    log.info("quarantined_delivery_read_again", delivery_id=delivery_id, is_released=told.is_released)
    return told


def _ours(connection: Connection, delivery_id: int) -> QuarantinedDelivery:
    quarantine = Quarantine(connection)
    waiting = quarantine.one(delivery_id)
    if waiting is None:
        state = quarantine.state(delivery_id)
        where = "there is no such delivery" if state is None else f"its event is {state}"
        raise NotInQuarantine(f"delivery {delivery_id} is not in quarantine: {where}")
    Servers(connection).lock(waiting.server_id)
    return waiting


def _read(
    connection: Connection,
    waiting: QuarantinedDelivery,
    kept: Kept,
    understood: Understanding,
    rules: Rules,
    now: datetime,
) -> Requeued:
    replays = Replays(connection)
    event = ScopedEvent(kept.delivery_id, waiting.server_id, waiting.round_event_id, EventState.QUARANTINED, None)
    replays.read_again(waiting.round_event_id, row_as_read(kept, understood, event, None))
    if understood.facts is None:
        reason = str(understood.quarantine_reason or _REQUEUE)
        steps = [(EventState.SEEN, _REQUEUE), (EventState.QUARANTINED, reason)]
        replays.put(waiting.round_event_id, walk(steps, EventState.QUARANTINED), None, now)
        note_quarantined(connection, waiting.server_id, kept, understood, now)
        return _leave(connection, waiting, reason, (understood.notes or {}).get("problems", ()))
    replays.put(waiting.round_event_id, walk([(EventState.SEEN, _REQUEUE)], EventState.QUARANTINED), None, now)
    digested = try_again(connection, kept.delivery_id, EventState.SEEN, rules, now)
    return Requeued(
        kept.delivery_id,
        is_released=True,
        state=digested.state,
        round_id=digested.round_id,
        outcome=digested.outcome,
    )


def _leave(
    connection: Connection,
    waiting: QuarantinedDelivery,
    reason: str,
    problems: Sequence[Mapping[str, Any]] = (),
) -> Requeued:
    Quarantine(connection).count_attempt(waiting.round_event_id)
    return Requeued(
        waiting.delivery_id,
        is_released=False,
        state=EventState.QUARANTINED,
        round_id=None,
        reason=reason,
        problems=tuple(problems),
    )
