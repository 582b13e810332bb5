"""Rounds that an event shows to be one become one: the oldest keeps its id and takes over all that spoke for the others."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from shared.db.merges import Merges
from shared.db.replays import Replays
from shared.domain.ingest_state import walk
from shared.domain.vocabulary import EventState

log = structlog.get_logger()
_MERGED = "merged"


def unite(connection: Connection, round_ids: Iterable[int], now: datetime) -> int:
    """Let the lowest id survive; returns it. The caller holds the server's lock, and judges the survivor anew."""
    survivor_id, *absorbed = sorted(set(round_ids))
    for absorbed_id in absorbed:
        _absorb(connection, survivor_id, absorbed_id, now)
        log.info("rounds_merged", round_id=survivor_id, old_round_id=absorbed_id)
    return survivor_id


def _absorb(connection: Connection, survivor_id: int, absorbed_id: int, now: datetime) -> None:
    replays, merges = Replays(connection), Merges(connection, survivor_id, absorbed_id)
    for event in merges.events():
        steps = [(EventState.PARSED, _MERGED), (EventState.LINKED, event.link_reason), (EventState.ENRICHED, None)]
        replays.put(event.round_event_id, walk(steps, event.state), survivor_id, now)
    merges.take_over_names(now)
    merges.take_over_posts()
    replays.forget(absorbed_id)
