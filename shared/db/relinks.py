"""The events that wait for a round, and the rounds that operators chose for some of them."""

from dataclasses import dataclass
from datetime import datetime

from pydantic_core import to_json
from sqlalchemy import Connection, RowMapping, text

from shared.db.redirects import CURRENT_ID
from shared.domain.vocabulary import EventState, Kind, OperatorAction


@dataclass(frozen=True, slots=True)
class UnlinkedEvent:
    """An event without a round. `link_reason`: why it had none when it was last tried.

    `round_id`: of one that was asked for by its id and has a round all the same.
    """

    round_event_id: int
    delivery_id: int
    server_id: str
    kind: Kind
    filename: str | None
    map_name: str | None
    round_number: int | None
    state: EventState
    link_reason: str | None
    round_id: int | None


@dataclass(frozen=True, slots=True)
class RoundToLink:
    """A round an operator names: whose, and of which map and number."""

    round_id: int
    server_id: str
    map_name: str
    round_number: int
    round_fingerprint: str


_EVENT = """
SELECT e.id AS round_event_id, e.delivery_id, e.server_id, d.kind, e.filename, e.map_name, e.round_number, e.state,
       e.link_reason, e.round_id
FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
"""
_UNLINKED = text(_EVENT + "WHERE e.state = 'parsed' AND e.round_id IS NULL ORDER BY e.id")
_BY_ID = text(_EVENT + "WHERE e.id = :round_event_id FOR UPDATE OF e")
_ROUND = text(f"""
SELECT id AS round_id, server_id, map_name, round_number, round_fingerprint
FROM rounds WHERE id = {CURRENT_ID.format(id="CAST(:round_id AS bigint)")}
""")
_DECIDE = text("""
INSERT INTO operator_decisions (decided_at, decided_by, action, subject, details, reason)
VALUES (:now, :decided_by, :action, :subject, CAST(:details AS jsonb), :reason)
""")
_CHOSEN = text("""
SELECT f.round_id FROM operator_decisions o JOIN round_fingerprints f ON f.round_fingerprint = o.details ->> 'round_fingerprint'
WHERE o.subject = :subject AND o.action = :action ORDER BY o.id DESC LIMIT 1
""")


_MISPLACED = text("""
SELECT e.id AS round_event_id, f.round_id
FROM (SELECT DISTINCT ON (subject) subject, details FROM operator_decisions WHERE action = :action
      ORDER BY subject, id DESC) AS o
JOIN round_events e ON o.subject = 'delivery:' || e.delivery_id
JOIN round_fingerprints f ON f.round_fingerprint = o.details ->> 'round_fingerprint'
JOIN rounds r ON r.id = f.round_id AND (r.server_id, r.map_name, r.round_number) = (e.server_id, e.map_name, e.round_number)
WHERE e.round_id IS DISTINCT FROM f.round_id AND e.state IN ('parsed', 'linked_round_id', 'enriched', 'published')
ORDER BY e.id
""")


class Relinks:
    """Questions about unlinked events, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unlinked(self) -> list[UnlinkedEvent]:
        """Every event that waits for a round, in the order they came."""
        return [_event(row) for row in self._connection.execute(_UNLINKED).mappings()]

    def event(self, round_event_id: int) -> UnlinkedEvent | None:
        """One event, linked or not, that is ours alone from here on."""
        row = self._connection.execute(_BY_ID, {"round_event_id": round_event_id}).mappings().one_or_none()
        return None if row is None else _event(row)

    def round(self, round_id: int) -> RoundToLink | None:
        """The round of an id, which may have been another's before the two turned out to be one."""
        row = self._connection.execute(_ROUND, {"round_id": round_id}).mappings().one_or_none()
        return None if row is None else RoundToLink(**row)

    def decide(self, delivery_id: int, chosen: RoundToLink, *, decided_by: str, reason: str, now: datetime) -> None:
        """Keep for ever that a delivery belongs to a round because somebody said so."""
        details = {"round_id": chosen.round_id, "round_fingerprint": chosen.round_fingerprint}
        parameters = {
            "now": now,
            "decided_by": decided_by,
            "action": OperatorAction.RELINK,
            "subject": _subject(delivery_id),
            "details": to_json(details).decode(),
            "reason": reason,
        }
        self._connection.execute(_DECIDE, parameters)

    def misplaced(self) -> list[tuple[int, int]]:
        """(event, round) of every event that is not in the round somebody chose for it last."""
        rows = self._connection.execute(_MISPLACED, {"action": OperatorAction.RELINK})
        return [(row.round_event_id, row.round_id) for row in rows]

    def chosen_round(self, delivery_id: int) -> int | None:
        """The round that somebody chose for a delivery last, if it is known."""
        parameters = {"subject": _subject(delivery_id), "action": OperatorAction.RELINK}
        found: int | None = self._connection.execute(_CHOSEN, parameters).scalar_one_or_none()
        return found


def _event(row: RowMapping) -> UnlinkedEvent:
    return UnlinkedEvent(**{**row, "kind": Kind(row["kind"]), "state": EventState(row["state"])})


def _subject(delivery_id: int) -> str:
    return f"delivery:{delivery_id}"
