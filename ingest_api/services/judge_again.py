"""What the worker does for events that are not at their end yet: judge the unjudged, and note what has been said."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from ingest_api.services.digest import try_again
from ingest_api.services.judging import Rules
from shared.db.events import Events, UnfinishedEvent
from shared.db.servers import Servers
from shared.domain.vocabulary import EventState

log = structlog.get_logger()
BATCH = 500
_FIRST_DELAY_MINUTES = 1
_DELAY_FACTOR = 5
_LONGEST_DELAY = timedelta(days=1)


def judge_due_events(engine: Engine, rules: Rules, now: datetime) -> int:
    """Try every due event once, each in a transaction of its own; returns how many were judged."""
    with engine.connect() as connection:
        due = Events(connection).due(now, BATCH)
    return sum(_judge(engine, event, rules, now) for event in due)


def settle_published_events(engine: Engine, now: datetime) -> int:
    """Note what the presenter has said since; returns how many events are at their end."""
    settled = 0
    while True:
        with engine.begin() as connection:
            batch = Events(connection).settle_published(now, BATCH)
        settled += batch
        if batch < BATCH:
            return settled


def delay_after(attempts: int) -> timedelta:
    """1, 5, 25, 125, 625 minutes, then once a day: there is no age at which judging is given up."""
    return min(timedelta(minutes=_FIRST_DELAY_MINUTES * _DELAY_FACTOR ** min(attempts, 8)), _LONGEST_DELAY)


def _judge(engine: Engine, event: UnfinishedEvent, rules: Rules, now: datetime) -> bool:
    try:
        with engine.begin() as connection:
            Servers(connection).lock(event.server_id)
            if not Events(connection).is_still_unfinished(event):
                return False
            try_again(connection, event.delivery_id, EventState(event.state), rules, now)
    except (
        Exception
    ):  # one event that cannot be judged must not keep the others waiting; it is tried again, more slowly
        log.exception("judgement_failed", delivery_id=event.delivery_id, attempts=event.attempts + 1)
        with engine.begin() as connection:
            later = now + delay_after(event.attempts + 1)
            Events(connection).postpone(event.round_event_id, event.attempts + 1, later)
        return False
    log.info("event_judged", delivery_id=event.delivery_id, attempts=event.attempts + 1)
    return True
