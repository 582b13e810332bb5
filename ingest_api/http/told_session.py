"""One gaming session in an answer: its score as it is stored, its matches with their rounds, its people."""

from collections.abc import Mapping, Sequence
from typing import Any

from ingest_api.http.told_rounds import told_line
from ingest_api.http.told_sessions import told_leaderboard
from shared.domain.pairing import match_of
from shared.domain.session_players import SessionPlayer
from shared.domain.vocabulary import Confidence

Row = Mapping[str, Any]
NOT_SCORED_YET = {"available": False, "reason": "not_scored_yet", "confidence": Confidence.MISSING}
"""Said of a session while its score has not been worked out for the first time."""


def told_matches(scoring: Row | None, rounds: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The maps of the score, each with its rounds, attempts included; and the rounds that are part of no map."""
    by_match: dict[str, list[Row]] = {}
    for one in rounds:
        by_match.setdefault(match_of(one["match_id"]), []).append(told_round_of_session(one))
    maps = (scoring or {}).get("maps") or []
    matches: list[Row] = [{**entry, "rounds": by_match.pop(entry["match_id"], [])} for entry in maps]
    return matches, [one for ones in by_match.values() for one in ones]


def told_round_of_session(row: Row) -> dict[str, Any]:
    """A line of a list, and whether the game server's own clock told of the round."""
    return {**told_line(row), "has_lua_data": row["has_lua_data"]}


def told_people(players: Sequence[SessionPlayer] | None, teams: Sequence[Row] | None) -> dict[str, Any]:
    """Who played, most kills first, with the team that each belongs to."""
    belongs = {person["guid"]: team["team"] for team in teams or () for person in team["players"]}
    return {
        "player_count": None if players is None else len(players),
        "leaderboard": None if players is None else told_leaderboard(players, belongs),
        "teams": teams,
    }


def told_counts(rounds: Sequence[Row], matches: Sequence[Row]) -> dict[str, Any]:
    """How much was played. Rounds that do not count are listed and told apart, and enter no total."""
    names = [one["map_name"] for one in matches]
    counting = [one for one in rounds if one["is_valid"]]
    return {
        "total_rounds": len(counting),
        "rounds_not_counted": len(rounds) - len(counting),
        "rounds_with_lua": sum(one["has_lua_data"] for one in counting),
        "maps_played": len(matches),
        "map_counts": {name: names.count(name) for name in dict.fromkeys(names)},
    }
