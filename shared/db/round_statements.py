"""The statements of `rounds`: each writes or reads everything one step needs, so that a round costs two round trips.

Rows travel as JSON and are typed by the tables themselves (`json_populate_record`), so a column is named in one place.
"""

from sqlalchemy import Table, text

from shared.db.tables import judgement, players
from shared.db.tables.judgement import NEAR_UNIX

_COLUMNS_GIVEN_ELSEWHERE = frozenset({"id", "round_id"})


def columns(table: Table) -> list[str]:
    """A table's columns that a row brings along."""
    return [column.name for column in table.columns if column.name not in _COLUMNS_GIVEN_ELSEWHERE]


def _insert_for_round(table: Table, parameter: str, populate: str = "json_populate_recordset") -> str:
    """Insert the JSON rows of a parameter as rows of the table's own type, each belonging to the round of the CTE `round`."""
    of_round = f"json_populate_record(NULL::{table.name}, json_build_object('round_id', round.id))"
    return (
        f"INSERT INTO {table.name} OVERRIDING USER VALUE "  # the id column's NULL is nobody's choice
        f"SELECT given.* FROM round, {populate}({of_round}, CAST(:{parameter} AS json)) AS given"
    )


_EVENT_AGAIN = ", ".join(
    f"{name} = excluded.{name}"
    for name in ("round_id", *columns(judgement.round_events))
    if name not in ("delivery_id", "map_name", "round_number")
)

_ALIASES = """
(SELECT json_agg(found) FROM (
    SELECT f.round_fingerprint AS fingerprint, f.tier, f.round_id, r.round_start_unix
    FROM round_fingerprints f JOIN rounds r ON r.id = f.round_id
    WHERE f.round_fingerprint = ANY (:fingerprints)) AS found) AS aliases
"""
_NEIGHBOUR = (
    "SELECT id, round_number, round_start_unix, round_end_unix, round_status, exit_kind, is_bot_round, limit_seconds, match_id, "
    f"score_confidence, next_timelimit_seconds, actual_duration_seconds, {NEAR_UNIX} AS near_unix FROM rounds"
)
_NEIGHBOURS = f"""
(SELECT json_agg(near) FROM (
    SELECT r.*, (SELECT max(e.r1_round_start_unix) FROM round_events e WHERE e.round_id = r.id) AS named_first_start_unix
    FROM (
        {_NEIGHBOUR}
        WHERE server_id = :server_id AND map_name = :map_name AND {NEAR_UNIX} BETWEEN :earliest AND :latest
        UNION ALL {_NEIGHBOUR}
        WHERE match_id = ANY (:match_ids) AND round_number = 2 AND {NEAR_UNIX} NOT BETWEEN :earliest AND :latest
    ) AS r) AS near) AS neighbours
"""
_IS_AWAITED = """
EXISTS (SELECT FROM round_events
        WHERE state = 'parsed' AND round_id IS NULL AND server_id = :server_id AND map_name = :map_name) AS is_awaited
"""
KEEP_AND_LOOK = text(f"""
WITH kept AS (
    INSERT INTO deliveries (server_id, kind, content_sha256, event_id, filename, content_type, headers, body, byte_count,
                            remote_hash, received_at)
    VALUES (:server_id, :kind, :content_sha256, :event_id, :filename, :content_type, CAST(:headers AS jsonb), :body,
            :byte_count, :remote_hash, :received_at)
    ON CONFLICT ON CONSTRAINT deliveries_server_id_kind_content_sha256_filename_key DO NOTHING
    RETURNING id)
SELECT (SELECT id FROM kept) AS delivery_id, {_ALIASES}, {_NEIGHBOURS}, {_IS_AWAITED}
""")
LOOK = text(f"SELECT CAST(:delivery_id AS bigint) AS delivery_id, {_ALIASES}, {_NEIGHBOURS}, {_IS_AWAITED}")

_WRITE_EVENT = f"""
event AS (
    {_insert_for_round(judgement.round_events, "event", "json_populate_record")}
    ON CONFLICT ON CONSTRAINT round_events_delivery_id_map_name_round_number_key DO UPDATE
    SET {_EVENT_AGAIN}
    RETURNING id),
moved AS (
    INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)
    SELECT event.id, given.from_state, given.to_state, given.reason, :now
    FROM event, json_populate_recordset(NULL::round_event_moves, CAST(:moves AS json)) AS given),
alias AS (
    INSERT INTO round_fingerprints (round_fingerprint, round_id, tier, source, first_event_id, created_at)
    SELECT given.round_fingerprint, round.id, given.tier, given.source, event.id, :now
    FROM round, event, json_populate_recordset(NULL::round_fingerprints, CAST(:aliases AS json)) AS given
    ON CONFLICT ON CONSTRAINT round_fingerprints_pkey DO NOTHING),
receipt AS (
    INSERT INTO delivery_receipts (delivery_id, received_at, outcome, answer_code)
    SELECT :delivery_id, :received_at, CAST(:outcome AS text), :answer_code WHERE CAST(:outcome AS text) IS NOT NULL)
"""
PUBLISH = """
publication AS (
    INSERT INTO publications (kind, subject, channel, revision, status, created_at)
    SELECT 'round_post', round.id::text, 'rounds', round.revision, CAST(:publish AS text), :now FROM round
    WHERE CAST(:publish AS text) IS NOT NULL
    ON CONFLICT ON CONSTRAINT publications_kind_subject_channel_key DO NOTHING)
"""
WRITE_JUDGEMENT = f"""
lua AS ({_insert_for_round(judgement.lua_round_teams, "lua")}),
spawn AS ({_insert_for_round(judgement.lua_spawn_stats, "spawns")}),
player AS ({_insert_for_round(players.player_comprehensive_stats, "players")}),
weapon AS ({_insert_for_round(players.weapon_comprehensive_stats, "weapons")}),
{PUBLISH}
"""
CREATE = text(f"""
WITH round AS (
    INSERT INTO rounds OVERRIDING USER VALUE
    SELECT given.* FROM json_populate_record(NULL::rounds, CAST(:round AS json)) AS given RETURNING id, revision),
{_WRITE_EVENT}, {WRITE_JUDGEMENT}
SELECT id FROM round
""")
ADD_UNLINKED = text(f"WITH round AS (SELECT CAST(NULL AS bigint) AS id), {_WRITE_EVENT} SELECT id FROM event")
# Answers the name of the round as it stands before what the event tells is judged.
ADD_EVENT = text(f"""
WITH round AS (SELECT id, round_fingerprint, fingerprint_tier FROM rounds WHERE id = :round_id), {_WRITE_EVENT},
found AS (DELETE FROM lua_round_teams WHERE delivery_id = :delivery_id AND round_id IS NULL)
SELECT round_fingerprint, fingerprint_tier FROM round
""")
KEEP_UNLINKED = text("""
INSERT INTO lua_round_teams OVERRIDING USER VALUE
SELECT given.* FROM json_populate_record(NULL::lua_round_teams, CAST(:lua AS json)) AS given
""")
FORGET_UNLINKED = text("DELETE FROM lua_round_teams WHERE delivery_id = :delivery_id AND round_id IS NULL")
NOTE_CONFLICTS = text("""
INSERT INTO field_conflicts OVERRIDING USER VALUE
SELECT given.* FROM json_populate_recordset(
    json_populate_record(NULL::field_conflicts, json_build_object('round_id', CAST(:round_id AS bigint), 'at', CAST(:at AS text))),
    CAST(:conflicts AS json)) AS given
ON CONFLICT ON CONSTRAINT field_conflicts_round_id_field_other_source_other_value_key DO NOTHING
""")
STRONGEST = text("SELECT round_fingerprint, fingerprint_tier FROM rounds WHERE id = :round_id")
OTHER_HALF = text("""
SELECT id, limit_seconds, defender_team, sides_source FROM rounds
WHERE match_id = :match_id AND round_number = :round_number
""")
EXISTS = text("SELECT EXISTS (SELECT FROM rounds WHERE id = :round_id)")
WAITING = text("""
SELECT e.id AS round_event_id, e.delivery_id, e.server_id, e.state, e.attempts
FROM round_events e
WHERE e.state = 'parsed' AND e.round_id IS NULL AND e.server_id = :server_id AND e.map_name = :map_name
  AND coalesce(e.round_start_unix, e.round_end_unix, (e.facts -> 'stamp_ends_unix' ->> 0)::bigint)
      BETWEEN :earliest AND :latest
ORDER BY e.id LIMIT :limit
""")
SLOTS_OPEN = text("SET CONSTRAINTS rounds_match_id_round_number_key DEFERRED")
SLOTS_CHECKED = text("SET CONSTRAINTS rounds_match_id_round_number_key IMMEDIATE")
