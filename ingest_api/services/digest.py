"""From one delivery's facts to judged rounds: link it, place it, judge it, write it, and whatever moves with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.arrival import CREATED, OK
from shared.db import round_rows
from shared.db.deliveries import Deliveries
from shared.db.round_rows import Record
from shared.db.rounds import NEIGHBOURHOOD_SECONDS, JudgedRound, Look, Neighbour, NewEvent, Rounds, Surroundings
from shared.domain import contract, fingerprint, scoring
from shared.domain.fingerprint import Fingerprint
from shared.domain.ingest_state import walk
from shared.domain.linking import Link, link
from shared.domain.pairing import Half, Place, arrange, match_ids
from shared.domain.precedence import Rank
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import EventState, LinkStatus, Outcome, PublicationStatus, RoundStatus, Source
from shared.parsers import content, report_facts, round_report
from shared.parsers.round_report import Reading

_NEW = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery that is durable, as far as judging it needs. `is_first_copy`: it still lacks its receipt."""

    delivery_id: int
    content_sha256: str
    byte_count: int
    received_at: datetime
    is_first_copy: bool = True


@dataclass(frozen=True, slots=True)
class Digested:
    """What became of a delivery that was understood."""

    outcome: Outcome
    answer_code: int
    state: EventState
    link: Link
    round_id: int | None = None
    strongest: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operators decided about judging: whether rounds are posted by themselves."""

    autopost: bool = True

    def publication_status(self, judgement: scoring.RoundJudgement) -> PublicationStatus | None:
        """How a round enters the outbox; None when it is not to be posted."""
        if not judgement.is_publishable:
            return None
        return PublicationStatus.PENDING if self.autopost else PublicationStatus.AUTOPOST_OFF


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kept delivery and what it says."""

    kept: Kept
    reading: Reading
    facts: RoundFacts
    aliases: tuple[Fingerprint, ...]

    @property
    def rank(self) -> Rank:
        """How far it is believed against others of its round."""
        report = self.reading.report
        return Rank(
            self.facts.exit_kind,
            self.reading.parse_status,
            report.sequence if report else None,
            self.kept.byte_count,
            self.kept.content_sha256,
        )


def digest(connection: Connection, evidence: Evidence, look: Look, rules: Rules, now: datetime) -> Digested:
    """Judge one delivery, which is kept, among what is known around its round. The caller holds the server's lock."""
    rounds = Rounds(connection)
    decision = link(evidence.facts, evidence.aliases, look.aliases)
    if decision.status is not LinkStatus.LINKED:
        return _leave_unlinked(rounds, evidence, decision, now)
    if decision.round_id is not None:
        return _add_to_known_round(connection, decision.round_id, evidence, look, rules, now)
    place, displaced = _place(_NEW, evidence.facts, look.neighbours)
    judgement = scoring.judge(evidence.facts, place)
    event = _event(evidence, decision, Outcome.ACCEPTED, CREATED, judgement.confidence)
    strongest = evidence.aliases[0]
    judged = _judged(evidence, judgement, place, strongest, decision, rules, now)
    if not displaced:
        round_id = rounds.create(event, judged, now)
    else:
        with rounds.slots_open():
            round_id = rounds.create(event, judged, now)
            _rejudge_displaced(connection, displaced, rules, now)
    return Digested(Outcome.ACCEPTED, CREATED, EventState.ENRICHED, decision, round_id, strongest)


def rejudge(connection: Connection, round_id: int, place: Place, rules: Rules, now: datetime) -> None:
    """Judge a round anew from the event that is believed, in a place that may have changed."""
    rounds = Rounds(connection)
    best = rounds.best_event(round_id)
    evidence = read_again(connection, best.delivery_id)
    judgement = scoring.judge(evidence.facts, place)
    strongest = rounds.strongest_alias(round_id)
    row = round_rows.round_row(evidence.facts, judgement, place, strongest, now)
    rounds.rewrite(round_id, _rows(evidence, judgement, place, row, best.link_reason, rules, now), now)


def read_again(connection: Connection, delivery_id: int) -> Evidence:
    """A stored delivery of a round report as evidence: it says what it said when it came, however late it is asked."""
    stored = Deliveries(connection).body(delivery_id)
    body = content.inflated(stored.body, stored.content_encoding, contract.LARGEST_BODY_BYTES)
    kept = Kept(stored.delivery_id, stored.content_sha256, stored.byte_count, stored.received_at, is_first_copy=False)
    return weigh(kept, round_report.read(body), stored.server_id)


def weigh(kept: Kept, reading: Reading, server_id: str) -> Evidence:
    """What an understood reading says of which round."""
    if reading.report is None:
        raise ValueError(f"delivery {kept.delivery_id} is not understood: {reading.quarantine_reason}")
    facts = report_facts.from_report(reading.report, server_id, kept.received_at)
    return Evidence(kept, reading, facts, tuple(aliases_of(facts)))


def aliases_of(facts: RoundFacts) -> list[Fingerprint]:
    """Every fingerprint the facts allow, strongest first."""
    return fingerprint.aliases(
        facts.server_id, facts.map_name, facts.round_number, facts.round_start_unix, facts.round_end_unix
    )


def surroundings_of(facts: RoundFacts, aliases: Sequence[Fingerprint]) -> Surroundings:
    """Where to look for what may belong to the round the facts tell of."""
    first = facts.first_round
    named = match_ids(facts.server_id, facts.map_name, first.round_start_unix) if first else ()
    return Surroundings(facts.map_name, facts.near_unix, aliases, named)


def _leave_unlinked(rounds: Rounds, evidence: Evidence, decision: Link, now: datetime) -> Digested:
    facts, kept = evidence.facts, evidence.kept
    rounds.add_event(None, _event(evidence, decision, Outcome.ACCEPTED, CREATED, None), now)
    end_reason = scoring.judge(facts, Place("")).end_reason
    rounds.keep_unlinked(
        round_rows.lua_row(facts, None, kept.delivery_id, decision.reason, end_reason, kept.received_at)
    )
    return Digested(Outcome.ACCEPTED, CREATED, EventState.PARSED, decision)


def _add_to_known_round(
    connection: Connection, round_id: int, evidence: Evidence, look: Look, rules: Rules, now: datetime
) -> Digested:
    """A further report of a round: kept and shown; believed only when it ranks above what was believed so far."""
    rounds = Rounds(connection)
    decision = link(evidence.facts, evidence.aliases, look.aliases)
    believed_so_far = rounds.best_event(round_id).rank
    confidence = scoring.judge(evidence.facts, Place("")).confidence
    rounds.add_event(round_id, _event(evidence, decision, Outcome.REVISED, OK, confidence), now)
    if evidence.rank.key() > believed_so_far.key():
        place, displaced = _place(round_id, evidence.facts, look.neighbours)
        with rounds.slots_open():
            rejudge(connection, round_id, place, rules, now)
            _rejudge_displaced(connection, displaced, rules, now)
    return Digested(Outcome.REVISED, OK, EventState.ENRICHED, decision, round_id, rounds.strongest_alias(round_id))


def _place(key: int, facts: RoundFacts, neighbours: Sequence[Neighbour]) -> tuple[Place, list[tuple[int, Place]]]:
    """Where the round stands in its match, and which stored rounds stand elsewhere because of it."""
    first = facts.first_round
    half = Half(
        key=key,
        round_number=facts.round_number,
        round_start_unix=facts.round_start_unix,
        round_end_unix=facts.round_end_unix,
        takes_slot=scoring.takes_slot(facts),
        limit_ms=facts.limit_ms,
        named_first_start_unix=first.round_start_unix if first else None,
    )
    match = match_ids(facts.server_id, facts.map_name, first.round_start_unix) if first else ()
    others = [neighbour for neighbour in neighbours if neighbour.half.key != key]
    places = arrange(facts.server_id, facts.map_name, [half, *(other.half for other in others)])
    displaced = [
        (other.half.key, places[other.half.key])
        for other in others
        if _is_within_reach(half, other, match, places[key]) and _moves(other, places[other.half.key])
    ]
    return places[key], displaced


def _is_within_reach(half: Half, other: Neighbour, match: Sequence[str], place: Place) -> bool:
    """Of a round at the edge of what was looked at its own neighbours were not seen: its place cannot be told from here.

    Whatever stands in the `match` that the round names makes room for it, from however far. An R2 that names its R1 moves
    for nobody outside its match: others of its kind may stand where nobody looked.
    """
    if other.match_id in match and other.half.round_number == half.round_number:
        return True
    if other.half.named_first_start_unix is not None and _match_of(other.match_id) != _match_of(place.match_id):
        return False
    return abs(half.order[0] - other.half.order[0]) <= NEIGHBOURHOOD_SECONDS // 2


def _match_of(match_id: str) -> str:
    return match_id.partition("/")[0]


def _moves(neighbour: Neighbour, place: Place) -> bool:
    is_played_out = neighbour.status not in (RoundStatus.ABORTED, RoundStatus.GHOST)
    return (
        neighbour.match_id != place.match_id
        or (neighbour.status is RoundStatus.CANCELLED) != place.is_superseded
        or (neighbour.status is RoundStatus.ORPHAN_R2) != (is_played_out and not place.has_first_round)
    )


def _rejudge_displaced(
    connection: Connection, displaced: Sequence[tuple[int, Place]], rules: Rules, now: datetime
) -> None:
    for round_id, place in displaced:
        rejudge(connection, round_id, place, rules, now)


def _judged(
    evidence: Evidence,
    judgement: scoring.RoundJudgement,
    place: Place,
    strongest: Fingerprint,
    decision: Link,
    rules: Rules,
    now: datetime,
) -> JudgedRound:
    row = round_rows.round_row(evidence.facts, judgement, place, strongest, now)
    return _rows(evidence, judgement, place, row, decision.reason, rules, now)


def _rows(
    evidence: Evidence,
    judgement: scoring.RoundJudgement,
    place: Place,
    row: Record,
    link_reason: str,
    rules: Rules,
    now: datetime,
) -> JudgedRound:
    facts, kept = evidence.facts, evidence.kept
    return JudgedRound(
        round=row,
        lua=round_rows.lua_row(facts, place, kept.delivery_id, link_reason, judgement.end_reason, kept.received_at),
        spawns=round_rows.spawn_rows(facts, place, kept.received_at),
        players=round_rows.player_rows(facts, row["round_date"], now),
        publish=rules.publication_status(judgement),
    )


def _event(evidence: Evidence, decision: Link, outcome: Outcome, answer_code: int, confidence: str | None) -> NewEvent:
    kept = evidence.kept
    is_linked = decision.status is LinkStatus.LINKED
    begin = None if kept.is_first_copy else EventState.SEEN
    steps: list[tuple[EventState, str | None]] = [] if begin else [(EventState.SEEN, None)]
    steps.append((EventState.PARSED, None))
    if is_linked:
        steps += [(EventState.LINKED, decision.reason), (EventState.ENRICHED, None)]
    return NewEvent(
        row=round_rows.event_row(
            evidence.facts,
            evidence.reading,
            delivery_id=kept.delivery_id,
            received_at=kept.received_at,
            state=steps[-1][0],
            decision=decision,
            aliases=evidence.aliases,
            confidence=confidence,
        ),
        moves=walk(steps, begin),
        aliases=evidence.aliases if is_linked else (),
        source=Source.STATS_READY,
        delivery_id=kept.delivery_id,
        received_at=kept.received_at,
        outcome=outcome if kept.is_first_copy else None,
        answer_code=answer_code if kept.is_first_copy else None,
    )
