"""`/api/matches`: one play of one map: who won it, how sure that is, how it was reached, and its rounds."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from sqlalchemy import Connection

from ingest_api.http.answers import NOT_FOUND, UNREADABLE, json_answer
from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.http.told_rounds import told_line
from ingest_api.services.sections import Sections
from shared.db.match_rounds import match_rounds
from shared.db.session_scores import SessionScores
from shared.domain.pairing import match_of
from shared.domain.vocabulary import Confidence, ScoringRule, Verdict

router = APIRouter(tags=["matches"])
State = Annotated[AppState, Depends(app_state)]
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
    "status",
    "updated_at",
)
_UNSCORED = dict.fromkeys(_VERDICT_KEYS) | {
    "verdict": Verdict.NONE,
    "rule": ScoringRule.NONE,
    "confidence": Confidence.MISSING,
    "counted": False,
    "reason": "not_scored_yet",
}


@router.get("/api/matches/{match_id:path}", responses=NOT_FOUND | UNREADABLE)
def get_match(
    request: Request,
    match_id: Annotated[str, Path(max_length=300, pattern=r"^[^\x00-\x1f]+$", description="As rounds carry it")],
    state: State,
) -> Response:
    """The verdict on a match with its confidence, both of its rounds, and every attempt beside them.

    `completeness_pct`: how much of what could have been told of it was told. `verdict`: A, B, draw or none.
    """
    with snapshot(state.engine) as connection:
        told = _told(connection, match_of(match_id))
    return json_answer(request, told)


def _told(connection: Connection, match_id: str) -> dict[str, Any]:
    rounds = match_rounds(connection, match_id)
    if not rounds:
        raise HTTPException(404, "there is no match of that match_id")
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
    return {**{key: row[key] for key in _VERDICT_KEYS}, **pairs}


def _session_id(rounds: list[Mapping[str, Any]]) -> int | None:
    return next((one["gaming_session_id"] for one in rounds if one["gaming_session_id"] is not None), None)
