"""Events without a round, tried again all at once; and the word of an operator where no rule dares to decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from ingest_api.services.digest import try_again
from ingest_api.services.judging import AS_USUAL, Rules
from ingest_api.services.moving import put_into
from shared.db.relinks import Relinks, RoundToLink, UnlinkedEvent
from shared.db.servers import Servers
from shared.domain.errors import RoundwireError
from shared.domain.vocabulary import EventState

_LINKABLE = (EventState.PARSED, EventState.LINKED, EventState.ENRICHED, EventState.PUBLISHED)


class RelinkRefused(RoundwireError):
    """An operator's link that cannot be; the message says why."""


@dataclass(frozen=True, slots=True)
class Relinked:
    """One event tried again. `round_id` None: it still has no round, for `reason`."""

    event: UnlinkedEvent
    reason: str
    round_id: int | None
    best_difference_seconds: int | None
    candidate_ids: tuple[int, ...]


def relink_all(engine: Engine, now: datetime, *, is_applied: bool, rules: Rules = AS_USUAL) -> Iterator[Relinked]:
    """Try every waiting event, each in a transaction of its own that is undone unless `is_applied`."""
    with engine.connect() as connection:
        waiting = Relinks(connection).unlinked()
    for event in waiting:
        with engine.connect() as connection:
            if (tried := _try(connection, event, rules, now)) is None:
                continue
            if is_applied:
                connection.commit()
        yield tried


def relink_to(
    engine: Engine,
    round_event_id: int,
    round_id: int,
    *,
    decided_by: str,
    reason: str,
    now: datetime,
    rules: Rules = AS_USUAL,
) -> RoundToLink:
    """Link an event to the round that an operator names, even out of another one, and keep that he did.

    Raises RelinkRefused.
    """
    with engine.connect() as connection:
        relinks = Relinks(connection)
        chosen = relinks.round(round_id)
        if chosen is None:
            raise RelinkRefused(f"there is no round {round_id}")
        Servers(connection).lock(chosen.server_id)
        event = relinks.event(round_event_id)
        if event is None:
            raise RelinkRefused(f"there is no event {round_event_id}")
        _refuse_what_cannot_be(event, chosen)
        relinks.decide(event.delivery_id, chosen, decided_by=decided_by, reason=reason, now=now)
        put_into(connection, event, chosen.round_id, rules, now)
        connection.commit()
    return chosen


def _try(connection: Connection, event: UnlinkedEvent, rules: Rules, now: datetime) -> Relinked | None:
    """None when somebody linked it in the meantime, as one that was tried before may have done."""
    Servers(connection).lock(event.server_id)
    current = Relinks(connection).event(event.round_event_id)
    if current is None or current.state is not EventState.PARSED:
        return None
    digested = try_again(connection, event.delivery_id, EventState.PARSED, rules.without_posting(), now)
    link = digested.link
    return Relinked(event, link.reason, digested.round_id, link.best_difference_seconds, link.candidate_ids)


def _refuse_what_cannot_be(event: UnlinkedEvent, chosen: RoundToLink) -> None:
    if event.round_id == chosen.round_id:
        raise RelinkRefused(f"event {event.round_event_id} belongs to round {event.round_id} already")
    if event.state not in _LINKABLE:
        raise RelinkRefused(f"event {event.round_event_id} is {event.state}; only one that is understood can be linked")
    told = (event.server_id, event.map_name, event.round_number)
    known = (chosen.server_id, chosen.map_name, chosen.round_number)
    if told != known:
        raise RelinkRefused(
            f"event {event.round_event_id} tells of R{told[2]} of {told[1]} on {told[0]}, "
            f"round {chosen.round_id} is R{known[2]} of {known[1]} on {known[0]}"
        )
