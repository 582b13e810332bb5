"""One round rebuilt from its evidence: its deliveries are read anew, those that tell of it stay, and it is judged again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.digest import try_again
from ingest_api.services.evidence import Evidence, understand_again, weigh
from ingest_api.services.judging import Rules
from ingest_api.services.read_anew import id_of, keep_linked, send_back
from ingest_api.services.rejudging import judge_among_neighbours
from shared.db.event_rows import Record
from shared.db.replays import Replays, ScopedEvent, ScopedRound
from shared.db.rounds import Rounds
from shared.domain.precedence import VOICES
from shared.domain.vocabulary import EventState, LinkReason
from shared.parsers.understood import Understanding

_VOLATILE = frozenset({"revision", "created_at", "updated_at", "ingest_state"})


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one round (`round_id`), or of one delivery that belonged to none.

    `changed`: column to its values before and after; empty while `is_changed` when only players or Lua data differ.
    """

    round_id: int | None
    delivery_id: int | None = None
    is_changed: bool = False
    is_removed: bool = False
    is_failed: bool = False
    changed: dict[str, tuple[object, object]] | None = None


def replay_round(connection: Connection, one: ScopedRound, rules: Rules, now: datetime) -> Replayed:
    """Rebuild one round; gone when nothing speaks for it any more. The caller holds its server's lock."""
    replays = Replays(connection)
    if not Rounds(connection).exists(one.round_id):
        return Replayed(one.round_id, is_changed=True, is_removed=True)
    before = replays.as_stored(one.round_id)
    known = replays.aliases(one.round_id)
    staying: dict[int, Evidence] = {}
    told, leaving = [], []
    for event in replays.events(one.round_id):
        kept, understood = understand_again(connection, event.delivery_id, event.state)
        evidence = weigh(kept, understood) if understood.facts is not None else None
        if evidence is not None and _still_tells_of(evidence, event, before, known):
            keep_linked(connection, event, evidence, one.round_id, now)
            staying[event.delivery_id] = evidence
            told.append((id_of(event), evidence.aliases))
        else:
            send_back(connection, event, kept, understood, now)
            leaving.append((event, understood))
    replays.keep_aliases(one.round_id, told, now)
    is_removed = not any(evidence.facts.kind in VOICES for evidence in staying.values())
    if is_removed:
        leaving += _send_all_back(connection, staying, one, now)
        replays.remove(one.round_id)
    else:
        judge_among_neighbours(connection, one.round_id, rules.without_posting(), now, staying)
        replays.note_enriched(one.round_id)
    for event, understood in leaving:
        if understood.facts is not None:
            try_again(connection, event.delivery_id, EventState.SEEN, rules.without_posting(), now)
    if not Rounds(connection).exists(one.round_id):
        return Replayed(one.round_id, is_changed=True, is_removed=True)
    return _difference(one.round_id, before, replays.as_stored(one.round_id))


def _still_tells_of(evidence: Evidence, event: ScopedEvent, stored: Record, known: set[str]) -> bool:
    facts = evidence.facts
    if (facts.map_name, facts.round_number) != (stored["map_name"], stored["round_number"]):
        return False
    return event.link_reason == LinkReason.RESOLVED_BY_OPERATOR or any(one.text in known for one in evidence.aliases)


def _send_all_back(
    connection: Connection, staying: dict[int, Evidence], one: ScopedRound, now: datetime
) -> list[tuple[ScopedEvent, Understanding]]:
    """Nobody is left who may found the round: who stayed with it starts anew too."""
    events = [event for event in Replays(connection).events(one.round_id) if event.delivery_id in staying]
    for event in events:
        evidence = staying[event.delivery_id]
        send_back(connection, event, evidence.kept, evidence.understood, now)
    return [(event, staying[event.delivery_id].understood) for event in events]


def _difference(round_id: int, before: Record, after: Record) -> Replayed:
    changed = {
        name: (before[name], after[name]) for name in after if name not in _VOLATILE and before[name] != after[name]
    }
    return Replayed(round_id, is_changed=before["revision"] != after["revision"] or bool(changed), changed=changed)
