"""A stored round judged anew where it stands among its neighbours, and whatever moves with it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.evidence import Evidence, surroundings_of
from ingest_api.services.hearing import NOTHING, Fresh, Heard, hear, in_its_match, other_half
from ingest_api.services.judging import Rules, half_of, judged, rejudge, write_beside
from ingest_api.services.placing import Placing, place
from shared.db.awards import Awards
from shared.db.replays import Replays
from shared.db.rounds import Rounds
from shared.db.surroundings import Neighbour
from shared.domain.pairing import FIRST, SET_TIME_EQUAL_MS, Place, match_of


def judge_among_neighbours(
    connection: Connection, round_id: int, rules: Rules, now: datetime, fresh: Fresh = NOTHING
) -> None:
    """As when a delivery had come for it."""
    rounds = Rounds(connection)
    heard = hear(connection, round_id, fresh)
    facts = heard.told.facts
    evidence = heard.voices[0][0]
    surroundings = surroundings_of(facts, evidence.aliases)
    neighbours = rounds.look(evidence.kept.delivery_id, facts.server_id, surroundings).neighbours
    placing = place_among(round_id, heard, neighbours)
    revision = Replays(connection).as_stored(round_id)["revision"]
    with rounds.slots_open():
        rejudge(connection, round_id, placing.place, rules, now, heard)
        rejudge_displaced(connection, placing, rules, now)
    Awards(connection).forget(round_id)
    write_beside(connection, round_id, heard, now, fresh)
    match_id = match_of(placing.place.match_id)
    is_changed = Replays(connection).as_stored(round_id)["revision"] != revision
    other_id = rounds.other_half(match_id, facts.round_number) if is_changed else None
    if other_id is not None and other_id not in dict(placing.displaced):  # else it was judged anew already
        rejudge(connection, other_id, Place(match_id), rules, now)


def place_among(key: int, heard: Heard, neighbours: Sequence[Neighbour]) -> Placing:
    """Where a round stands among its neighbours, and who stands elsewhere because of it."""
    facts = heard.told.facts
    return place(facts.server_id, facts.map_name, half_of(key, heard.told), neighbours)


def rejudge_displaced(connection: Connection, placing: Placing, rules: Rules, now: datetime) -> None:
    """Judge everyone anew who stands elsewhere, but for whom only a stored limit moves that its voices do not tell."""
    for round_id, new_place in placing.displaced:
        heard, expected_ms = hear(connection, round_id), new_place.expected_limit_ms
        told_ms = heard.told.facts.limit_ms
        if expected_ms is None or told_ms is None or abs(told_ms - expected_ms) > SET_TIME_EQUAL_MS:
            rejudge(connection, round_id, new_place, rules, now, heard)


def teach_other_half(
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
    others = [
        other
        for other in neighbours
        if match_of(other.match_id) == match_id and other.half.round_number != facts.round_number
    ]
    if facts.round_number == FIRST:
        has_news = evidence.facts.counted is not None or not all(other.is_verified for other in others)
    else:
        has_news = not any(other.is_verified and other.next_limit_ms == facts.limit_ms for other in others)
    other_id = other_half(connection, match_id, facts.round_number, neighbours) if has_news else None
    if other_id is None or other_id in dict(placing.displaced):  # then it was judged anew already
        return
    standing = next((other for other in others if other.half.key == other_id and other.match_id == match_id), None)
    if facts.round_number == FIRST or standing is None:
        rejudge(connection, other_id, Place(match_id), rules, now)
    else:
        _learn_limit(connection, standing, facts.limit_ms, rules, now)


def _learn_limit(
    connection: Connection, first: Neighbour, next_round_limit_ms: int | None, rules: Rules, now: datetime
) -> None:
    """Judge an R1 by the limit of its R2. What stands beside its own row follows from what it was told, and from whether it
    was completed, and is written anew only when that is no longer so.
    """
    round_id, place = first.half.key, Place(first.match_id)
    heard = in_its_match(connection, hear(connection, round_id), place)
    to_write = judged(heard, place, rules, now, next_round_limit_ms)
    if to_write.round["round_status"] == first.status:
        Rounds(connection).amend(round_id, to_write, now)
    else:
        Rounds(connection).rewrite(round_id, to_write, now)
