"""The how-manieth match of its map in its gaming session a round belongs to: what "(#2)" behind a map's name says. Pure.

Attempts count only as far as they came to something: a first round that was broken off and begun again is not a match of
its own to those who played it, so it bears the number of the match that came of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.vocabulary import RoundStatus

LOOK_BACK_SECONDS = 4 * 3600
"""How much before a change numbering begins, so that matches that were going on are seen from their first round."""
COUNTED = frozenset({RoundStatus.COMPLETED, RoundStatus.ORPHAN_R2})


@dataclass(frozen=True, slots=True)
class Play:
    """A round of a session. `play_number`: what it bears so far."""

    round_id: int
    map_name: str
    match_id: str
    start_unix: int
    status: RoundStatus
    play_number: int | None = None

    @property
    def match(self) -> str:
        """Its match, whichever place beside the counting rounds it has there."""
        return self.match_id.partition("/")[0]


def play_numbers(plays: Iterable[Play], earlier: Mapping[str, Play]) -> dict[int, int]:
    """The number of every round. `earlier`: per map the last counted round before these, which bears its number."""
    matches: dict[str, dict[str, list[Play]]] = {}
    for play in plays:
        matches.setdefault(play.map_name, {}).setdefault(play.match, []).append(play)
    numbers: dict[int, int] = {}
    for map_name, of_map in matches.items():
        numbers |= _numbered(of_map, earlier.get(map_name))
    return numbers


def is_shown(play_number: int | None) -> bool:
    """Only a repeated map says which play it was."""
    return play_number is not None and play_number > 1


def _numbered(matches: Mapping[str, list[Play]], earlier: Play | None) -> dict[int, int]:
    counted = 0 if earlier is None else earlier.play_number or 0
    numbers: dict[int, int] = {}
    for match, plays in sorted(matches.items(), key=lambda one: (min(play.start_unix for play in one[1]), one[0])):
        goes_on = earlier is not None and match == earlier.match
        number = counted if goes_on else counted + 1
        numbers |= {play.round_id: number for play in plays}
        counted = number if any(play.status in COUNTED for play in plays) else counted
    return numbers
