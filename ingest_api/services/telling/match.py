"""One play of one map, told whole: the verdict as it is stored, and its rounds."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from ingest_api.services.sections import Sections
from ingest_api.services.telling.rounds import told_line
from shared.db.match_rounds import match_rounds
from shared.db.session_scores import SessionScores
from shared.domain.pairing import match_of
from shared.domain.vocabulary import Confidence, ScoringRule, Verdict

_VERDICT_KEYS = (
    "pairing",
    "verdict",
    "rule",
    "confidence",
    "counted",
    "reason",
    "note",
    "time_a",
    "time_b",
    "team_a_side_r1",
    "team_a_side_r2",
    "r1_round_id",
    "r2_round_id",
    "completeness_pct",
    "updated_at",
)
_UNSCORED = dict.fromkeys(_VERDICT_KEYS) | {
    "verdict": Verdict.NONE,
    "rule": ScoringRule.NONE,
    "confidence": Confidence.MISSING,
    "counted": False,
    "reason": "not_scored_yet",
}


def tell_match(connection: Connection, name: str) -> dict[str, Any] | None:
    """The match that a round's match_id names, also that of an attempt beside it; None when there is none."""
    match_id = match_of(name)
    rounds = match_rounds(connection, match_id)
    if not rounds:
        return None
    one, session_id = rounds[0], _session_id(rounds)
    sections = Sections(connection)
    scores = SessionScores(connection)
    found = sections.read("verdict", lambda: scores.match(match_id))
    return {
        "match_id": match_id,
        "server_id": one["server_id"],
        "map_name": one["map_name"],
        "play_number": one["play_number"],
        "gaming_session_id": session_id,
        **_told_verdict(found),
        "teams": None if session_id is None else sections.read("teams", lambda: scores.teams(session_id)),
        "rounds": [told_line(row) for row in rounds],
        **sections.state(),
    }


def _told_verdict(found: Mapping[str, Any] | None) -> dict[str, Any]:
    row = found or _UNSCORED
    pairs = {
        name: None if found is None or not found["counted"] else [found[f"{name}_a"], found[f"{name}_b"]]
        for name in ("map_wins", "points")
    }
    return {
        **{key: row[key] for key in _VERDICT_KEYS},
        "completeness_status": None if found is None else found["status"],
        **pairs,
    }


def _session_id(rounds: list[Mapping[str, Any]]) -> int | None:
    return next((one["gaming_session_id"] for one in rounds if one["gaming_session_id"] is not None), None)
