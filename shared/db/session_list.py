"""Gaming sessions as a list, newest first, page by page, each with what was played in it and its stored result.

A page is four questions at most, however many sessions are stored or shown; each begins at an index of its own. It wants to
be asked within one snapshot.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from shared.db.paging import Position
from shared.db.tables.judgement import NEAR_UNIX

_PAGE = """
SELECT s.id, s.server_id, s.session_date, s.started_at, s.ended_at, res.team_1_name, res.team_2_name, res.map_wins_a,
       res.map_wins_b, res.draws, res.points_a, res.points_b, res.score, res.winning_team, res.confidence,
       res.confidence_counts, res.counted_maps
FROM gaming_sessions s
LEFT JOIN session_results res ON res.gaming_session_id = s.id AND res.map_name = 'ALL'
WHERE {conditions} ORDER BY s.session_date DESC, s.started_at DESC, s.id DESC LIMIT :limit
"""
_BEFORE = "s.session_date <= :before_date AND (s.started_at, s.id) < (:before_at, :before_id)"
_PLAYED = text("""
SELECT r.gaming_session_id AS id, count(*) FILTER (WHERE r.is_valid) AS rounds,
       count(*) FILTER (WHERE NOT r.is_valid) AS rounds_not_counted,
       count(*) FILTER (WHERE r.is_valid AND r.winner_team = 1) AS axis_wins,
       count(*) FILTER (WHERE r.is_valid AND r.winner_team = 2) AS allies_wins,
       count(*) FILTER (WHERE r.is_valid AND l.round_id IS NOT NULL) AS rounds_with_lua,
       sum(r.actual_duration_seconds) FILTER (WHERE r.is_valid) AS duration_seconds,
       sum(r.total_pause_seconds) FILTER (WHERE r.is_valid) AS pause_seconds,
       sum(r.limit_seconds) FILTER (WHERE r.is_valid) AS limit_seconds,
       md5(string_agg(r.id || '.' || r.revision, ',' ORDER BY r.id)) AS version,
       array_agg(DISTINCT r.duration_source) FILTER (WHERE r.is_valid AND r.duration_source IS NOT NULL) AS sources
FROM rounds r LEFT JOIN lua_round_teams l ON l.round_id = r.id
WHERE r.gaming_session_id = ANY (:ids) GROUP BY r.gaming_session_id
""")
_MAPS = text(f"""
SELECT gaming_session_id AS id, array_agg(map_name ORDER BY began_unix, match) AS maps
FROM (SELECT gaming_session_id, split_part(match_id, '/', 1) AS match, min(map_name) AS map_name,
             min({NEAR_UNIX}) AS began_unix
      FROM rounds WHERE gaming_session_id = ANY (:ids) AND (is_valid OR round_status = 'orphan_r2')
      GROUP BY gaming_session_id, match) AS played
GROUP BY gaming_session_id
""")
_PLAYERS = text("""
SELECT r.gaming_session_id AS id, count(DISTINCT p.player_guid) AS players, sum(p.kills) AS total_kills
FROM rounds r JOIN player_comprehensive_stats p ON p.round_id = r.id
WHERE r.gaming_session_id = ANY (:ids) AND r.is_valid AND NOT p.is_bot AND p.team IS DISTINCT FROM 3
GROUP BY r.gaming_session_id
""")
_AHEAD = timedelta(hours=14)  # of UTC; a session's date is the one where people look at it
_NOBODY = {"players": 0, "total_kills": None}


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Sessions by column name, and where the next page begins; None when this is the last one."""

    rows: tuple[Mapping[str, Any], ...]
    following: Position | None


@dataclass(slots=True)
class PeopleMemory:
    """Who played in a session and how many they killed, for as long as none of its rounds is another: adding it up is most of
    the work of a list whose evenings are nearly all long over. Only the latest are remembered.
    """

    most: int = 5_000
    _known: OrderedDict[int, tuple[str, Mapping[str, Any]]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, connection: Connection, versions: Mapping[int, str]) -> dict[int, Mapping[str, Any]]:
        """By session. `versions`: of what was played in each, of the same transaction."""
        with self._lock:
            told = {
                one: known[1]
                for one, version in versions.items()
                if (known := self._known.get(one)) is not None and known[0] == version
            }
        if unknown := [one for one in versions if one not in told]:
            rows = connection.execute(_PLAYERS, {"ids": unknown}).mappings()
            fresh = dict.fromkeys(unknown, _NOBODY) | {row["id"]: dict(row) for row in rows}
            self._remember({one: (versions[one], of_session) for one, of_session in fresh.items()})
            told |= fresh
        return told

    def _remember(self, fresh: Mapping[int, tuple[str, Mapping[str, Any]]]) -> None:
        with self._lock:
            self._known.update(fresh)
            while len(self._known) > self.most:
                self._known.popitem(last=False)


def sessions_page(
    connection: Connection,
    memory: PeopleMemory,
    limit: int,
    after: Position | None = None,
    server_id: str | None = None,
) -> SessionPage:
    """At most `limit` sessions, the one that began last first. The columns of `session_results` are None until it is scored."""
    conditions = ["s.rounds_count > 0"]
    parameters: dict[str, Any] = {"limit": limit + 1}
    if server_id is not None:
        conditions.append("s.server_id = :server_id")
        parameters["server_id"] = server_id
    if after is not None:
        conditions.append(_BEFORE)
        parameters |= {"before_date": (after.at + _AHEAD).date(), "before_at": after.at, "before_id": after.row_id}
    statement = _PAGE.format(conditions=" AND ".join(conditions))
    found = [dict(row) for row in connection.execute(text(statement), parameters).mappings()]
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    following = None if last is None else Position(int(last["started_at"].timestamp()), last["id"])
    return SessionPage(tuple(_with_what_was_played(connection, memory, shown)), following)


def _with_what_was_played(
    connection: Connection, memory: PeopleMemory, sessions: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    ids = {"ids": [session["id"] for session in sessions]}
    played, maps = (
        {row["id"]: dict(row) for row in connection.execute(statement, ids).mappings()}
        for statement in (_PLAYED, _MAPS)
    )
    people = memory.of(connection, {one: of_session["version"] for one, of_session in played.items()})
    return [
        {
            **session,
            **played[session["id"]],
            **people[session["id"]],
            "maps": maps.get(session["id"], {"maps": []})["maps"],
        }
        for session in sessions
    ]
