"""Gaming sessions in an answer. A score never stands without its confidence; wins by side are rounds, never a team's score."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domain.diagnostics import share_percent
from shared.domain.figures import ago, long_date
from shared.domain.session_players import SessionPlayer, playstyles
from shared.domain.vocabulary import Confidence

Row = Mapping[str, Any]
_MIXED = "mixed"
_LEADERBOARD = (
    "kills",
    "deaths",
    "kd",
    "dpm",
    "damage_given",
    "damage_received",
    "damage_efficiency",
    "headshots",
    "headshot_kills",
    "accuracy",
    "headshot_accuracy",
    "gibs",
    "revives",
    "times_revived",
    "self_kills",
    "team_kills",
    "survival",
    "fragpotential",
    "denied",
    "xp",
    "played",
)
_SAID_AS = {"played": "time_played_seconds"}


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


def told_leaderboard(players: Sequence[SessionPlayer], teams: Mapping[str, str]) -> list[dict[str, Any]]:
    """Everybody's figures over the session. `teams`: by GUID; None for who belongs to neither."""
    return [
        {
            "rank": rank,
            "guid": player.guid,
            "name": player.name,
            "team": teams.get(player.guid),
            "rounds": len(player.rounds),
            **{_SAID_AS.get(name, name): player.figure(name) for name in _LEADERBOARD},
        }
        for rank, player in enumerate(players, start=1)
    ]


def told_graphs(players: Sequence[SessionPlayer], rounds: Sequence[Row]) -> list[dict[str, Any]]:
    """What the graphs are drawn from. A round that somebody missed is a gap: null, not 0."""
    styles = playstyles(players)
    ids = [one["id"] for one in rounds]
    return [
        {
            "guid": player.guid,
            "name": player.name,
            "combat_offense": {
                name: player.figure(name)
                for name in ("kills", "deaths", "kd", "damage_given", "damage_received", "dpm")
            },
            "combat_defense": _told_defense(player),
            "advanced_metrics": _told_advanced(player),
            "playstyle": styles[player.guid],
            "form": player.form(),
            "peak_round_id": player.peak_round_id(),
            "dpm_timeline": [
                {"round_id": one["id"], "map_name": one["map_name"], "round_number": one["round_number"], "dpm": dpm}
                for one, dpm in zip(rounds, player.timeline(ids), strict=True)
            ],
        }
        for player in players
    ]


def _told_defense(player: SessionPlayer) -> dict[str, Any]:
    return {
        "revives_given": player.figure("revives"),
        "times_revived": player.figure("times_revived"),
        "time_alive_seconds": player.alive_seconds(),
        "time_dead_seconds": player.total("dead_seconds"),
        "gibs": player.figure("gibs"),
        "headshots": player.figure("headshots"),
    }


def _told_advanced(player: SessionPlayer) -> dict[str, Any]:
    return {
        "frag_potential": player.figure("fragpotential"),
        "damage_efficiency": player.figure("damage_efficiency"),
        "denied_per_minute": player.figure("denied"),
        "survival_percent": player.figure("survival"),
        "useful_kills": player.figure("useful_kills"),
        "self_kills": player.figure("self_kills"),
        "full_self_kills": player.total("full_selfkills"),
    }
