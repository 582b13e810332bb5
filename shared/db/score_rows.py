"""A session's score as rows: which word goes into which column. No decision is made here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.domain.match_score import HalfScore, MatchScore
from shared.domain.session_result import DETAILS_VERSION, SessionResult
from shared.domain.session_score import SessionScore
from shared.domain.team_names import TeamLabel
from shared.domain.teams import Teams
from shared.domain.units import seconds
from shared.domain.vocabulary import TeamSlot

_SECONDS_PER_MINUTE = 60
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """When a session was, and the date it goes by."""

    started_at: datetime
    ended_at: datetime
    session_date: date


def match_rows(score: SessionScore, session_id: int, server_id: str) -> list[Record]:
    """Rows of `matches`, but what tells how complete each is."""
    return [_match_row(one, session_id, server_id) for one in score.matches]


def _match_row(one: MatchScore, session_id: int, server_id: str) -> Record:
    return {
        "match_id": one.match_id,
        "server_id": server_id,
        "map_name": one.map_name,
        "gaming_session_id": session_id,
        "play_number": one.play_number,
        "r1_round_id": _round_id(one.r1),
        "r2_round_id": _round_id(one.r2),
        "pairing": one.pairing,
        "verdict": one.verdict,
        "rule": one.rule,
        "confidence": one.confidence,
        "counted": one.counted,
        "reason": one.reason,
        "map_wins_a": one.map_wins[0],
        "map_wins_b": one.map_wins[1],
        "points_a": one.points[0],
        "points_b": one.points[1],
        "time_a": seconds(one.time_a_ms),
        "time_b": seconds(one.time_b_ms),
        "team_a_side_r1": one.team_a_side_r1,
        "team_a_side_r2": one.team_a_side_r2,
        "note": one.note,
    }


def _round_id(half: HalfScore | None) -> int | None:
    return None if half is None else half.round_id


def result_row(result: SessionResult, session_id: int, times: SessionTimes) -> Record:
    """One row of `session_results`, all but its id."""
    names = result.team_names or (None, None)
    wins, points = result.map_wins or (None, None), result.points or (None, None)
    length_seconds = (times.ended_at - times.started_at).total_seconds()
    return {
        "gaming_session_id": session_id,
        "session_date": times.session_date.isoformat(),
        "team_1_name": names[0],
        "team_2_name": names[1],
        "team_1_guids": result.team_guids[0],
        "team_2_guids": result.team_guids[1],
        "map_wins_a": wins[0],
        "map_wins_b": wins[1],
        "draws": result.draws,
        "points_a": points[0],
        "points_b": points[1],
        "score": result.score,
        "winning_team": result.winning_team,
        "confidence": result.confidence,
        "confidence_counts": result.confidence_counts,
        "total_rounds": result.total_rounds,
        "counted_maps": result.counted_maps,
        "round_details": {"maps": result.maps, "uncounted_rounds": result.uncounted_rounds},
        "details_version": DETAILS_VERSION,
        "session_start": times.started_at.isoformat(),
        "session_end": times.ended_at.isoformat(),
        "duration_minutes": round(length_seconds / _SECONDS_PER_MINUTE),
        "had_substitutions": bool(result.substitutions),
        "substitution_details": result.substitutions,
    }


def team_rows(teams: Teams, labels: Mapping[TeamSlot, TeamLabel], session_id: int) -> list[Record]:
    """Rows of `session_teams`; none when the teams could not be told."""
    if not teams.members:
        return []
    return [
        {
            "gaming_session_id": session_id,
            "team_slot": slot,
            "team_name": labels[slot].name,
            "player_guids": teams.roster(slot),
            "player_names": [teams.names[guid] for guid in teams.roster(slot)],
            "color": labels[slot].color,
            "detected_from_round_id": teams.detected_from_round_id,
            "is_custom_name": labels[slot].is_custom_name,
        }
        for slot in TeamSlot
    ]
