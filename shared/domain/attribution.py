"""From an attack to the team that made it: the sides of the teams in each round, and which side defended. Pure."""

from dataclasses import dataclass

from shared.domain.map_score import Decision, Winner, worst
from shared.domain.round_of_match import RoundOfMatch
from shared.domain.teams import OTHER_SIDE, Teams
from shared.domain.vocabulary import Confidence, MatchReason, Side, TeamSlot, Verdict


@dataclass(frozen=True, slots=True)
class KnownMap:
    """What is known of a map beside a match's own rounds. `base_limit_ms`: that its R1s are played under. None is unknown."""

    defender: Side | None = None
    base_limit_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Attack:
    """Which team attacked in a round. `is_filled_in`: its defender had to be taken from elsewhere. None is unknown."""

    team: TeamSlot | None
    is_filled_in: bool


@dataclass(frozen=True, slots=True)
class Attacks:
    """The two attacks of a match. `problem`: why the teams cannot be told apart in it, if so."""

    side_of_a_r1: Side | None
    side_of_a_r2: Side | None
    defender: Side | None
    first: Attack
    second: Attack
    problem: MatchReason | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict with its state. `reason` is set exactly when it is `none`."""

    verdict: Verdict
    confidence: Confidence
    reason: MatchReason | None = None


def attacks_of(first: RoundOfMatch | None, second: RoundOfMatch | None, teams: Teams, known: KnownMap) -> Attacks:
    """Who attacked when. A round that is missing showed the teams the other way round."""
    side_r1, problem_r1 = _side_of_a(first, second, teams)
    side_r2, problem_r2 = _side_of_a(second, first, teams)
    problem = problem_r1 or problem_r2
    if problem is None and side_r1 is side_r2 and side_r1 is not None:
        problem = MatchReason.NO_SWAP
    own = {one.defender for one in (first, second) if one is not None and one.defender is not None}
    if problem is None and len(own) > 1:
        problem = MatchReason.DEFENDERS_DISAGREE
    fallback = next(iter(own), known.defender) if len(own) < 2 else None  # noqa: PLR2004  (two sides that disagree)
    return Attacks(
        side_r1,
        side_r2,
        fallback,
        _attack(first, side_r1, fallback),
        _attack(second, side_r2, fallback),
        problem,
    )


def verdict_of(decision: Decision, attacks: Attacks) -> Outcome:
    """Which team the winning attack was made by; a team that cannot be told apart has won nothing."""
    if decision.winner is None:
        return Outcome(Verdict.NONE, decision.confidence, decision.reason)
    if attacks.problem is not None:
        return Outcome(Verdict.NONE, Confidence.AMBIGUOUS, attacks.problem)
    if decision.winner is Winner.NOBODY:
        return Outcome(Verdict.DRAW, decision.confidence)
    attack = attacks.first if decision.winner is Winner.FIRST else attacks.second
    if attack.team is None:
        return Outcome(Verdict.NONE, Confidence.AMBIGUOUS, MatchReason.DEFENDER_UNKNOWN)
    filled_in = (Confidence.TIME_FALLBACK,) if attack.is_filled_in else ()
    return Outcome(Verdict(attack.team.value), worst(decision.confidence, *filled_in))


def _side_of_a(
    one: RoundOfMatch | None, other: RoundOfMatch | None, teams: Teams
) -> tuple[Side | None, MatchReason | None]:
    if one is not None:
        told = teams.side_of_a(one)
    elif other is not None:
        told = teams.side_of_a(other)
        told = OTHER_SIDE[told] if isinstance(told, Side) else told
    else:
        return None, None
    return (None, told) if isinstance(told, MatchReason) else (told, None)


def _attack(one: RoundOfMatch | None, side_of_a: Side | None, fallback: Side | None) -> Attack:
    """The defender is the round's own, else the same match's, else what the map is known by."""
    own = None if one is None else one.defender
    defender = own or fallback
    if side_of_a is None or defender is None:
        return Attack(None, is_filled_in=own is None)
    return Attack(TeamSlot.B if side_of_a is defender else TeamSlot.A, is_filled_in=own is None)
