"""From one delivery's facts to judged rounds: link it, place it, judge it, write it, and whatever moves with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.arrival import CREATED, OK
from ingest_api.services.evidence import Evidence, read_again, surroundings_of
from ingest_api.services.file_ledger import note_linked, note_waiting
from ingest_api.services.hearing import as_voice, hear_all, hear_one, in_its_match
from ingest_api.services.judging import Rules, judged, rejudge, write_beside
from ingest_api.services.linked_event import event_of
from ingest_api.services.rejudging import judge_among_neighbours, place_among, rejudge_displaced, teach_other_half
from ingest_api.services.replacing import with_people
from ingest_api.services.unite import unite
from shared.db import round_rows
from shared.db.rounds import Rounds
from shared.db.surroundings import Look
from shared.db.voices import VoiceOfRound, Voices
from shared.domain import scoring
from shared.domain.fingerprint import Fingerprint
from shared.domain.linking import Link, link
from shared.domain.nearness import may_be
from shared.domain.pairing import Place
from shared.domain.precedence import HEARD_BY_THE_ENGINE
from shared.domain.vocabulary import EventState, Kind, LinkReason, LinkStatus, Outcome

_NEW = 0
_ALONE = Place("")


@dataclass(frozen=True, slots=True)
class Digested:
    """What became of a delivery that was understood."""

    outcome: Outcome
    answer_code: int
    state: EventState
    link: Link
    round_id: int | None = None
    strongest: Fingerprint | None = None


def digest(connection: Connection, evidence: Evidence, look: Look, rules: Rules, now: datetime) -> Digested:
    """Judge one delivery, which is kept, among what is known around its round, and whoever waited for that round.

    The caller holds the server's lock.
    """
    digested = _digest(connection, evidence, look, rules, now)
    if look.is_awaited and digested.round_id is not None:
        _link_those_who_wait(connection, evidence, rules, now)
    return digested


def try_again(
    connection: Connection, delivery_id: int, event_state: EventState, rules: Rules, now: datetime
) -> Digested:
    """Digest a stored delivery once more, among what is known by now; for an imported one nothing is posted.

    The caller holds the server's lock.
    """
    evidence, look = _look_again(connection, delivery_id, event_state)
    return digest(connection, evidence, look, _rules_for(evidence, rules), now)


def link_by_hand(
    connection: Connection, delivery_id: int, event_state: EventState, round_id: int, rules: Rules, now: datetime
) -> Digested:
    """Digest a stored delivery as one of the round that an operator names. The caller holds the server's lock."""
    evidence, look = _look_again(connection, delivery_id, event_state)
    decision = Link(LinkStatus.LINKED, LinkReason.RESOLVED_BY_OPERATOR, round_id)
    return _add_to_known_round(connection, round_id, evidence, decision, look, rules, now)


def _rules_for(evidence: Evidence, rules: Rules) -> Rules:
    return replace(rules, autopost=False) if evidence.kept.is_imported else rules


def _look_again(connection: Connection, delivery_id: int, event_state: EventState) -> tuple[Evidence, Look]:
    evidence = read_again(connection, delivery_id, event_state)
    surroundings = surroundings_of(evidence.facts, evidence.aliases)
    return evidence, Rounds(connection).look(delivery_id, evidence.facts.server_id, surroundings)


def _digest(connection: Connection, evidence: Evidence, look: Look, rules: Rules, now: datetime) -> Digested:
    decision = _link(connection, evidence, look, now)
    if decision.same_ids and decision.round_id is not None:
        return _unite(connection, evidence, decision, rules, now)
    if decision.status is not LinkStatus.LINKED:
        return _leave_unlinked(connection, evidence, decision, now)
    if decision.round_id is not None:
        return _add_to_known_round(connection, decision.round_id, evidence, decision, look, rules, now)
    return _create(connection, evidence, decision, look, rules, now)


def _link(connection: Connection, evidence: Evidence, look: Look, now: datetime) -> Link:
    facts = evidence.facts
    around = [other.candidate for other in look.neighbours if other.half.round_number == facts.round_number]
    candidates = [candidate for candidate in around if may_be(facts, candidate)]
    if candidates:
        candidates = Voices(connection).with_starts(candidates)
    age_seconds = int((now - evidence.kept.received_at).total_seconds())
    return link(facts, evidence.aliases, look.aliases, candidates, around, age_seconds)


def _create(
    connection: Connection, evidence: Evidence, decision: Link, look: Look, rules: Rules, now: datetime
) -> Digested:
    rounds = Rounds(connection)
    heard = hear_one(evidence, decision.reason)
    placing = place_among(_NEW, heard, look.neighbours)
    heard = in_its_match(connection, heard, placing.place, look.neighbours)
    event = event_of(evidence, decision, Outcome.ACCEPTED, CREATED)
    to_write = judged(
        heard, with_people(connection, placing.place, heard.told.facts), rules, now, placing.next_limit_ms
    )
    if not placing.displaced:
        round_id = rounds.create(event, to_write, now)
    else:
        with rounds.slots_open():
            round_id = rounds.create(event, to_write, now)
            rejudge_displaced(connection, placing.of_stored(_NEW, round_id), rules, now)
            rejudge(connection, round_id, placing.place, rules, now, heard)
    write_beside(connection, round_id, heard, now)
    note_linked(connection, evidence, now)
    teach_other_half(connection, evidence, heard, placing, look.neighbours, rules, now)
    return Digested(Outcome.ACCEPTED, CREATED, EventState.ENRICHED, decision, round_id, evidence.aliases[0])


def _add_to_known_round(
    connection: Connection,
    round_id: int,
    evidence: Evidence,
    decision: Link,
    look: Look,
    rules: Rules,
    now: datetime,
) -> Digested:
    """A further word about a round: kept and shown; what is believed may change, or nothing."""
    rounds = Rounds(connection)
    voices, fresh = Voices(connection).of_round(round_id), {evidence.kept.delivery_id: evidence}
    outcome, answer_code = _outcome(voices, evidence)
    strongest = rounds.add_event(round_id, event_of(evidence, decision, outcome, answer_code), now)
    heard = hear_all(connection, [*voices, as_voice(evidence, decision.reason)], fresh)
    if heard.reused or any(voice is evidence for voice, _reason in heard.voices):
        placing = place_among(round_id, heard, look.neighbours)
        with rounds.slots_open():
            rejudge(connection, round_id, placing.place, rules, now, heard)
            rejudge_displaced(connection, placing, rules, now)
        write_beside(connection, round_id, heard, now, fresh)
        teach_other_half(connection, evidence, heard, placing, look.neighbours, rules, now)
        strongest = rounds.strongest_alias(round_id)
    elif evidence.facts.kind is Kind.ENDSTATS_FILE:
        write_beside(connection, round_id, heard, now, fresh)
    note_linked(connection, evidence, now)
    return Digested(outcome, answer_code, EventState.ENRICHED, decision, round_id, strongest)


def _unite(connection: Connection, evidence: Evidence, decision: Link, rules: Rules, now: datetime) -> Digested:
    """The event shows that rounds are one: the survivor is judged from all their voices, and whoever stood with them."""
    rounds = Rounds(connection)
    survivor_id = unite(connection, [*filter(None, (decision.round_id, *decision.same_ids))], now)
    decision = replace(decision, round_id=survivor_id, same_ids=())
    outcome, answer_code = _outcome(Voices(connection).of_round(survivor_id), evidence)
    rounds.add_event(survivor_id, event_of(evidence, decision, outcome, answer_code), now)
    judge_among_neighbours(connection, survivor_id, rules, now, {evidence.kept.delivery_id: evidence})
    note_linked(connection, evidence, now)
    strongest = rounds.strongest_alias(survivor_id)
    return Digested(outcome, answer_code, EventState.ENRICHED, decision, survivor_id, strongest)


def _leave_unlinked(connection: Connection, evidence: Evidence, decision: Link, now: datetime) -> Digested:
    """Kept and visible, and asked again when its round may have come."""
    facts, kept = evidence.facts, evidence.kept
    rounds = Rounds(connection)
    rounds.add_unlinked(event_of(evidence, decision, Outcome.ACCEPTED, CREATED, now), now)
    note_waiting(connection, evidence, decision.reason, now)
    if facts.kind in HEARD_BY_THE_ENGINE:
        end_reason = scoring.judge(facts, _ALONE).end_reason
        rounds.keep_unlinked(
            round_rows.lua_row(facts, None, kept.delivery_id, decision.reason, end_reason, kept.received_at)
        )
    return Digested(Outcome.ACCEPTED, CREATED, EventState.PARSED, decision)


def _link_those_who_wait(connection: Connection, evidence: Evidence, rules: Rules, now: datetime) -> None:
    facts = evidence.facts
    if facts.near_unix is None:
        return
    for event in Rounds(connection).waiting(facts.server_id, facts.map_name, facts.near_unix):
        if event.delivery_id != evidence.kept.delivery_id:
            waiting, look = _look_again(connection, event.delivery_id, EventState.PARSED)
            _digest(connection, waiting, look, _rules_for(waiting, rules), now)


def _outcome(voices: Sequence[VoiceOfRound], evidence: Evidence) -> tuple[Outcome, int]:
    """Another word of a kind that has told of the round is a revision, even when less is believed of it."""
    has_such_a_voice = any(voice.rank.kind is evidence.facts.kind for voice in voices)
    return (Outcome.REVISED, OK) if has_such_a_voice else (Outcome.ACCEPTED, CREATED)
