"""How a match's verdict was reached, in one sentence for people. It names attacks, for these are certain; teams may not be. Pure."""

from shared.domain.attack_outcome import NEAR_LIMIT_MS
from shared.domain.figures import clock
from shared.domain.map_score import Decision, Winner
from shared.domain.match import Match
from shared.domain.round_of_match import RoundOfMatch
from shared.domain.units import seconds
from shared.domain.vocabulary import Confidence, EndReason, MatchReason, ScoringRule, StopwatchState

_WHY_NOT_COUNTED = {
    MatchReason.R1_ONLY: "R1 only (not counted)",
    MatchReason.R2_ONLY: "R2 only (R1 missing)",
    MatchReason.UNDECIDABLE: "nobody knows how its rounds ended",
    MatchReason.SIDE_UNREADABLE: "a side was told as something that is none",
    MatchReason.DEFENDER_UNKNOWN: "which side defends here is not known",
    MatchReason.DEFENDERS_DISAGREE: "its rounds name different defenders",
    MatchReason.ROSTER_UNKNOWN: "nobody of the teams was there",
    MatchReason.TEAMS_MIXED: "a team's people stood on both sides",
    MatchReason.NO_SWAP: "the teams did not change sides",
}


def explain(match: Match, decision: Decision, reason: MatchReason | None) -> str:
    """What decided, and why it does not count if it does not."""
    told = [_decided(match, decision), *_caveats(match, decision)]
    if reason is MatchReason.NOT_PLAYED_OUT:
        told.append(_not_played_out(match))
    elif reason is not None:
        told.append(_WHY_NOT_COUNTED[reason])
    return "; ".join(words for words in told if words)


def _decided(match: Match, decision: Decision) -> str | None:
    if decision.winner is None:
        return None
    if decision.rule is ScoringRule.TIME:
        return _compared(decision)
    if decision.winner is Winner.SECOND:
        return _succeeded(match.second, decision)
    if decision.winner is Winner.FIRST:
        return _held(match.second, decision)
    return "fullhold in both rounds"


def _compared(decision: Decision) -> str:
    first, second = _clock(decision.first_ms), _clock(decision.second_ms)
    if decision.first_ms == decision.second_ms:
        return f"both took {first}: R1 attackers had it first"
    faster = f"R2 attackers {second} against {first}"
    return faster if decision.winner is Winner.SECOND else f"R1 attackers {first} against {second}"


def _succeeded(second: RoundOfMatch | None, decision: Decision) -> str:
    """The clocks of a decided map may even contradict it by a second; then they are not told."""
    to_beat_ms = decision.first_ms if decision.first_ms is not None else None if second is None else second.limit_ms
    if second is not None and second.end_reason is EndReason.SURRENDER:
        return f"R2 defenders surrendered at {_clock(decision.second_ms)}"
    took_ms = decision.second_ms
    if took_ms is None or to_beat_ms is None or took_ms > to_beat_ms:
        return "R2 attackers were faster"
    return f"R2 attackers {_clock(took_ms)} beat {_to_beat(decision, to_beat_ms)}"


def _to_beat(decision: Decision, to_beat_ms: int) -> str:
    return "a fullhold" if decision.first_state is StopwatchState.FULL_HOLD else _clock(to_beat_ms)


def _held(second: RoundOfMatch | None, decision: Decision) -> str:
    target = "R1's time" if decision.first_ms is None else _clock(decision.first_ms)
    if second is not None and second.end_reason is EndReason.SURRENDER:
        took = "" if second.elapsed_ms is None else f" at {_clock(second.elapsed_ms)}"
        return f"R2 attackers surrendered{took}: {target} stands"
    return f"R2 attackers did not beat {target}"


def _caveats(match: Match, decision: Decision) -> list[str]:
    told = []
    if decision.rule is ScoringRule.R1_FROM_LIMIT:
        told.append("R1 is missing, R2's limit tells how it ended")
    if _is_clock_estimated(match, decision):
        told.append("R2's clock may be an estimate")
    told += [f"R{one.round_number} ended within 2 s of its limit" for one in match.rounds if _is_near(one)]
    return told


def _is_clock_estimated(match: Match, decision: Decision) -> bool:
    """Where a second round's end was told by nothing but its header clock."""
    second = match.second
    if second is None or second.elapsed_ms is not None or second.clock_ms is None or decision.winner is None:
        return False
    return second.confidence is Confidence.TIME_FALLBACK or decision.rule is ScoringRule.TIME


def _is_near(one: RoundOfMatch) -> bool:
    """Where sides do not tell, an end so near the limit could have been either."""
    if one.elapsed_ms is None or one.limit_ms is None or one.confidence is not Confidence.TIME_FALLBACK:
        return False
    return abs(one.limit_ms - one.elapsed_ms) <= NEAR_LIMIT_MS


def _not_played_out(match: Match) -> str:
    told = [f"R{one.round_number} {one.invalid_reason or one.status}" for one in match.rounds]
    return ", ".join(dict.fromkeys(told)).replace("_", " ")


def _clock(milliseconds: int | None) -> str:
    return clock(seconds(milliseconds))
