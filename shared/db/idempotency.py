"""The keys that senders gave their deliveries: the first to use one has it for good."""

from datetime import datetime

from sqlalchemy import Connection, text

# Of two that come at once the constraint lets one in; the other waits for it and is told whose the key is.
_CLAIM = text("""
INSERT INTO idempotency_keys (server_id, idempotency_key, delivery_id, received_at)
VALUES (:server_id, :idempotency_key, :delivery_id, :received_at)
ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE SET delivery_id = idempotency_keys.delivery_id
RETURNING delivery_id
""")


class IdempotencyKeys:
    """Questions about keys, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, server_id: str, idempotency_key: str, delivery_id: int, received_at: datetime) -> int:
        """Let a server's key stand for a delivery from now on; answers for which it does, an earlier one maybe."""
        parameters = {
            "server_id": server_id,
            "idempotency_key": idempotency_key,
            "delivery_id": delivery_id,
            "received_at": received_at,
        }
        return int(self._connection.execute(_CLAIM, parameters).scalar_one())
