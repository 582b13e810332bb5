"""A session's score in the one form in which it is stored, and what every surface shows of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.map_entry import map_entry, round_entry, warning
from shared.domain.session_score import SessionScore
from shared.domain.team_names import TeamLabel
from shared.domain.vocabulary import Confidence, TeamSlot

NOTHING_COUNTS = "no_counted_maps"
NO_MAPS = "no_maps"
DETAILS_VERSION = 2
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SessionResult:
    """What is stored of a session's score. Pairs are of TeamA and TeamB; totals are None where nothing counts.

    `team_names` None: the teams could not be told. `maps`, `uncounted_rounds`, `substitutions`: as they are shown.
    """

    team_names: tuple[str, str] | None
    team_guids: tuple[tuple[str, ...], tuple[str, ...]]
    map_wins: tuple[int, int] | None
    points: tuple[int, int] | None
    draws: int | None
    winning_team: int | None
    confidence: Confidence
    confidence_counts: Mapping[str, int]
    total_rounds: int
    counted_maps: int
    maps: tuple[Entry, ...]
    uncounted_rounds: tuple[Entry, ...] = ()
    substitutions: tuple[Entry, ...] = ()

    @property
    def score(self) -> str | None:
        """Map wins as `N:M`."""
        return None if self.map_wins is None else f"{self.map_wins[0]}:{self.map_wins[1]}"


def result_of(score: SessionScore, labels: Mapping[TeamSlot, TeamLabel]) -> SessionResult:
    """A computed score as it is stored."""
    is_scored = bool(score.counted)
    teams = score.teams
    return SessionResult(
        team_names=(labels[TeamSlot.A].name, labels[TeamSlot.B].name) if teams.members else None,
        team_guids=(teams.roster(TeamSlot.A), teams.roster(TeamSlot.B)),
        map_wins=score.map_wins if is_scored else None,
        points=score.points if is_scored else None,
        draws=score.draws if is_scored else None,
        winning_team=_winning_team(score) if is_scored else None,
        confidence=score.confidence,
        confidence_counts={str(state): count for state, count in score.confidence_counts.items()},
        total_rounds=score.rounds_count,
        counted_maps=len(score.counted),
        maps=tuple(map_entry(one) for one in score.maps),
        uncounted_rounds=tuple(round_entry(one) for one in score.uncounted_rounds),
        substitutions=tuple(
            {"change": one.change, "round_id": one.round_id, "team": one.team, "guid": one.guid, "name": one.name}
            for one in teams.substitutions
        ),
    )


def points_shown(points: Sequence[int]) -> str:
    """Points of both teams as people write them, beside map wins: `14-8`, with the longer dash."""
    return f"{points[0]}\N{EN DASH}{points[1]}"


def scoring(result: SessionResult) -> Entry:
    """The score of a session as API, pages, bot and command line show it, with its state beside it."""
    shown: Entry = {"available": result.map_wins is not None}
    if result.map_wins is None or result.points is None:
        shown |= {"reason": NOTHING_COUNTS if result.maps else NO_MAPS}
    names = result.team_names or (None, None)
    wins, points = result.map_wins or (None, None), result.points or (None, None)
    return shown | {
        "team_a": names[0],
        "team_b": names[1],
        "score": result.score,
        "map_wins_a": wins[0],
        "map_wins_b": wins[1],
        "draws": result.draws,
        "points_a": points[0],
        "points_b": points[1],
        "winning_team": result.winning_team,
        "confidence": result.confidence,
        "confidence_counts": dict(result.confidence_counts),
        "total_maps": len(result.maps),
        "counted_maps": result.counted_maps,
        "maps": list(result.maps),
        "uncounted_rounds": list(result.uncounted_rounds),
        "substitutions": list(result.substitutions),
        "warnings": warnings(result),
    }


def warnings(result: SessionResult) -> list[Entry]:
    """One for each map whose score rests on a time, lacks something or is ambiguous."""
    return [warning(entry) for entry in result.maps if entry["confidence"] != Confidence.VERIFIED_HEADER]


def _winning_team(score: SessionScore) -> int:
    return {None: 0, TeamSlot.A: 1, TeamSlot.B: 2}[score.winner]
