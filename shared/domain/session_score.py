"""The score of a gaming session: map wins first, points beside them, and how sure both are. Pure.

The only function there is: bot, pages, API and command line show its result and add nothing up themselves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.attribution import KnownMap
from shared.domain.map_score import worst
from shared.domain.match import Match, matches_of
from shared.domain.match_score import MatchScore, failed_score, score_match
from shared.domain.round_of_match import RoundOfMatch
from shared.domain.teams import Teams, detect_teams
from shared.domain.vocabulary import Confidence, RoundStatus, TeamSlot, Verdict

Scorer = Callable[[Match, Teams, KnownMap], MatchScore]
NOTHING_KNOWN = KnownMap()


@dataclass(frozen=True, slots=True)
class UncountedRound:
    """A round that is part of no map of the session: cut short, played again, empty. Listed, never added up."""

    round_id: int
    map_name: str
    round_number: int
    match_id: str
    began_unix: int | None
    status: RoundStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class SessionScore:
    """What a session comes to. `matches`: every match it has, in order; those people remember as maps are `maps`."""

    teams: Teams
    matches: tuple[MatchScore, ...]
    uncounted_rounds: tuple[UncountedRound, ...] = ()
    rounds_count: int = 0
    failures: Mapping[str, Exception] = field(default_factory=dict)

    @property
    def maps(self) -> tuple[MatchScore, ...]:
        """The matches that are listed as maps, counted or not."""
        return tuple(one for one in self.matches if one.is_played)

    @property
    def counted(self) -> tuple[MatchScore, ...]:
        """Those that enter the totals."""
        return tuple(one for one in self.maps if one.counted)

    @property
    def map_wins(self) -> tuple[int, int]:
        """Of TeamA and TeamB."""
        return _sum(one.map_wins for one in self.counted)

    @property
    def points(self) -> tuple[int, int]:
        """Of TeamA and TeamB."""
        return _sum(one.points for one in self.counted)

    @property
    def draws(self) -> int:
        """Maps on which both attacks were held."""
        return sum(one.verdict is Verdict.DRAW for one in self.counted)

    @property
    def confidence(self) -> Confidence:
        """As sure as the least sure of the counted maps; `missing` when none counts."""
        return worst(*(one.confidence for one in self.counted)) if self.counted else Confidence.MISSING

    @property
    def confidence_counts(self) -> dict[Confidence, int]:
        """How many maps are how sure, counted or not."""
        return {state: sum(one.confidence is state for one in self.maps) for state in Confidence}

    @property
    def winner(self) -> TeamSlot | None:
        """The team that won the session; None for a draw, and when nothing counts."""
        a, b = self.map_wins
        return None if a == b else TeamSlot.A if a > b else TeamSlot.B


def score_session(
    rounds: Iterable[RoundOfMatch], known: Mapping[str, KnownMap] | None = None, scorer: Scorer = score_match
) -> SessionScore:
    """Score a session from all its rounds, in whatever order they come. `known`: by map.

    A match that cannot be worked out is listed as such and named in `failures`; it takes no other match with it.
    """
    played = list(rounds)
    teams = detect_teams(played)
    failures: dict[str, Exception] = {}
    scores = []
    matches = matches_of(played)
    for match in matches:
        try:
            scores.append(scorer(match, teams, (known or {}).get(match.map_name, NOTHING_KNOWN)))
        except Exception as error:  # noqa: BLE001  whoever asked logs it: one match must not cost the others
            failures[match.match_id] = error
            scores.append(failed_score(match))
    return SessionScore(teams, tuple(scores), tuple(_uncounted(matches)), len(played), failures)


def _uncounted(matches: Sequence[Match]) -> Iterable[UncountedRound]:
    for match in matches:
        for one in match.rounds:
            if not one.is_valid and one.status is not RoundStatus.ORPHAN_R2:
                yield UncountedRound(
                    one.round_id,
                    one.map_name,
                    one.round_number,
                    one.match_id,
                    one.began_unix,
                    one.status,
                    one.invalid_reason,
                )


def _sum(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    told = list(pairs)
    return sum(a for a, _b in told), sum(b for _a, b in told)
