"""What the database knows of how rounds came to be: every delivery, where it went and why, and what was not believed."""

from typing import Any

from sqlalchemy import Connection, text

from shared.db.redirects import CURRENT_ID
from shared.domain.subjects import Subject, SubjectKind

Record = dict[str, Any]

_ROUNDS_BY = {
    SubjectKind.ROUND: f"r.id = {CURRENT_ID.format(id='CAST(:subject AS bigint)')}",
    SubjectKind.MATCH: "(r.match_id = :subject OR starts_with(r.match_id, :subject || '/'))",
    SubjectKind.FINGERPRINT: "r.id IN (SELECT round_id FROM round_fingerprints WHERE round_fingerprint = :subject)",
    SubjectKind.FILE: "r.id IN (SELECT round_id FROM round_events WHERE filename = :subject)",
    SubjectKind.DELIVERY: "r.id IN (SELECT round_id FROM round_events WHERE delivery_id = CAST(:subject AS bigint))",
}
_DELIVERIES_BY = {
    SubjectKind.ROUND: "e.state = 'parsed' AND e.link_details -> 'candidate_ids' @> to_jsonb(CAST(:subject AS bigint))",
    SubjectKind.FINGERPRINT: "e.round_fingerprint = :subject",
    SubjectKind.FILE: "d.filename = :subject",
    SubjectKind.DELIVERY: "d.id = CAST(:subject AS bigint)",
}
_ROUNDS = """
SELECT r.id AS round_id, r.server_id, r.map_name, r.round_number, r.match_id, r.round_fingerprint, r.fingerprint_tier,
       r.round_start_unix, r.round_end_unix,
       CASE WHEN r.round_start_unix IS NULL AND r.round_end_unix IS NULL
            THEN EXTRACT(epoch FROM r.round_date + r.round_time)::bigint END AS stamp_end_unix, r.round_status, r.is_valid, r.invalid_reason, r.exit_kind,
       r.winner_team, r.defender_team, r.sides_source, r.limit_seconds, r.limit_source, r.actual_duration_seconds,
       r.duration_source, r.score_confidence, r.ingest_state, r.revision,
       (SELECT o.id FROM rounds o WHERE o.match_id = split_part(r.match_id, '/', 1)
        AND o.round_number = 3 - r.round_number) AS other_half_id,
       (SELECT p.status FROM publications p WHERE p.kind = 'round_post' AND p.subject = r.id::text) AS publication_status
FROM rounds r WHERE {whose} ORDER BY r.round_start_unix, r.round_end_unix, r.id
"""
_EVENTS = """
SELECT d.id AS delivery_id, e.id AS round_event_id, d.kind, e.source, d.filename, d.received_at,
       e.map_name, e.round_number, e.round_fingerprint, e.fingerprint_tier, e.round_start_unix, e.round_end_unix,
       e.facts -> 'stamp_ends_unix' AS stamp_ends_unix, e.link_status, e.link_reason, e.link_details, e.state,
       e.parse_status, e.parse_notes, e.round_id, e.next_attempt_at,
       (SELECT array_agg(c.outcome ORDER BY c.id) FROM delivery_receipts c WHERE c.delivery_id = d.id) AS outcomes
FROM deliveries d LEFT JOIN round_events e ON e.delivery_id = d.id
WHERE {whose} ORDER BY d.received_at, d.id
"""
_CONFLICTS = text("""
SELECT field, kept_value, kept_source, other_value, other_source, reason FROM field_conflicts
WHERE round_id = :round_id ORDER BY field, other_source, other_value
""")
_ALIASES = text("""
SELECT round_fingerprint, tier, source FROM round_fingerprints WHERE round_id = :round_id ORDER BY tier, round_fingerprint
""")
_MOVES = text("""
SELECT m.event_id AS round_event_id, m.from_state, m.to_state, m.reason, m.at
FROM round_event_moves m JOIN round_events e ON e.id = m.event_id WHERE e.round_id = :round_id ORDER BY m.id
""")


class RoundStories:
    """Questions about where rounds came from, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rounds(self, subject: Subject) -> list[Record]:
        """The rounds that a subject means, the first played first."""
        return self._rows(_ROUNDS.format(whose=_ROUNDS_BY[subject.kind]), subject=subject.name)

    def deliveries_without_round(self, subject: Subject) -> list[Record]:
        """The deliveries that a subject means and that belong to no round; of a round those that may be of it."""
        whose = _DELIVERIES_BY.get(subject.kind)
        if whose is None:
            return []
        return self._rows(_EVENTS.format(whose=f"{whose} AND e.round_id IS NULL"), subject=subject.name)

    def events(self, round_id: int) -> list[Record]:
        """Every delivery that is linked to a round, the first one first."""
        return self._rows(_EVENTS.format(whose="e.round_id = :round_id"), round_id=round_id)

    def conflicts(self, round_id: int) -> list[Record]:
        """What some source told of a round and was not believed."""
        return [dict(row) for row in self._connection.execute(_CONFLICTS, {"round_id": round_id}).mappings()]

    def aliases(self, round_id: int) -> list[Record]:
        """All fingerprints that mean a round, strongest first."""
        return [dict(row) for row in self._connection.execute(_ALIASES, {"round_id": round_id}).mappings()]

    def moves(self, round_id: int) -> list[Record]:
        """Every state that an event of the round went through, in order."""
        return [dict(row) for row in self._connection.execute(_MOVES, {"round_id": round_id}).mappings()]

    def _rows(self, statement: str, **parameters: Any) -> list[Record]:
        return [dict(row) for row in self._connection.execute(text(statement), parameters).mappings()]
