"""Which team won a match: the winning attack, and who made it. Pure."""

from dataclasses import dataclass, replace
from typing import Any

from shared.domain.attribution import Attacks, KnownMap, attacks_of, verdict_of
from shared.domain.map_explanation import explain
from shared.domain.map_score import Decision, counting_first, counting_second, decide
from shared.domain.match import Match
from shared.domain.round_of_match import RoundOfMatch
from shared.domain.teams import Teams
from shared.domain.vocabulary import (
    Confidence,
    EndReason,
    MatchReason,
    Pairing,
    ScoringRule,
    Side,
    StopwatchState,
    Verdict,
)

_BRINGS = {  # map wins and points, of TeamA and TeamB
    Verdict.TEAM_A: ((1, 0), (2, 0)),
    Verdict.TEAM_B: ((0, 1), (0, 2)),
    Verdict.DRAW: ((0, 0), (1, 1)),
    Verdict.NONE: ((0, 0), (0, 0)),
}


@dataclass(frozen=True, slots=True)
class HalfScore:
    """One round of a match as its score shows it."""

    round_id: int
    winner: Side | None
    defender: Side | None
    stopwatch_state: StopwatchState | None
    confidence: Confidence
    end_reason: EndReason | None


@dataclass(frozen=True, slots=True)
class MatchScore:
    """What a match brought. `map_wins`, `points`: of TeamA and TeamB. `time_a_ms`, `time_b_ms`: of a completing attack, None
    for a hold (`is_held_a`, `is_held_b`) and where nobody knows. `reason`: set exactly when it is not counted. `note`: how
    it was reached, for people. `is_played`: people remember it as a map.
    """

    match_id: str
    map_name: str
    play_number: int | None
    began_unix: int | None
    verdict: Verdict
    rule: ScoringRule
    confidence: Confidence
    counted: bool
    reason: MatchReason | None
    map_wins: tuple[int, int]
    points: tuple[int, int]
    note: str
    is_played: bool = True
    pairing: Pairing | None = None
    time_a_ms: int | None = None
    time_b_ms: int | None = None
    is_held_a: bool = False
    is_held_b: bool = False
    defender: Side | None = None
    team_a_side_r1: Side | None = None
    team_a_side_r2: Side | None = None
    r1: HalfScore | None = None
    r2: HalfScore | None = None
    time_to_beat_ms: int | None = None
    next_limit_minutes: int | None = None


def score_match(match: Match, teams: Teams, known: KnownMap) -> MatchScore:
    """The verdict on a match, with everything that says why and how sure it is."""
    first, second = counting_first(match.first), counting_second(match.second)
    decision = decide(first, second, known.base_limit_ms)
    attacks = attacks_of(first, second, teams, known)
    outcome = verdict_of(decision, attacks)
    map_wins, points = _BRINGS[outcome.verdict]
    return replace(
        _listed(match),
        verdict=outcome.verdict,
        rule=decision.rule,
        confidence=outcome.confidence,
        counted=outcome.reason is None,
        reason=outcome.reason,
        map_wins=map_wins,
        points=points,
        note=explain(match, decision, outcome.reason),
        defender=attacks.defender,
        team_a_side_r1=attacks.side_of_a_r1,
        team_a_side_r2=attacks.side_of_a_r2,
        **_times(decision, attacks),
    )


def failed_score(match: Match) -> MatchScore:
    """A match that could not be worked out: listed, not counted, and no other match's trouble."""
    return _listed(match)


def _listed(match: Match) -> MatchScore:
    """What is shown of a match whatever it came to."""
    first, second = match.first, match.second
    told = match.rounds[0]
    return MatchScore(
        match_id=match.match_id,
        map_name=match.map_name,
        play_number=told.play_number,
        began_unix=told.began_unix,
        verdict=Verdict.NONE,
        rule=ScoringRule.NONE,
        confidence=Confidence.MISSING,
        counted=False,
        reason=MatchReason.SCORING_ERROR,
        map_wins=(0, 0),
        points=(0, 0),
        note="working this match out failed; an operator is told",
        is_played=match.is_played,
        pairing=match.pairing,
        r1=_half(first) if first else None,
        r2=_half(second) if second else None,
        time_to_beat_ms=first.time_to_beat_ms if first else None,
        next_limit_minutes=first.next_limit_minutes if first else None,
    )


def _half(one: RoundOfMatch) -> HalfScore:
    return HalfScore(one.round_id, one.winner, one.defender, one.stopwatch_state, one.confidence, one.end_reason)


def _times(decision: Decision, attacks: Attacks) -> dict[str, Any]:
    """Each team's own attack: how long it took, or that it was held."""
    times: dict[str, Any] = {}
    for attack, state, took_ms in (
        (attacks.first, decision.first_state, decision.first_ms),
        (attacks.second, decision.second_state, decision.second_ms),
    ):
        if attack.team is not None:
            which = attack.team.lower()
            times |= {f"time_{which}_ms": took_ms, f"is_held_{which}": state is StopwatchState.FULL_HOLD}
    return times
