"""The secrets by which servers sign what they send. They are kept readable: who checks a signature must be able to make it."""

from datetime import datetime

from sqlalchemy import Connection, text

from shared.domain.webhook_signature import SigningSecret

_ADD = text("""
INSERT INTO signing_secrets (server_id, secret, created_at)
SELECT server_id, :secret, :now FROM servers WHERE active AND server_id = :server_id
""")
_KEEP_NEWEST_TWO = text("""
DELETE FROM signing_secrets WHERE server_id = :server_id AND id NOT IN (
    SELECT id FROM signing_secrets WHERE server_id = :server_id ORDER BY id DESC LIMIT 2)
""")
_ALL = text("""
SELECT server_id, secret FROM signing_secrets JOIN servers USING (server_id) WHERE active ORDER BY id DESC
""")
_FORGET = text("DELETE FROM signing_secrets WHERE server_id = :server_id")


class SigningSecrets:
    """Questions about signing secrets, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, server_id: str, secret: str, now: datetime) -> bool:
        """Give a server a further secret; the newest two stay valid. False when there is no such active server."""
        is_added = self._connection.execute(_ADD, {"server_id": server_id, "secret": secret, "now": now}).rowcount == 1
        self._connection.execute(_KEEP_NEWEST_TWO, {"server_id": server_id})
        return is_added

    def all(self) -> list[SigningSecret]:
        """Those of every server that may speak, the newest first."""
        return [SigningSecret(row.server_id, row.secret) for row in self._connection.execute(_ALL)]

    def forget(self, server_id: str) -> int:
        """Make all of a server's invalid at once; answers how many there were."""
        return self._connection.execute(_FORGET, {"server_id": server_id}).rowcount
