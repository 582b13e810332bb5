"""The statements of `scores`. Rows travel as JSON and are typed by the tables themselves."""

from sqlalchemy import text

from shared.db.tables.judgement import NEAR_UNIX
from shared.db.tables.scores import matches, session_results
from shared.db.tables.sessions import session_teams

_OWN_KEYS = frozenset({"id", "updated_at"})
_NOT_OURS = frozenset({"completeness_pct", "status"})

DUE = text("""
SELECT d.gaming_session_id FROM scores_due d JOIN gaming_sessions s ON s.id = d.gaming_session_id
GROUP BY d.gaming_session_id ORDER BY min(d.id) LIMIT :limit
""")
NOTES = text("SELECT id FROM scores_due WHERE gaming_session_id = :session_id")
TAKE_NOTES = text("DELETE FROM scores_due WHERE gaming_session_id = :session_id RETURNING id")
NOTE_ALL = text("INSERT INTO scores_due (gaming_session_id) SELECT id FROM gaming_sessions WHERE rounds_count > 0")
NOTE = text("INSERT INTO scores_due (gaming_session_id) VALUES (:session_id)")
SESSION = text("SELECT server_id, started_at, ended_at, session_date FROM gaming_sessions WHERE id = :session_id")
ROUNDS = text(f"""
SELECT r.id, r.map_name, r.match_id, r.round_number, r.play_number, {NEAR_UNIX} AS began_unix, r.round_status, r.is_valid,
       r.invalid_reason, r.round_stopwatch_state, r.score_confidence, r.exit_kind, r.winner_team, r.defender_team,
       r.actual_duration_seconds, r.limit_seconds, r.limit_source, r.header_clock_seconds, r.time_to_beat_seconds,
       r.next_timelimit_minutes, r.end_reason,
       r.round_number = 2 AND EXISTS (
           SELECT FROM round_events e WHERE e.round_id = r.id AND e.r1_round_start_unix IS NOT NULL) AS names_first_round,
       (SELECT json_agg(json_build_array(p.player_guid, p.player_guid_full, p.clean_name, p.team) ORDER BY p.player_guid)
        FROM player_comprehensive_stats p
        WHERE p.round_id = r.id AND p.team IN (1, 2) AND NOT p.is_bot) AS players
FROM rounds r WHERE r.gaming_session_id = :session_id
""")
BASE_LIMITS = text("""
SELECT map_name, base_limit_seconds FROM map_defenders WHERE server_id = :server_id AND map_name = ANY (:map_names)
""")
DECISIONS = text("""
SELECT o.action, o.details FROM operator_decisions o
WHERE o.action = ANY (:actions) AND o.subject IN (
    SELECT 'session:' || s.id FROM gaming_sessions s WHERE s.id = :session_id OR s.retired_into = :session_id)
ORDER BY o.id
""")
DECIDE = text("""
INSERT INTO operator_decisions (decided_at, decided_by, action, subject, details, reason)
VALUES (:now, :decided_by, :action, 'session:' || :session_id, CAST(:details AS jsonb), :reason)
""")


def _set(names: list[str], of: str) -> str:
    return ", ".join(f"{of}.{name}" for name in names)


_MATCH = [column.name for column in matches.columns if column.name not in _OWN_KEYS | _NOT_OURS | {"match_id"}]
_RESULT = [
    column.name
    for column in session_results.columns
    if column.name not in _OWN_KEYS | {"gaming_session_id", "map_name"}
]
_TEAM = [
    column.name
    for column in session_teams.columns
    if column.name not in _OWN_KEYS | {"gaming_session_id", "map_name", "team_slot"}
]
# What stood under another name, or holds a round that is ours now, makes room first.
MAKE_ROOM = text("""
DELETE FROM matches
WHERE match_id <> ALL (:match_ids) AND (gaming_session_id = :session_id OR r1_round_id = ANY (:round_ids)
                                        OR r2_round_id = ANY (:round_ids))
""")
WRITE_MATCHES = text(f"""
WITH given AS (SELECT * FROM json_populate_recordset(NULL::matches, CAST(:matches AS json)))
INSERT INTO matches (match_id, {", ".join(_MATCH)}, updated_at)
SELECT given.match_id, {_set(_MATCH, "given")}, :now FROM given
ON CONFLICT ON CONSTRAINT matches_pkey DO UPDATE
SET ({", ".join(_MATCH)}) = ROW ({_set(_MATCH, "excluded")}), updated_at = excluded.updated_at
WHERE ({_set(_MATCH, "matches")}) IS DISTINCT FROM ({_set(_MATCH, "excluded")})
""")
WRITE_RESULT = text(f"""
INSERT INTO session_results (gaming_session_id, map_name, {", ".join(_RESULT)})
SELECT given.gaming_session_id, 'ALL', {_set(_RESULT, "given")}
FROM json_populate_record(NULL::session_results, CAST(:result AS json)) AS given
ON CONFLICT ON CONSTRAINT session_results_gaming_session_id_map_name_key DO UPDATE
SET ({", ".join(_RESULT)}) = ROW ({_set(_RESULT, "excluded")})
WHERE ({_set(_RESULT, "session_results")}) IS DISTINCT FROM ({_set(_RESULT, "excluded")})
""")
WRITE_TEAMS = text(f"""
INSERT INTO session_teams (gaming_session_id, map_name, team_slot, {", ".join(_TEAM)})
SELECT given.gaming_session_id, 'ALL', given.team_slot, {_set(_TEAM, "given")}
FROM json_populate_recordset(NULL::session_teams, CAST(:teams AS json)) AS given
ON CONFLICT ON CONSTRAINT session_teams_gaming_session_id_map_name_team_slot_key DO UPDATE
SET ({", ".join(_TEAM)}) = ROW ({_set(_TEAM, "excluded")})
WHERE ({_set(_TEAM, "session_teams")}) IS DISTINCT FROM ({_set(_TEAM, "excluded")})
""")
FORGET_TEAMS = text("DELETE FROM session_teams WHERE gaming_session_id = :session_id AND map_name = 'ALL'")
FORGET = [
    text(f"DELETE FROM {table} WHERE gaming_session_id = :session_id")
    for table in ("matches", "session_results", "session_teams")
]
