"""The registered game servers and their tokens. Only hashes of tokens are kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

_LOCK_CLASS = 7268


@dataclass(frozen=True, slots=True)
class Server:
    """One game-server instance as registered."""

    server_id: str
    display_name: str
    time_zone: str
    active: bool
    token_count: int
    last_seen_at: datetime | None
    created_at: datetime


def token_hash(token: str) -> str:
    """What is stored of a token. Tokens are long and random, so a plain hash is enough and lookup stays an equality."""
    return hashlib.sha256(token.encode()).hexdigest()


_AUTHENTICATE = text("""
SELECT server_id FROM servers WHERE active AND :token_hash = ANY (secret_hashes)
""")
_LOCK = text("SELECT pg_advisory_xact_lock(:lock_class, hashtext(:server_id))")
_AUTHENTICATE_AND_LOCK = text("""
SELECT server_id, pg_advisory_xact_lock(:lock_class, hashtext(server_id))
FROM servers WHERE active AND :token_hash = ANY (secret_hashes)
""")


class Servers:
    """Questions about the registry, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_token(self, token: str) -> str | None:
        """The server a token belongs to."""
        found = self._connection.execute(_AUTHENTICATE, {"token_hash": token_hash(token)}).scalar_one_or_none()
        return None if found is None else str(found)

    def lock_by_token(self, token: str) -> str | None:
        """The server a token belongs to, whose rounds are ours alone to judge until the transaction ends."""
        parameters = {"token_hash": token_hash(token), "lock_class": _LOCK_CLASS}
        found = self._connection.execute(_AUTHENTICATE_AND_LOCK, parameters).first()
        return None if found is None else str(found.server_id)

    def lock(self, server_id: str) -> None:
        """Make this server's rounds ours alone to judge until the transaction ends."""
        self._connection.execute(_LOCK, {"server_id": server_id, "lock_class": _LOCK_CLASS})

    def add(self, server_id: str, display_name: str, time_zone: str, token: str, now: datetime) -> bool:
        """Register a server; False when the name is taken."""
        statement = text("""
            INSERT INTO servers (server_id, display_name, time_zone, secret_hashes, created_at)
            VALUES (:server_id, :display_name, :time_zone, ARRAY[:token_hash], :now)
            ON CONFLICT ON CONSTRAINT servers_pkey DO NOTHING
        """)
        parameters = {
            "server_id": server_id,
            "display_name": display_name,
            "time_zone": time_zone,
            "token_hash": token_hash(token),
            "now": now,
        }
        return self._connection.execute(statement, parameters).rowcount == 1

    def add_token(self, server_id: str, token: str) -> bool:
        """Give a server a further token; the newest two stay valid. False when there is no such server."""
        statement = text("""
            UPDATE servers SET active = true,
                secret_hashes = (ARRAY[CAST(:token_hash AS text)] || secret_hashes)[1:2]
            WHERE server_id = :server_id
        """)
        parameters = {"server_id": server_id, "token_hash": token_hash(token)}
        return self._connection.execute(statement, parameters).rowcount == 1

    def revoke(self, server_id: str) -> bool:
        """Make every token of a server invalid at once. False when there is no such server."""
        statement = text("UPDATE servers SET active = false, secret_hashes = '{}' WHERE server_id = :server_id")
        return self._connection.execute(statement, {"server_id": server_id}).rowcount == 1

    def all(self) -> list[Server]:
        """Every server, by name."""
        rows = self._connection.execute(
            text("""
            SELECT server_id, display_name, time_zone, active, cardinality(secret_hashes) AS token_count,
                   greatest(last_seen_at, (SELECT max(received_at) FROM deliveries d WHERE d.server_id = s.server_id))
                       AS last_seen_at,
                   created_at
            FROM servers s ORDER BY server_id
        """)
        )
        return [Server(**row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's public row mapping
