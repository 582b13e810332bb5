"""Which rounds make a match: the two that hold its slots, and what stands beside them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.pairing import FIRST, SECOND, match_of
from shared.domain.round_of_match import RoundOfMatch
from shared.domain.vocabulary import Pairing, RoundStatus


@dataclass(frozen=True, slots=True)
class Match:
    """The rounds of one play of one map. `beside`: attempts, superseded rounds and others that hold no slot of it."""

    match_id: str
    first: RoundOfMatch | None
    second: RoundOfMatch | None
    beside: tuple[RoundOfMatch, ...] = ()

    @property
    def rounds(self) -> tuple[RoundOfMatch, ...]:
        """All of them, those in the slots first; never empty."""
        return (*(one for one in (self.first, self.second) if one is not None), *self.beside)

    @property
    def map_name(self) -> str:
        """The map it is a play of."""
        return self.rounds[0].map_name

    @property
    def is_played(self) -> bool:
        """Whether people remember it as a map: some round of it counts, or would with its other half."""
        return any(one.is_valid or one.status is RoundStatus.ORPHAN_R2 for one in self.rounds)

    @property
    def order(self) -> tuple[int, int, str]:
        """Sort key: by its earliest round."""
        return min(one.order for one in self.rounds)

    @property
    def pairing(self) -> Pairing | None:
        """How its halves found each other; None when it holds no slot at all."""
        if self.first is not None and self.second is not None:
            return Pairing.NAMED if self.second.names_first_round else Pairing.WALK
        if self.first is not None:
            return Pairing.SINGLE_R1
        return None if self.second is None else Pairing.SINGLE_R2


def matches_of(rounds: Iterable[RoundOfMatch]) -> list[Match]:
    """The matches that these rounds make, in the order they were played."""
    together: dict[str, list[RoundOfMatch]] = {}
    for one in sorted(rounds, key=lambda one: one.order):
        together.setdefault(match_of(one.match_id), []).append(one)
    return sorted((_match(match_id, ones) for match_id, ones in together.items()), key=lambda match: match.order)


def _match(match_id: str, rounds: list[RoundOfMatch]) -> Match:
    in_slots = {one.round_number: one for one in rounds if one.match_id == match_id}
    first, second = in_slots.get(FIRST), in_slots.get(SECOND)
    return Match(match_id, first, second, tuple(one for one in rounds if one not in (first, second)))
