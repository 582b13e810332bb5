"""The statements of `sessions`. None costs more because more rounds are stored: each begins at an index of its own."""

from sqlalchemy import text

from shared.db.tables.judgement import AWAITS_SESSION

_ROUND = """
SELECT id AS round_id, gaming_session_id, map_name, match_id, round_status, is_bot_round, play_number,
       round_start_unix, round_end_unix, round_date, round_time, actual_duration_seconds
FROM rounds
"""
SERVERS = text(f"""
SELECT s.server_id FROM servers s
WHERE EXISTS (SELECT FROM rounds r WHERE r.server_id = s.server_id AND {AWAITS_SESSION})
   OR EXISTS (SELECT FROM session_changes c WHERE c.server_id = s.server_id)
ORDER BY s.server_id
""")
AWAITING = text(f"{_ROUND} WHERE server_id = :server_id AND {AWAITS_SESSION} ORDER BY id LIMIT :limit")
TAKE_CHANGES = text("""
DELETE FROM session_changes WHERE server_id = :server_id
RETURNING round_id, round_start_unix, round_end_unix, round_date, round_time, actual_duration_seconds
""")
BY_ID = text(f"{_ROUND} WHERE id = ANY (:round_ids)")
# Sessions of a server do not overlap, so only the last that began before an instant can reach it.
NEAR = text("""
SELECT DISTINCT s.id AS session_id, s.started_at, s.ended_at, s.rounds_count
FROM unnest(CAST(:from_at AS timestamptz[]), CAST(:until_at AS timestamptz[])) AS near(from_at, until_at)
CROSS JOIN LATERAL (
    SELECT max(started_at) AS started_at FROM gaming_sessions
    WHERE server_id = :server_id AND rounds_count > 0 AND started_at <= near.from_at) AS last_before
JOIN gaming_sessions s ON s.server_id = :server_id AND s.rounds_count > 0
    AND s.started_at >= coalesce(last_before.started_at, near.from_at) AND s.started_at <= near.until_at
WHERE s.ended_at >= near.from_at
""")
AROUND = text(f"""
{_ROUND} WHERE gaming_session_id = :session_id AND round_start_unix BETWEEN :from_unix AND :until_unix
UNION ALL {_ROUND} WHERE gaming_session_id = :session_id AND round_start_unix IS NULL
""")
FROM_THERE_ON = text(f"""
{_ROUND} WHERE gaming_session_id = :session_id AND round_start_unix >= :from_unix
UNION ALL {_ROUND} WHERE gaming_session_id = :session_id AND round_start_unix IS NULL
""")
LAST_BEFORE = text(f"""
SELECT last.* FROM unnest(CAST(:maps AS text[])) AS map(name)
CROSS JOIN LATERAL (
    {_ROUND} WHERE gaming_session_id = :session_id AND round_start_unix < :from_unix
      AND map_name = map.name AND round_status = ANY (:counted)
    ORDER BY round_start_unix DESC, id DESC LIMIT 1) AS last
""")
# Out of the way of the unique index while sessions hand instants to each other.
SET_ASIDE = text("UPDATE gaming_sessions SET rounds_count = 0 WHERE id = ANY (:session_ids)")
FOUND = text("""
INSERT INTO gaming_sessions (server_id, started_at, ended_at, session_date, rounds_count)
VALUES (:server_id, :started_at, :ended_at, :session_date, 1) RETURNING id
""")
MOVE_PARTS = text("""
UPDATE rounds SET gaming_session_id = part.to_session
FROM unnest(CAST(:from_sessions AS bigint[]), CAST(:to_sessions AS bigint[]),
            CAST(:from_unix AS bigint[]), CAST(:until_unix AS bigint[]))
     AS part(from_session, to_session, from_unix, until_unix)
WHERE gaming_session_id = part.from_session AND NOT id = ANY (:others)
  AND (round_start_unix BETWEEN part.from_unix AND part.until_unix OR round_start_unix IS NULL)
""")
MOVE_ROUNDS = text("""
UPDATE rounds SET gaming_session_id = moved.to_session
FROM unnest(CAST(:round_ids AS bigint[]), CAST(:to_sessions AS bigint[])) AS moved(round_id, to_session)
WHERE id = moved.round_id
""")
LEAVE = text("UPDATE rounds SET gaming_session_id = NULL, play_number = NULL WHERE id = ANY (:round_ids)")
DESCRIBE = text("""
UPDATE gaming_sessions SET started_at = :started_at, ended_at = :ended_at, session_date = :session_date,
    rounds_count = coalesce(CAST(:rounds_count AS integer),
                            (SELECT count(*) FROM rounds WHERE gaming_session_id = :session_id))
WHERE id = :session_id
""")
RETIRE = text("""
UPDATE gaming_sessions SET retired_into = :session_id WHERE id = ANY (:absorbed) OR retired_into = ANY (:absorbed)
""")
NUMBER = text("""
UPDATE rounds SET play_number = given.play_number
FROM unnest(CAST(:round_ids AS bigint[]), CAST(:play_numbers AS integer[])) AS given(round_id, play_number)
WHERE id = given.round_id
""")
DATES = text("SELECT id AS session_id, started_at, session_date FROM gaming_sessions")
DATE_AGAIN = text("""
UPDATE gaming_sessions SET session_date = given.session_date
FROM unnest(CAST(:session_ids AS bigint[]), CAST(:session_dates AS date[])) AS given(session_id, session_date)
WHERE id = given.session_id
""")
