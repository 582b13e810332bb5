"""One gaming session, told whole: its score as it is stored, its matches with their rounds, its people."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection

from ingest_api.services.sections import Sections
from ingest_api.services.telling.rounds import told_line
from ingest_api.services.telling.session_players import told_graphs, told_leaderboard
from shared.db.session_names import NamedSession, named_session
from shared.db.session_rounds import player_rounds, session_rounds
from shared.db.session_scores import SessionScores
from shared.db.timing import round_times, session_round_ids
from shared.domain.pairing import match_of
from shared.domain.session_players import SessionPlayer, session_players
from shared.domain.timing_session import told_row, told_summary
from shared.domain.vocabulary import Confidence

Row = Mapping[str, Any]
_NOT_SCORED_YET = {"available": False, "reason": "not_scored_yet", "confidence": Confidence.MISSING}


def tell_session(connection: Connection, name: str, zone: tzinfo) -> dict[str, Any] | None:
    """The session of an id or of a date; None when there is none. A section that cannot be read is None and named in `errors`."""
    session = named_session(connection, name, zone)
    if session is None:
        return None
    sections, scores = Sections(connection), SessionScores(connection)
    scoring = sections.read("scoring", lambda: scores.scoring(session.session_id) or _NOT_SCORED_YET)
    teams = sections.read("teams", lambda: scores.teams(session.session_id))
    rounds = session_rounds(connection, session.session_id)
    players = sections.read("leaderboard", lambda: _players(connection, rounds))
    matches, other_rounds = _matches(scoring, rounds)
    return {
        **_about(session),
        **_counts(rounds, matches),
        "matches": None if scoring is None else matches,
        "other_rounds": other_rounds,
        **_people(players, teams),
        "scoring": scoring and {key: value for key, value in scoring.items() if key not in {"maps", "warnings"}},
        "warnings": scoring and scoring.get("warnings", []),
        **sections.state(),
    }


def tell_scoring(connection: Connection, name: str, zone: tzinfo) -> dict[str, Any] | None:
    """How each verdict of a session was reached, a map each; `maps` is None until the session is scored."""
    session = named_session(connection, name, zone)
    if session is None:
        return None
    sections = Sections(connection)
    maps = sections.read("maps", lambda: SessionScores(connection).debug(session.session_id))
    return {**_about(session), "maps": maps, **sections.state()}


def tell_timing(connection: Connection, name: str, zone: tzinfo) -> dict[str, Any] | None:
    """Every round of a session with its times as stats file and Lua tell them, and what the rows come to."""
    session = named_session(connection, name, zone)
    if session is None:
        return None
    round_ids = session_round_ids(connection, session.session_id)
    sections = Sections(connection)
    rounds = sections.read("rounds", lambda: round_times(connection, round_ids).rounds)
    return {
        **_about(session),
        "rounds": None if rounds is None else [told_row(times) for times in rounds],
        "summary": None if rounds is None else told_summary(rounds),
        **sections.state(),
    }


def tell_graphs(connection: Connection, name: str, zone: tzinfo) -> dict[str, Any] | None:
    """What the graphs of a session are drawn from."""
    session = named_session(connection, name, zone)
    if session is None:
        return None

    def graphs() -> list[dict[str, Any]]:
        rounds = session_rounds(connection, session.session_id)
        return told_graphs(_players(connection, rounds), [one for one in rounds if one["is_valid"]])

    sections = Sections(connection)
    return {**_about(session), "players": sections.read("players", graphs), **sections.state()}


def _about(session: NamedSession) -> dict[str, Any]:
    return {
        "date": session.date,
        "server_id": session.server_id,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "gaming_session_id": session.session_id,
        "gaming_session_ids": session.of_that_date,
    }


def _players(connection: Connection, rounds: Sequence[Row]) -> list[SessionPlayer]:
    return session_players(player_rounds(connection, [one["id"] for one in rounds if one["is_valid"]]))


def _matches(scoring: Row | None, rounds: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The maps of the score, each with its rounds, attempts included; and the rounds that are part of no map."""
    by_match: dict[str, list[Row]] = {}
    for one in rounds:
        told = {**told_line(one), "has_lua_data": one["has_lua_data"]}
        by_match.setdefault(match_of(one["match_id"]), []).append(told)
    maps = (scoring or {}).get("maps") or []
    matches: list[Row] = [{**entry, "rounds": by_match.pop(entry["match_id"], [])} for entry in maps]
    return matches, [one for ones in by_match.values() for one in ones]


def _people(players: Sequence[SessionPlayer] | None, teams: Sequence[Row] | None) -> dict[str, Any]:
    """Who played, most kills first, with the team that each belongs to."""
    belongs = {person["guid"]: team["team"] for team in teams or () for person in team["players"]}
    return {
        "player_count": None if players is None else len(players),
        "leaderboard": None if players is None else told_leaderboard(players, belongs),
        "teams": teams,
    }


def _counts(rounds: Sequence[Row], matches: Sequence[Row]) -> dict[str, Any]:
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
