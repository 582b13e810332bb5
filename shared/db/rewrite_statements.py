"""The statements that put another judgement in the place of a round's: what is shown otherwise is a new revision."""

from sqlalchemy import text

from shared.db.round_statements import PUBLISH, WRITE_JUDGEMENT, columns
from shared.db.tables import judgement, players

_NOT_REWRITTEN = frozenset({"revision", "created_at", "updated_at", "ingest_state", "gaming_session_id", "play_number"})
_REWRITTEN = [name for name in columns(judgement.rounds) if name not in _NOT_REWRITTEN]
REWRITE = text(f"""
WITH round AS (
    UPDATE rounds SET ({", ".join(_REWRITTEN)}) = (
        SELECT {", ".join(f"given.{name}" for name in _REWRITTEN)}
        FROM json_populate_record(NULL::rounds, CAST(:round AS json)) AS given)
    WHERE id = :round_id RETURNING id, revision),
{WRITE_JUDGEMENT}
SELECT id FROM round
""")
# What people may be shown of a round, in one text: when it differs, the round has a new revision.
_SHOWN = """
SELECT md5(concat_ws('|',
    (SELECT to_jsonb(r) - '{id,revision,created_at,updated_at,ingest_state,gaming_session_id,play_number}'::text[]
     FROM rounds r WHERE r.id = :round_id),
    (SELECT to_jsonb(l) - '{id,delivery_id,link_reason,captured_at}'::text[]
     FROM lua_round_teams l WHERE l.round_id = :round_id),
    (SELECT jsonb_agg(to_jsonb(s) - '{id,captured_at}'::text[] ORDER BY s.player_guid)
     FROM lua_spawn_stats s WHERE s.round_id = :round_id),
    (SELECT jsonb_agg(to_jsonb(p) - '{id,created_at}'::text[] ORDER BY p.player_guid)
     FROM player_comprehensive_stats p WHERE p.round_id = :round_id)))
"""
SHOWN = text(_SHOWN)
# The message of a round that has a new revision is edited, and is to be settled again.
_EDIT = """
edited AS (
    UPDATE publications SET revision = round.revision,
        next_attempt_at = CASE WHEN publications.status = 'sent' THEN NULL ELSE publications.next_attempt_at END,
        status = CASE WHEN publications.status = 'sent' THEN 'pending' ELSE publications.status END
    FROM round WHERE publications.kind = 'round_post' AND publications.subject = round.id::text),
reopened AS (
    UPDATE round_events SET state = 'enriched' FROM round
    WHERE round_events.round_id = round.id AND round_events.state = 'published' RETURNING round_events.id),
moved AS (
    INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)
    SELECT id, 'published', 'enriched', 'revision', :now FROM reopened)
"""
_REVISED = "revision = rounds.revision + 1, ingest_state = 'enriched', updated_at = :now"
REVISE = text(f"""
WITH round AS (UPDATE rounds SET {_REVISED} WHERE id = :round_id RETURNING id, revision), {_EDIT} SELECT id FROM round
""")
# Of the row alone, and only when it differs: what stands beside it is as it would be written.
AMEND = text(f"""
WITH given AS (SELECT * FROM json_populate_record(NULL::rounds, CAST(:round AS json))),
round AS (
    UPDATE rounds SET {", ".join(f"{name} = given.{name}" for name in _REWRITTEN)}, {_REVISED}
    FROM given WHERE rounds.id = :round_id
    AND ({", ".join(f"rounds.{name}" for name in _REWRITTEN)})
        IS DISTINCT FROM ({", ".join(f"given.{name}" for name in _REWRITTEN)})
    RETURNING rounds.id, rounds.revision),
{PUBLISH}, {_EDIT}
SELECT id FROM round
""")
# After REWRITE, whose update holds the row: what a presenter has tried already may be standing somewhere.
UNSAY = text("""
DELETE FROM publications
WHERE kind = 'round_post' AND subject = CAST(:round_id AS text) AND status = 'pending' AND attempts = 0
  AND posted_to IS NULL
""")
_CLEARED = (
    judgement.lua_round_teams,
    judgement.lua_spawn_stats,
    judgement.field_conflicts,
    players.player_comprehensive_stats,
    players.weapon_comprehensive_stats,
)
# Answers what was shown until now: all parts of one statement see what was there before it.
CLEAR = text(
    "WITH "
    + ", ".join(f"{one.name}_gone AS (DELETE FROM {one.name} WHERE round_id = :round_id)" for one in _CLEARED)
    + _SHOWN
)
