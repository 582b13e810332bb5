"""Which side defended, when no source of the round told it? The match, the map, and at last winner and clock answer. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.known_maps import DEFENDERS
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import Side

NEAR_LIMIT_MS = 2_000
_OPPONENT = {Side.AXIS: Side.ALLIES, Side.ALLIES: Side.AXIS}


class SideHint(StrEnum):
    """What told the defender of a round that was told without one, the best first."""

    OTHER_ROUND = "other_round"
    OBSERVED = "observed"
    KNOWN_MAP = "known_map"
    WINNER_AND_TIME = "winner_and_time"


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A defender that is concluded, and from what."""

    defender: Side
    hint: SideHint


@dataclass(frozen=True, slots=True)
class Observed:
    """How often each side was seen to defend a map, over all servers."""

    axis_count: int = 0
    allies_count: int = 0

    @property
    def side(self) -> Side | None:
        """Who defended more often; as often is no answer."""
        if self.axis_count == self.allies_count:
            return None
        return Side.AXIS if self.axis_count > self.allies_count else Side.ALLIES


def fill_in(facts: RoundFacts, other_round: Side | None, observed: Observed) -> FilledIn | None:
    """The defender by the first that answers. `other_round`: who defended in the other round of its match, as that one was
    told. None when the round tells it itself, and when nothing answers.
    """
    if facts.defender is not None:
        return None
    answers = (
        (other_round, SideHint.OTHER_ROUND),
        (observed.side, SideHint.OBSERVED),
        (DEFENDERS.get(facts.map_name), SideHint.KNOWN_MAP),
        (_by_winner_and_time(facts), SideHint.WINNER_AND_TIME),
    )
    return next((FilledIn(side, hint) for side, hint in answers if side is not None), None)


def _by_winner_and_time(facts: RoundFacts) -> Side | None:
    """Who won before the limit was attacking, who won at it was defending. A file does not show surrenders, so it is last."""
    if facts.winner is None or facts.elapsed_ms is None or facts.limit_ms is None:
        return None
    if facts.elapsed_ms >= facts.limit_ms - NEAR_LIMIT_MS:
        return facts.winner
    return None if facts.surrender_side is not None else _OPPONENT[facts.winner]
