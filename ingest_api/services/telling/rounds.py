"""A round in an answer: which key says what. Unknown is null; sides are numbers and, for people, words."""

from collections.abc import Mapping
from typing import Any

from shared.domain.vocabulary import SIDE_LABELS, Side

Row = Mapping[str, Any]

_LINE_KEYS = (
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
    "duration_source",
    "limit_seconds",
    "limit_source",
    "total_pause_seconds",
    "winner_team",
    "defender_team",
    "end_reason",
    "exit_kind",
    "round_stopwatch_state",
    "time_to_beat_seconds",
    "next_timelimit_minutes",
    "next_timelimit_seconds",
    "round_status",
    "is_valid",
    "invalid_reason",
    "is_bot_round",
    "human_player_count",
    "bot_player_count",
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


def told_line(row: Row) -> dict[str, Any]:
    """A round of a list, from its row of `rounds`."""
    return {
        "round_id": row["id"],
        **{key: row[key] for key in _LINE_KEYS},
        "winner_label": side_label(row["winner_team"]),
        "defender_label": side_label(row["defender_team"]),
        "display_outcome": row["round_outcome"],
        "confidence": row["score_confidence"],
    }


def told_round(row: Row) -> dict[str, Any]:
    """What one round alone is told with beyond a line of a list."""
    return {
        **told_line(row),
        "surrender_team": row["surrender_team"],
        "surrender_label": side_label(row["surrender_team"]),
        "sides_source": row["sides_source"],
        "end_reason_raw": row["end_reason_raw"],
        "timing": {key: row[key] for key in _TIMING_KEYS},
    }


def told_player(row: Row) -> dict[str, Any]:
    """A player of a round. `name` is cleaned of colours and control characters; `raw_name` is as it came."""
    return {
        "guid": row["player_guid"],
        "name": row["clean_name"],
        "raw_name": row["player_name"],
        "side": row["team"],
        "side_label": side_label(row["team"]),
        **{key: row[key] for key in _PLAYER_KEYS},
    }


def side_label(side: int | None) -> str | None:
    """The word for a side; None when it is unknown."""
    return None if side is None else SIDE_LABELS[Side(side)]
