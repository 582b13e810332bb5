"""From one delivery's facts to judged rounds: link it, place it, judge it, write it, and whatever moves with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.arrival import CREATED, OK
from ingest_api.services.evidence import Evidence, read_again, surroundings_of
from ingest_api.services.file_ledger import note_linked, note_waiting
from ingest_api.services.judging import (
    Heard,
    Rules,
    half_of,
    hear,
    hear_one,
    in_its_match,
    judged,
    rejudge,
    write_beside,
)
from ingest_api.services.placing import Placing, place
from ingest_api.services.rejudging import judge_among_neighbours
from ingest_api.services.replacing import with_people
from ingest_api.services.unite import unite
from shared.db import event_rows, round_rows
from shared.db.rounds import NewEvent, Rounds
from shared.db.surroundings import Look, Neighbour
from shared.domain import linking, scoring
from shared.domain.fingerprint import Fingerprint
from shared.domain.ingest_state import walk
from shared.domain.linking import Link, link
from shared.domain.nearness import may_be
from shared.domain.pairing import FIRST, Place, match_of
from shared.domain.precedence import HEARD_BY_THE_ENGINE
from shared.domain.vocabulary import SOURCE_OF_KIND, EventState, Kind, LinkReason, LinkStatus, Outcome

_NEW = 0
_ALONE = Place("")
_STEPS = (EventState.SEEN, EventState.PARSED, EventState.LINKED, EventState.ENRICHED)


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
        candidates = Rounds(connection).with_starts(candidates)
    age_seconds = int((now - evidence.kept.received_at).total_seconds())
    return link(facts, evidence.aliases, look.aliases, candidates, around, age_seconds)


def _create(
    connection: Connection, evidence: Evidence, decision: Link, look: Look, rules: Rules, now: datetime
) -> Digested:
    rounds = Rounds(connection)
    heard = hear_one(evidence, decision.reason)
    placing = _place(_NEW, heard, look.neighbours)
    heard = in_its_match(connection, heard, placing.place)
    event = _event(evidence, decision, Outcome.ACCEPTED, CREATED)
    to_write = judged(heard, with_people(connection, placing.place, heard.told.facts), rules, now)
    if not placing.displaced:
        round_id = rounds.create(event, to_write, now)
    else:
        with rounds.slots_open():
            round_id = rounds.create(event, to_write, now)
            _rejudge_displaced(connection, placing.of_stored(_NEW, round_id), rules, now)
            rejudge(connection, round_id, placing.place, rules, now, heard)
    write_beside(connection, round_id, heard, now)
    note_linked(connection, evidence, now)
    _teach_other_half(connection, evidence, heard, placing, look.neighbours, rules, now)
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
    outcome, answer_code = _outcome(rounds, round_id, evidence)
    rounds.add_event(round_id, _event(evidence, decision, outcome, answer_code), now)
    heard = hear(connection, round_id, {evidence.kept.delivery_id: evidence})
    if heard.reused or any(voice is evidence for voice, _reason in heard.voices):
        placing = _place(round_id, heard, look.neighbours)
        with rounds.slots_open():
            rejudge(connection, round_id, placing.place, rules, now, heard)
            _rejudge_displaced(connection, placing, rules, now)
        _teach_other_half(connection, evidence, heard, placing, look.neighbours, rules, now)
    elif evidence.facts.kind is Kind.ENDSTATS_FILE:
        write_beside(connection, round_id, heard, now)
    note_linked(connection, evidence, now)
    return Digested(outcome, answer_code, EventState.ENRICHED, decision, round_id, rounds.strongest_alias(round_id))


def _unite(connection: Connection, evidence: Evidence, decision: Link, rules: Rules, now: datetime) -> Digested:
    """The event shows that rounds are one: the survivor is judged from all their voices, and whoever stood with them."""
    rounds = Rounds(connection)
    survivor_id = unite(connection, [*filter(None, (decision.round_id, *decision.same_ids))], now)
    decision = replace(decision, round_id=survivor_id, same_ids=())
    outcome, answer_code = _outcome(rounds, survivor_id, evidence)
    rounds.add_event(survivor_id, _event(evidence, decision, outcome, answer_code), now)
    judge_among_neighbours(connection, survivor_id, rules, now, {evidence.kept.delivery_id: evidence})
    note_linked(connection, evidence, now)
    strongest = rounds.strongest_alias(survivor_id)
    return Digested(outcome, answer_code, EventState.ENRICHED, decision, survivor_id, strongest)


def _leave_unlinked(connection: Connection, evidence: Evidence, decision: Link, now: datetime) -> Digested:
    """Kept and visible, and asked again when its round may have come."""
    facts, kept = evidence.facts, evidence.kept
    rounds = Rounds(connection)
    rounds.add_event(None, _event(evidence, decision, Outcome.ACCEPTED, CREATED, now), now)
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


def _teach_other_half(
    connection: Connection,
    evidence: Evidence,
    heard: Heard,
    placing: Placing,
    neighbours: Sequence[Neighbour],
    rules: Rules,
    now: datetime,
) -> None:
    """An R2's limit tells how its R1 ended; an R1's counts are taken off those that run on through its R2, and who
    defended in it tells of an R2 that nobody is sure of.
    """
    match_id, facts = placing.place.match_id, heard.told.facts
    if facts.round_number == FIRST:
        has_news = evidence.facts.counted is not None or any(
            match_of(other.match_id) == match_id and not other.is_verified
            for other in neighbours
            if other.half.round_number != FIRST
        )
    else:
        has_news = not any(
            other.match_id == match_id and other.is_verified and other.next_limit_ms == facts.limit_ms
            for other in neighbours
            if other.half.round_number == FIRST
        )
    other_id = Rounds(connection).other_half(match_id, facts.round_number) if has_news else None
    if other_id is not None and other_id not in dict(placing.displaced):  # else it was judged anew already
        rejudge(connection, other_id, Place(match_id), rules, now)


def _place(key: int, heard: Heard, neighbours: Sequence[Neighbour]) -> Placing:
    facts = heard.told.facts
    return place(facts.server_id, facts.map_name, half_of(key, heard.told), neighbours)


def _rejudge_displaced(connection: Connection, placing: Placing, rules: Rules, now: datetime) -> None:
    for round_id, new_place in placing.displaced:
        rejudge(connection, round_id, new_place, rules, now)


def _outcome(rounds: Rounds, round_id: int, evidence: Evidence) -> tuple[Outcome, int]:
    """Another word of a kind that has told of the round is a revision, even when less is believed of it."""
    has_such_a_voice = any(voice.rank.kind is evidence.facts.kind for voice in rounds.voices(round_id))
    return (Outcome.REVISED, OK) if has_such_a_voice else (Outcome.ACCEPTED, CREATED)


def _event(
    evidence: Evidence,
    decision: Link,
    outcome: Outcome,
    answer_code: int,
    now: datetime | None = None,
) -> NewEvent:
    """The event with the moves it still has to make. `now`: of one that waits, to say when it asks again."""
    kept = evidence.kept
    steps = _STEPS[: _STEPS.index(EventState.PARSED) + 1] if now else _STEPS
    done = -1 if kept.event_state is None else _STEPS.index(kept.event_state)
    still = [(state, decision.reason if state is EventState.LINKED else None) for state in steps[done + 1 :]]
    is_new = kept.event_state is None
    told_outcome, told_code = kept.answered or (outcome, answer_code)
    return NewEvent(
        row=event_rows.event_row(
            evidence.understood,
            server_id=evidence.facts.server_id,
            delivery_id=kept.delivery_id,
            received_at=kept.received_at,
            state=steps[-1],
            filename=kept.filename,
            decision=decision,
            aliases=evidence.aliases,
            confidence=None if now else scoring.judge(evidence.facts, _ALONE).confidence,
            next_attempt_at=now + linking.next_try_after(now - kept.received_at) if now else None,
        ),
        moves=walk(still, kept.event_state),
        aliases=() if now else evidence.aliases,
        source=SOURCE_OF_KIND[evidence.facts.kind],
        delivery_id=kept.delivery_id,
        received_at=kept.received_at,
        outcome=told_outcome if is_new else None,
        answer_code=told_code if is_new else None,
    )
