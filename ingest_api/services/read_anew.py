"""A delivery read anew by a replay: its event says what is understood by now, and starts again where it lost its round."""

from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.digest import link_by_hand, try_again
from ingest_api.services.evidence import Evidence, Kept, understand_again, weigh
from ingest_api.services.file_ledger import note_linked, note_quarantined
from ingest_api.services.judging import Rules
from shared.db.event_rows import Record, event_row
from shared.db.ledgers import Ledgers
from shared.db.relinks import Relinks
from shared.db.replays import Replays, ScopedEvent
from shared.db.round_records import NewEvent
from shared.db.rounds import Rounds
from shared.domain import scoring
from shared.domain.errors import NotJson
from shared.domain.ingest_state import walk
from shared.domain.linking import Link
from shared.domain.pairing import Place
from shared.domain.vocabulary import SOURCE_OF_KIND, EventState, LinkReason, LinkStatus
from shared.parsers.understood import Understanding

_REPLAY = "replay"


def keep_linked(connection: Connection, event: ScopedEvent, evidence: Evidence, round_id: int, now: datetime) -> None:
    """An event that still tells of its round: read anew, and linked as it was."""
    replays = Replays(connection)
    reason = LinkReason(event.link_reason or LinkReason.RESOLVED_FINGERPRINT)
    replays.read_again(
        id_of(event), row_as_read(evidence.kept, evidence.understood, event, Link(LinkStatus.LINKED, reason))
    )
    steps = [
        (EventState.SEEN, _REPLAY),
        (EventState.PARSED, None),
        (EventState.LINKED, reason),
        (EventState.ENRICHED, None),
    ]
    replays.put(id_of(event), walk(steps, event.state), round_id, now)
    note_linked(connection, evidence, now)


def send_back(connection: Connection, event: ScopedEvent, kept: Kept, understood: Understanding, now: datetime) -> None:
    """An event that its round loses starts anew; one that is not understood any more waits in quarantine."""
    replays = Replays(connection)
    replays.read_again(id_of(event), row_as_read(kept, understood, event, None))
    steps: list[tuple[EventState, str | None]] = [(EventState.SEEN, _REPLAY)]
    if understood.facts is None:
        steps.append((EventState.QUARANTINED, understood.quarantine_reason or _REPLAY))
    replays.put(id_of(event), walk(steps, event.state), None, now)
    if kept.filename is not None:
        Ledgers(connection).release_endstats(event.server_id, kept.filename, now)
    if understood.facts is None:
        note_quarantined(connection, event.server_id, kept, understood, now)


def read_unlinked(connection: Connection, one: ScopedEvent, rules: Rules, now: datetime) -> int | None:
    """A delivery of no round is read anew; one that is understood now finds its round, or founds it; returns the
    round.
    """
    replays = Replays(connection)
    try:
        kept, understood = understand_again(connection, one.delivery_id, one.state)
    except NotJson:
        return None
    if understood.facts is None:
        return None
    if one.round_event_id is None:
        _begin_event(connection, one, kept, understood, now)
    else:
        state = replays.state(one.round_event_id)
        if state not in (EventState.SEEN, EventState.PARSED, EventState.QUARANTINED):
            return None
        replays.read_again(one.round_event_id, row_as_read(kept, understood, one, None))
        if state is not EventState.SEEN:
            replays.put(one.round_event_id, walk([(EventState.SEEN, _REPLAY)], state), None, now)
    rules, chosen_id = rules.without_posting(), Relinks(connection).chosen_round(one.delivery_id)
    if chosen_id is not None:
        return link_by_hand(connection, one.delivery_id, EventState.SEEN, chosen_id, rules, now).round_id
    return try_again(connection, one.delivery_id, EventState.SEEN, rules, now).round_id


def _begin_event(
    connection: Connection, one: ScopedEvent, kept: Kept, understood: Understanding, now: datetime
) -> None:
    event = NewEvent(
        row=row_as_read(kept, understood, one, None) | {"state": EventState.SEEN},
        moves=walk([(EventState.SEEN, None)]),
        aliases=(),
        source=SOURCE_OF_KIND[understood.kind],
        delivery_id=one.delivery_id,
        received_at=kept.received_at,
        outcome=None,
        answer_code=None,
    )
    Rounds(connection).add_unlinked(event, now)


def row_as_read(kept: Kept, understood: Understanding, event: ScopedEvent, decision: Link | None) -> Record:
    """An event's row as the delivery is understood by now. `decision` None: it has no round."""
    facts = understood.facts
    evidence = None if facts is None else weigh(kept, understood)
    return event_row(
        understood,
        server_id=event.server_id,
        delivery_id=kept.delivery_id,
        received_at=kept.received_at,
        state=event.state or EventState.SEEN,
        filename=kept.filename,
        decision=decision,
        aliases=evidence.aliases if evidence else (),
        confidence=scoring.judge(facts, Place("")).confidence if facts and decision else None,
    )


def id_of(event: ScopedEvent) -> int:
    """The event's id, of a delivery that has an event."""
    if event.round_event_id is None:
        raise ValueError(f"delivery {event.delivery_id} has no event")
    return event.round_event_id
