"""The statements of `replays`: what is read anew, where events are put, and how a round is forgotten."""

from sqlalchemy import text

from shared.db.redirects import CURRENT_ID
from shared.db.tables import awards, judgement, ledgers, merging, players
from shared.db.tables.judgement import NEAR_UNIX

_CURRENT = CURRENT_ID.format(id="CAST(:round_id AS bigint)")
ROUNDS = text(f"""
SELECT id AS round_id, server_id FROM rounds
WHERE (CAST(:round_id AS bigint) IS NULL OR split_part(match_id, '/', 1) =
        (SELECT split_part(match_id, '/', 1) FROM rounds WHERE id = {_CURRENT}))
  AND (CAST(:since AS timestamptz) IS NULL OR {NEAR_UNIX} >= EXTRACT(epoch FROM CAST(:since AS timestamptz))
       OR id IN (SELECT round_id FROM round_events WHERE received_at >= CAST(:since AS timestamptz)))
ORDER BY {NEAR_UNIX}, id
""")
_EVENT = """
SELECT d.id AS delivery_id, d.server_id, e.id AS round_event_id, e.state, e.link_reason
FROM deliveries d {join} JOIN round_events e ON e.delivery_id = d.id
"""
EVENTS = text(_EVENT.format(join="") + "WHERE e.round_id = :round_id ORDER BY d.id FOR UPDATE OF e")
WITHOUT_ROUND = text(
    _EVENT.format(join="LEFT")
    + """
WHERE e.round_id IS NULL AND d.kind NOT IN ('demo_analysis', 'unknown_file', 'other_message')
  AND (e.state IS DISTINCT FROM 'quarantined' OR NOT coalesce(e.parse_notes ->> 'quarantine_reason', '') = ANY (:withheld))
  AND (CAST(:since AS timestamptz) IS NULL OR d.received_at >= CAST(:since AS timestamptz))
ORDER BY d.id
"""
)
STANDS = text("SELECT state FROM round_events WHERE id = :round_event_id FOR UPDATE")
_NOT_READ = frozenset(
    "id delivery_id server_id source filename received_at link_status link_reason link_details round_id state attempts "
    "next_attempt_at".split()
)
_READ = [column.name for column in judgement.round_events.columns if column.name not in _NOT_READ]
READ_AGAIN = text(f"""
UPDATE round_events SET ({", ".join(_READ)}) = (
    SELECT {", ".join(f"given.{name}" for name in _READ)}
    FROM json_populate_record(NULL::round_events, CAST(:event AS json)) AS given)
WHERE id = :round_event_id
""")
PUT = text("""
WITH put AS (
    UPDATE round_events SET state = :state, round_id = :round_id,
        link_status = CASE WHEN CAST(:round_id AS bigint) IS NULL THEN 'unlinked' ELSE link_status END,
        link_reason = CASE WHEN CAST(:round_id AS bigint) IS NULL THEN NULL ELSE link_reason END,
        next_attempt_at = NULL
    WHERE id = :round_event_id RETURNING id)
INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)
SELECT put.id, given.from_state, given.to_state, given.reason, :now
FROM put, json_populate_recordset(NULL::round_event_moves, CAST(:moves AS json)) AS given
""")
FORGET_ALIASES = text("""
DELETE FROM round_fingerprints WHERE round_id = :round_id AND round_fingerprint <> ALL (:known)
""")
KEEP_ALIAS = text("""
INSERT INTO round_fingerprints (round_fingerprint, round_id, tier, source, first_event_id, created_at)
SELECT :round_fingerprint, :round_id, :tier, e.source, e.id, :now FROM round_events e WHERE e.id = :round_event_id
ON CONFLICT ON CONSTRAINT round_fingerprints_pkey DO NOTHING
""")
ALIASES = text("SELECT round_fingerprint FROM round_fingerprints WHERE round_id = :round_id")
AGAIN_ENRICHED = text("UPDATE rounds SET ingest_state = 'enriched' WHERE id = :round_id")
AS_STORED = text("SELECT to_jsonb(r) FROM rounds r WHERE id = :round_id")
WITHDRAW = text("""
UPDATE publications SET status = 'withdrawn'
WHERE kind = 'round_post' AND subject = CAST(:round_id AS text) AND status IN ('pending', 'autopost_off', 'dead')
""")
REMOVE = [
    text(f"DELETE FROM {table.name} WHERE {column} = :round_id")
    for table, column in (
        (judgement.lua_round_teams, "round_id"),
        (judgement.lua_spawn_stats, "round_id"),
        (judgement.field_conflicts, "round_id"),
        (judgement.round_fingerprints, "round_id"),
        (merging.round_redirects, "round_id"),
        (players.player_comprehensive_stats, "round_id"),
        (players.weapon_comprehensive_stats, "round_id"),
        (awards.round_awards, "round_id"),
        (awards.round_vs_stats, "round_id"),
        (awards.round_timeline, "round_id"),
        (ledgers.processed_endstats_files, "round_id"),
        (judgement.rounds, "id"),
    )
]
