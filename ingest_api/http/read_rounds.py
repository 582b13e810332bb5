"""`GET /api/rounds/{fingerprint}`: one round as it is judged now. Unknown is null; sides are numbers and, for people, words."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.encoders import jsonable_encoder

from ingest_api.http.shapes import Problem
from ingest_api.http.state import AppState, app_state
from shared.db.round_detail import RoundDetail, round_detail
from shared.domain.vocabulary import SIDE_LABELS, Side

router = APIRouter(tags=["rounds"])
_LONGEST_NAME = 200
_ROUND_KEYS = (
    "round_fingerprint",
    "fingerprint_tier",
    "match_id",
    "gaming_session_id",
    "server_id",
    "map_name",
    "play_number",
    "round_number",
    "round_start_unix",
    "round_end_unix",
    "actual_duration_seconds",
    "limit_seconds",
    "total_pause_seconds",
    "winner_team",
    "defender_team",
    "surrender_team",
    "end_reason",
    "exit_kind",
    "end_reason_raw",
    "round_stopwatch_state",
    "time_to_beat_seconds",
    "next_timelimit_minutes",
    "next_timelimit_seconds",
    "round_status",
    "is_valid",
    "invalid_reason",
    "is_bot_round",
    "ingest_state",
    "link_status",
    "revision",
    "updated_at",
)
_TIMING_KEYS = (
    "actual_duration_seconds",
    "duration_source",
    "limit_seconds",
    "limit_source",
    "header_clock_seconds",
    "total_pause_seconds",
    "pause_count",
    "warmup_seconds",
)
_PLAYER_KEYS = (
    "is_bot",
    "kills",
    "deaths",
    "gibs",
    "self_kills",
    "team_kills",
    "team_gibs",
    "damage_given",
    "damage_received",
    "team_damage_given",
    "team_damage_received",
    "headshots",
    "headshot_kills",
    "bullets_fired",
    "hits",
    "accuracy",
    "revives_given",
    "times_revived",
    "xp",
    "kd_ratio",
    "dpm",
    "time_played_seconds",
    "spawn_count",
    "death_count",
    "dead_seconds",
    "avg_respawn_seconds",
    "max_respawn_seconds",
)


@router.get("/api/rounds/{fingerprint}", responses={404: {"description": "No round of that name", "model": Problem}})
def get_round(request: Request, fingerprint: str, state: Annotated[AppState, Depends(app_state)]) -> Response:
    """The round of any of its fingerprints, or of a round_id. `awards` is null as long as no source tells them."""
    detail = None
    if len(fingerprint) <= _LONGEST_NAME and fingerprint.isprintable():
        with state.engine.connect() as connection:
            detail = round_detail(connection, fingerprint)
    if detail is None:
        raise HTTPException(404, "there is no round of that fingerprint or round_id")
    body = json.dumps(jsonable_encoder(_told(detail)), ensure_ascii=False, allow_nan=False).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _told(detail: RoundDetail) -> dict[str, Any]:
    row = detail.round
    return {
        "round_id": row["id"],
        **{key: row[key] for key in _ROUND_KEYS},
        "winner_label": _label(row["winner_team"]),
        "defender_label": _label(row["defender_team"]),
        "surrender_label": _label(row["surrender_team"]),
        "display_outcome": row["round_outcome"],
        "confidence": row["score_confidence"],
        "aliases": list(detail.aliases),
        "timing": {key: row[key] for key in _TIMING_KEYS},
        "players": [_player(player) for player in detail.players],
        "awards": None,
        "sources": [dict(source) for source in detail.sources],
    }


def _player(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "guid": row["player_guid"],
        "name": row["clean_name"],
        "raw_name": row["player_name"],
        "side": row["team"],
        "side_label": _label(row["team"]),
        **{key: row[key] for key in _PLAYER_KEYS},
    }


def _label(side: int | None) -> str | None:
    return None if side is None else SIDE_LABELS[Side(side)]
