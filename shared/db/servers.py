"""The registered game servers and their tokens. Only hashes of tokens are kept.

A token of ours opens every door of its server. The token of a webhook URL that a script already has opens the webhook door
only, and stays when tokens are rotated: its hash is kept with a mark before it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.domain.known_servers import WEBHOOK_MARK, KnownServer, KnownServers

_LOCK_CLASS = 7268


@dataclass(frozen=True, slots=True)
class Server:
    """One game-server instance as registered."""

    server_id: str
    display_name: str
    time_zone: str
    active: bool
    token_count: int
    webhook_id: str | None
    last_seen_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Admitted:
    """Stands where a token stands: who speaks for this server was made sure of in another way."""

    server_id: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The server that a delivery is from. `time_zone`: the IANA zone of the stamps in its files' names."""

    server_id: str
    time_zone: str


def token_hash(token: str) -> str:
    """What is stored of a token. Tokens are long and random, so a plain hash is enough and lookup stays an equality."""
    return hashlib.sha256(token.encode()).hexdigest()


_AUTHENTICATE = text("""
SELECT server_id FROM servers WHERE active AND :token_hash = ANY (secret_hashes)
""")
_AUTHENTICATE_WEBHOOK = text("""
SELECT server_id FROM servers
WHERE active AND (server_id = :name OR webhook_id = :name)
  AND (:token_hash = ANY (secret_hashes) OR :marked_hash = ANY (secret_hashes))
""")
_LOCK = text("SELECT pg_advisory_xact_lock(:lock_class, hashtext(:server_id))")
_AUTHENTICATE_AND_LOCK = text("""
SELECT server_id, time_zone, pg_advisory_xact_lock(:lock_class, hashtext(server_id))
FROM servers WHERE active AND :token_hash = ANY (secret_hashes)
""")

_LOCK_ADMITTED = text("""
SELECT server_id, time_zone, pg_advisory_xact_lock(:lock_class, hashtext(server_id))
FROM servers WHERE active AND server_id = :server_id
""")
_KNOWN = text("""
SELECT server_id, time_zone, webhook_id, secret_hashes,
       ARRAY(SELECT secret FROM signing_secrets g WHERE g.server_id = s.server_id ORDER BY g.id DESC) AS signing_secrets
FROM servers s WHERE active ORDER BY server_id
""")
_KEEP_WEBHOOK = text("""
UPDATE servers SET webhook_id = :webhook_id,
    secret_hashes = ARRAY(SELECT h FROM unnest(secret_hashes) WITH ORDINALITY AS held (h, n)
                          WHERE NOT starts_with(h, :mark) ORDER BY n) || CAST(:marked_hash AS text)
WHERE active AND server_id = :server_id
""")


class Servers:
    """Questions about the registry, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_token(self, token: str) -> str | None:
        """The server a token belongs to."""
        found = self._connection.execute(_AUTHENTICATE, {"token_hash": token_hash(token)}).scalar_one_or_none()
        return None if found is None else str(found)

    def by_webhook(self, name: str, token: str) -> str | None:
        """The server of a webhook URL: `name` is its server_id or its webhook's id, `token` the webhook's or any of its own."""
        hashed = token_hash(token)
        parameters = {"name": name, "token_hash": hashed, "marked_hash": WEBHOOK_MARK + hashed}
        found = self._connection.execute(_AUTHENTICATE_WEBHOOK, parameters).scalar_one_or_none()
        return None if found is None else str(found)

    def lock_by_token(self, token: str | Admitted) -> Sender | None:
        """The server a token belongs to, whose rounds are ours alone to judge until the transaction ends."""
        parameters: dict[str, object] = {"lock_class": _LOCK_CLASS}
        if isinstance(token, Admitted):
            statement, who = _LOCK_ADMITTED, {"server_id": token.server_id}
        else:
            statement, who = _AUTHENTICATE_AND_LOCK, {"token_hash": token_hash(token)}
        found = self._connection.execute(statement, parameters | who).first()
        return None if found is None else Sender(found.server_id, found.time_zone)

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
                secret_hashes = ARRAY[CAST(:token_hash AS text)]
                    || ARRAY(SELECT h FROM unnest(secret_hashes) WITH ORDINALITY AS held (h, n)
                             WHERE NOT starts_with(h, :mark) ORDER BY n LIMIT 1)
                    || ARRAY(SELECT h FROM unnest(secret_hashes) AS held (h) WHERE starts_with(h, :mark))
            WHERE server_id = :server_id
        """)
        parameters = {"server_id": server_id, "token_hash": token_hash(token), "mark": WEBHOOK_MARK}
        return self._connection.execute(statement, parameters).rowcount == 1

    def set_webhook(self, server_id: str, webhook_id: str, token: str) -> bool:
        """Let the script that has this webhook URL in; it takes the place of the one before.

        False when there is no such active server. Raises IntegrityError when another server has this webhook.
        """
        parameters = {
            "server_id": server_id,
            "webhook_id": webhook_id,
            "mark": WEBHOOK_MARK,
            "marked_hash": WEBHOOK_MARK + token_hash(token),
        }
        return self._connection.execute(_KEEP_WEBHOOK, parameters).rowcount == 1

    def revoke(self, server_id: str) -> bool:
        """Make every token of a server invalid at once. False when there is no such server."""
        statement = text("UPDATE servers SET active = false, secret_hashes = '{}' WHERE server_id = :server_id")
        return self._connection.execute(statement, {"server_id": server_id}).rowcount == 1

    def known(self, now: datetime) -> KnownServers:
        """Everybody who may speak at `now`, to be believed for a while without the database."""
        return KnownServers(
            now,
            tuple(
                KnownServer(
                    row.server_id, row.time_zone, row.webhook_id, tuple(row.secret_hashes), tuple(row.signing_secrets)
                )
                for row in self._connection.execute(_KNOWN)
            ),
        )

    def all(self) -> list[Server]:
        """Every server, by name."""
        rows = self._connection.execute(
            text("""
            SELECT server_id, display_name, time_zone, active, webhook_id,
                   (SELECT count(*) FROM unnest(secret_hashes) h WHERE NOT starts_with(h, :mark)) AS token_count,
                   greatest(last_seen_at, (SELECT max(received_at) FROM deliveries d WHERE d.server_id = s.server_id))
                       AS last_seen_at,
                   created_at
            FROM servers s ORDER BY server_id
        """),
            {"mark": WEBHOOK_MARK},
        )
        return [Server(**row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's public row mapping
