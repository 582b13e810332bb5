"""The people of a gaming session in an answer: leaderboard, and what the graphs are drawn from."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.session_players import SessionPlayer, playstyles

Row = Mapping[str, Any]
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
