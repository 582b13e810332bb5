"""Where a round stands in its match, and which stored rounds stand elsewhere because of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.db.surroundings import NEIGHBOURHOOD_SECONDS, Neighbour
from shared.domain.pairing import FIRST, SECOND, Half, Place, arrange, match_ids, match_of
from shared.domain.vocabulary import RoundStatus

_GONE = frozenset({RoundStatus.CANCELLED, RoundStatus.SUBSTITUTION})


@dataclass(frozen=True, slots=True)
class Placing:
    """The round's own place, and the new places of those that it displaces, by round. `next_limit_ms`: of an R1, the limit
    that the R2 in its match was played under.
    """

    place: Place
    displaced: tuple[tuple[int, Place], ...]
    next_limit_ms: int | None = None

    def of_stored(self, key: int, round_id: int) -> "Placing":
        """The same once the round that went by `key` has its id."""
        named = (
            (other, replace(to, replaced_by=round_id) if to.replaced_by == key else to) for other, to in self.displaced
        )
        return replace(self, displaced=tuple(named))


def place(server_id: str, map_name: str, half: Half, neighbours: Sequence[Neighbour]) -> Placing:
    """Arrange the round among its neighbours, of which one may be what is stored of the round itself."""
    first = half.named_first_start_unix
    match = match_ids(server_id, map_name, first) if first is not None else ()
    others = [neighbour for neighbour in neighbours if neighbour.half.key != half.key]
    places = arrange(server_id, map_name, [half, *(other.half for other in others)])
    displaced = tuple(
        (other.half.key, places[other.half.key])
        for other in others
        if _is_within_reach(half, other, match, places[half.key]) and _moves(other, places[other.half.key], half.key)
    )
    own = places[half.key]
    seconds = (other.half for other in others if (half.round_number, other.half.round_number) == (FIRST, SECOND))
    next_limit_ms = next((second.limit_ms for second in seconds if places[second.key].match_id == own.match_id), None)
    return Placing(own, displaced, next_limit_ms)


def _is_within_reach(half: Half, other: Neighbour, match: Sequence[str], place: Place) -> bool:
    """Of a round at the edge of what was looked at its own neighbours were not seen: its place cannot be told from here.

    Whatever stands in the `match` that the round names makes room for it, from however far. An R2 that names its R1 moves
    for nobody outside its match: others of its kind may stand where nobody looked.
    """
    if other.match_id in match and other.half.round_number == half.round_number:
        return True
    if other.half.named_first_start_unix is not None and match_of(other.match_id) != match_of(place.match_id):
        return False
    return abs(half.order[0] - other.half.order[0]) <= NEIGHBOURHOOD_SECONDS // 2


def _moves(neighbour: Neighbour, place: Place, key: int) -> bool:
    """Whether a neighbour is to be judged anew. What the round `key` replaced is: its people may be others by now."""
    if place.expected_limit_ms is not None:
        return True
    is_gone = place.is_superseded or place.replaced_by is not None
    if neighbour.match_id != place.match_id or (neighbour.status in _GONE) != is_gone or place.replaced_by == key:
        return True
    is_orphaned = neighbour.half.takes_slot and not is_gone and not place.has_first_round
    return (neighbour.status is RoundStatus.ORPHAN_R2) != is_orphaned
