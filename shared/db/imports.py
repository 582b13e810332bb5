"""What an import has to know of the rounds that are there already."""

from datetime import datetime

from sqlalchemy import Connection, text

from shared.db.deliveries import IMPORTED

# A round that changes is stamped with the time of the delivery that changed it.
_CHANGED_OF_OTHERS = text(f"""
SELECT r.id FROM rounds r
WHERE r.server_id = :server_id AND r.map_name = (SELECT map_name FROM rounds WHERE id = :round_id) AND r.updated_at = :now
  AND EXISTS (
    SELECT FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
    WHERE e.round_id = r.id AND d.id <> :delivery_id AND d.headers ->> '{IMPORTED}' IS NULL)
ORDER BY r.id
""")
_CHANGED_SINCE = text(f"""
SELECT r.id, r.updated_at FROM rounds r
WHERE r.server_id = :server_id AND r.updated_at >= :since
  AND EXISTS (
    SELECT FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
    WHERE e.round_id = r.id AND d.headers ->> '{IMPORTED}' IS NULL)
ORDER BY r.id
""")


class Imports:
    """Questions of an import, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changed_rounds(self, server_id: str, round_id: int, delivery_id: int, now: datetime) -> list[int]:
        """Rounds that a game server told of and that look different since a delivery of `now` reached the round."""
        parameters = {"server_id": server_id, "round_id": round_id, "delivery_id": delivery_id, "now": now}
        return list(self._connection.execute(_CHANGED_OF_OTHERS, parameters).scalars())

    def changed_since(self, server_id: str, since: datetime) -> dict[datetime, list[int]]:
        """Rounds that a game server told of and that look different since then, by the delivery's time that changed them."""
        changed: dict[datetime, list[int]] = {}
        for row in self._connection.execute(_CHANGED_SINCE, {"server_id": server_id, "since": since}):
            changed.setdefault(row.updated_at, []).append(row.id)
        return changed
