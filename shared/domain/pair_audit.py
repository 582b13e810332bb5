"""Which rounds lack the other half of their match, by the rule that pairs them and no other. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.pairing import FIRST, LONGEST_GAP_SECONDS, Half, Place, arrange


class PairFlaw(StrEnum):
    """What is wrong with a round's match."""

    MISSING_SECOND = "missing_r2"
    MISSING_FIRST = "missing_r1"
    MISPLACED = "misplaced"


@dataclass(frozen=True, slots=True)
class PlayedHalf:
    """A stored round as pairing sees it, and the match it stands in."""

    half: Half
    match_id: str


@dataclass(frozen=True, slots=True)
class PairFinding:
    """A round and its flaw. `expected_match_id`: where the rule places it."""

    key: int
    flaw: PairFlaw
    expected_match_id: str


def audit_pairs(server_id: str, map_name: str, played: Sequence[PlayedHalf], now_unix: int) -> Iterator[PairFinding]:
    """Audit all rounds of one server and map. An R1 whose R2 may still begin lacks nothing; what takes no slot never does."""
    places = arrange(server_id, map_name, [one.half for one in played])
    taken = {(places[one.half.key].match_id, one.half.round_number) for one in played if one.half.takes_slot}
    for one in sorted(played, key=lambda other: other.half.order):
        place = places[one.half.key]
        if place.match_id != one.match_id:
            yield PairFinding(one.half.key, PairFlaw.MISPLACED, place.match_id)
        if (flaw := _missing(one.half, place, taken, now_unix)) is not None:
            yield PairFinding(one.half.key, flaw, place.match_id)


def _missing(half: Half, place: Place, taken: set[tuple[str, int]], now_unix: int) -> PairFlaw | None:
    if not half.takes_slot or place.is_superseded or place.replaced_by is not None:
        return None
    if (place.match_id, 3 - half.round_number) in taken:
        return None
    if half.round_number != FIRST:
        return PairFlaw.MISSING_FIRST
    ended_unix = half.ends_unix or half.begins_unix
    is_open = ended_unix is not None and now_unix - ended_unix <= LONGEST_GAP_SECONDS
    return None if is_open else PairFlaw.MISSING_SECOND
