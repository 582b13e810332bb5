"""Gaming sessions in an answer. A score never stands without its confidence; wins by side are rounds, never a team's score."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domain.diagnostics import share_percent
from shared.domain.figures import ago, long_date
from shared.domain.vocabulary import Confidence

Row = Mapping[str, Any]
_MIXED = "mixed"


def told_session_line(row: Row, now: datetime) -> dict[str, Any]:
    """A session of a list. `allies_wins` and `axis_wins` count rounds by side; `scores` are map wins."""
    return {
        "date": row["session_date"],
        "session_id": row["id"],
        "server_id": row["server_id"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "formatted_date": long_date(row["session_date"]),
        "time_ago": ago((now - row["ended_at"]).total_seconds()),
        "rounds": row["rounds"],
        "rounds_not_counted": row["rounds_not_counted"],
        "maps": len(row["maps"]),
        "maps_played": row["maps"],
        "players": row["players"],
        "total_kills": row["total_kills"],
        "axis_wins": row["axis_wins"],
        "allies_wins": row["allies_wins"],
        "draws": row["draws"],
        "team_1_name": row["team_1_name"],
        "team_2_name": row["team_2_name"],
        "scores": row["score"],
        "map_wins_a": row["map_wins_a"],
        "map_wins_b": row["map_wins_b"],
        "points_a": row["points_a"],
        "points_b": row["points_b"],
        "winning_team": row["winning_team"],
        "confidence": row["confidence"] or Confidence.MISSING,
        "confidence_counts": row["confidence_counts"],
        "counted_maps": row["counted_maps"],
        "lua_coverage_pct": share_percent(row["rounds_with_lua"], row["rounds"]),
        "timing": {
            "rounds_with_lua": row["rounds_with_lua"],
            "duration_seconds": row["duration_seconds"],
            "pause_seconds": row["pause_seconds"],
            "limit_seconds": row["limit_seconds"],
            "source": told_source(row["sources"]),
        },
    }


def told_source(sources: Sequence[str] | None) -> str | None:
    """Who told the durations that were added up; `mixed` when it was not one source, None when there were none."""
    if not sources:
        return None
    return sources[0] if len(sources) == 1 else _MIXED
