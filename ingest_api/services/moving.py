"""An event taken out of the round it was linked to, and into the one that an operator names."""

from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from ingest_api.services.digest import link_by_hand
from ingest_api.services.judging import Rules
from ingest_api.services.replay_round import replay_round
from shared.db.relinks import Relinks, UnlinkedEvent
from shared.db.replays import Replays, ScopedRound
from shared.db.servers import Servers
from shared.domain.ingest_state import walk
from shared.domain.vocabulary import EventState

log = structlog.get_logger()
_OPERATOR = "operator"


def put_into(connection: Connection, event: UnlinkedEvent, round_id: int, rules: Rules, now: datetime) -> None:
    """Link an event to a round, out of the one it may be in, which is judged without it. The caller holds the lock."""
    state = event.state
    if event.round_id is not None:
        state = EventState.PARSED
        Replays(connection).put(event.round_event_id, walk([(state, _OPERATOR)], event.state), None, now)
        replay_round(connection, ScopedRound(event.round_id, event.server_id), rules, now)
    link_by_hand(connection, event.delivery_id, state, round_id, rules.without_posting(), now)


def honour_decisions(engine: Engine, rules: Rules, now: datetime) -> None:
    """Put every event where an operator said, if it is elsewhere."""
    with engine.connect() as connection:
        misplaced = Relinks(connection).misplaced()
    for event_id, round_id in misplaced:
        with engine.begin() as connection:
            relinks = Relinks(connection)
            event, chosen = relinks.event(event_id), relinks.round(round_id)
            if event is not None and chosen is not None and event.round_id != round_id:
                Servers(connection).lock(event.server_id)
                put_into(connection, event, round_id, rules, now)
                log.info("decision_honoured", round_event_id=event_id, round_id=round_id)
