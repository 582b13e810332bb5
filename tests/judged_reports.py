"""Reports of an evening judged by the product's pure rules alone, as they are when no database stands between them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from ingest_api.services.judging import half_of
from shared.domain.merging import tell
from shared.domain.pairing import FIRST, SECOND, Place, arrange
from shared.domain.round_facts import RoundFacts
from shared.domain.round_of_match import Fighter, RoundOfMatch
from shared.domain.scoring import judge
from shared.domain.vocabulary import Kind
from shared.parsers.understanding import understand
from shared.parsers.understood import Origin

SERVER = "srv1"
RECEIVED_AT = datetime(2026, 2, 4, 12, tzinfo=UTC)


def judged(bodies: Iterable[bytes]) -> list[RoundOfMatch]:
    """Every round of these reports, in its place, judged with what its R2 tells of it."""
    told = [
        facts for body in bodies if (facts := understand(Kind.ROUND_REPORT, body, Origin(SERVER, RECEIVED_AT)).facts)
    ]
    by_map: dict[str, list[RoundFacts]] = {}
    for facts in told:
        by_map.setdefault(facts.map_name, []).append(facts)
    return [one for map_name, of_map in by_map.items() for one in _judged_map(map_name, of_map)]


def _judged_map(map_name: str, of_map: Sequence[RoundFacts]) -> Iterable[RoundOfMatch]:
    places = arrange(SERVER, map_name, [half_of(key, tell([facts])) for key, facts in enumerate(of_map)])
    limits = {places[key].match_id: facts.limit_ms for key, facts in enumerate(of_map) if facts.round_number == SECOND}
    for key, facts in enumerate(of_map):
        next_limit_ms = limits.get(places[key].match_id) if facts.round_number == FIRST else None
        yield _round(key, facts, places[key], next_limit_ms)


def _round(key: int, facts: RoundFacts, place: Place, next_limit_ms: int | None) -> RoundOfMatch:
    judgement = judge(facts, place, next_limit_ms)
    return RoundOfMatch(
        round_id=key,
        map_name=facts.map_name,
        match_id=place.match_id,
        round_number=facts.round_number,
        began_unix=facts.near_unix,
        status=judgement.status,
        confidence=judgement.confidence,
        exit_kind=judgement.exit_kind,
        is_valid=judgement.is_valid,
        invalid_reason=judgement.invalid_reason,
        stopwatch_state=judgement.stopwatch_state,
        winner=facts.winner,
        defender=facts.defender,
        elapsed_ms=facts.elapsed_ms,
        limit_ms=facts.limit_ms,
        header_clock_ms=facts.header_clock_ms,
        time_to_beat_ms=judgement.time_to_beat_ms,
        next_limit_minutes=judgement.next_limit_minutes,
        end_reason=judgement.end_reason,
        names_first_round=facts.first_round is not None,
        fighters=tuple(
            Fighter(player.guid, player.clean_name, player.side)
            for player in facts.fighters()
            if player.side is not None and not player.is_bot
        ),
    )
