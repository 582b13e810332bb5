"""A match of a session as plain data: one entry of `maps`, the same wherever it is shown. Pure."""

from typing import Any

from shared.domain.figures import UNKNOWN, clock
from shared.domain.match_score import HalfScore, MatchScore
from shared.domain.play_numbers import is_shown
from shared.domain.session_score import UncountedRound
from shared.domain.units import seconds
from shared.domain.vocabulary import SIDE_LABELS, Confidence, Side, Verdict

FULLHOLD = "fullhold"
DEBUG_KEYS = (
    "map_name play_number match_id winner_side_r1 winner_side_r2 defender_side defender_side_r1 team_a_side_r1 "
    "team_a_side_r2 rule confidence confidence_r1 confidence_r2 counted reason verdict note"
).split()
_MARKERS = {Verdict.TEAM_A: "green", Verdict.TEAM_B: "red", Verdict.DRAW: "yellow"}
Entry = dict[str, Any]


def map_entry(one: MatchScore) -> Entry:
    """One match. Times in seconds, None for a hold and for the unknown, which `shown_a` and `shown_b` tell apart."""
    return {
        "map_name": one.map_name,
        "play_number": one.play_number,
        "match_id": one.match_id,
        "round_start_unix": one.began_unix,
        "verdict": one.verdict,
        "rule": one.rule,
        "confidence": one.confidence,
        "counted": one.counted,
        "reason": one.reason,
        "map_wins": list(one.map_wins),
        "points": list(one.points),
        "time_a": seconds(one.time_a_ms),
        "time_b": seconds(one.time_b_ms),
        "shown_a": _shown(one.time_a_ms, is_held=one.is_held_a),
        "shown_b": _shown(one.time_b_ms, is_held=one.is_held_b),
        "marker": _marker(one),
        "defender_side": one.defender,
        "team_a_side_r1": one.team_a_side_r1,
        "team_a_side_r2": one.team_a_side_r2,
        "time_to_beat_seconds": seconds(one.time_to_beat_ms),
        "next_timelimit_minutes": one.next_limit_minutes,
        "note": one.note,
        **_half("r1", one.r1),
        **_half("r2", one.r2),
    }


def round_entry(one: UncountedRound) -> Entry:
    """A round that is part of no map."""
    return {
        "round_id": one.round_id,
        "map_name": one.map_name,
        "round_number": one.round_number,
        "match_id": one.match_id,
        "round_start_unix": one.began_unix,
        "round_status": one.status,
        "reason": one.reason,
    }


def debug_entry(entry: Entry) -> Entry:
    """How a verdict was reached, of one entry of `maps`: sides, rule, state, note."""
    return {key: entry[key] for key in DEBUG_KEYS}


def debug_lines(entry: Entry) -> list[str]:
    """The same for people, in few lines."""
    halves = [
        f"R{number}: winner {_side(entry[f'winner_side_r{number}'])}, TeamA {_side(entry[f'team_a_side_r{number}'])}, "
        f"{entry[f'confidence_r{number}'] or Confidence.MISSING}"
        for number in (1, 2)
    ]
    counts = "counted" if entry["counted"] else f"not counted ({entry['reason']})"
    return [
        f"{named(entry)}: {entry['verdict']}, rule {entry['rule']}, {entry['confidence']}, {counts}",
        f"defender {_side(entry['defender_side'])}; {'; '.join(halves)}",
        str(entry["note"]),
    ]


def warning(entry: Entry) -> Entry:
    """What is to be said of a map whose score is not verified."""
    return {
        "match_id": entry["match_id"],
        "map_name": entry["map_name"],
        "play_number": entry["play_number"],
        "confidence": entry["confidence"],
        "reason": entry["reason"],
        "text": f"{named(entry)}: {entry['confidence']}, {entry['note']}",
    }


def named(entry: Entry) -> str:
    """The map's name, with its play where it was played more than once."""
    number = entry["play_number"]
    return f"{entry['map_name']} (#{number})" if is_shown(number) else str(entry["map_name"])


def _half(which: str, half: HalfScore | None) -> Entry:
    return {
        f"{which}_round_id": half and half.round_id,
        f"winner_side_{which}": half and half.winner,
        f"defender_side_{which}": half and half.defender,
        f"state_{which}": half and half.stopwatch_state,
        f"confidence_{which}": half and half.confidence,
        f"end_reason_{which}": half and half.end_reason,
    }


def _shown(took_ms: int | None, *, is_held: bool) -> str:
    return FULLHOLD if is_held else UNKNOWN if took_ms is None else clock(seconds(took_ms))


def _marker(one: MatchScore) -> str:
    """Colour words, for whoever draws: who won, nobody, not counted, or not to be told."""
    if one.counted:
        return _MARKERS[one.verdict]
    return "warning" if one.confidence is Confidence.AMBIGUOUS else "white"


def _side(side: int | None) -> str:
    return UNKNOWN if side is None else SIDE_LABELS[Side(side)]
