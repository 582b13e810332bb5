"""When each secret was last used: told by the services that let its holder in, shown to operators who rotate it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, text

from shared.db.servers import token_hash
from shared.domain.known_servers import SIGNING_MARK, WEBHOOK_MARK

# What is no secret of anybody any more is not noted: it may have been taken away since it was used.
_NOTE = text("""
INSERT INTO secret_uses (secret_hash, server_id, last_used_at)
SELECT used.secret_hash, held.server_id, used.last_used_at
FROM unnest(CAST(:secret_hashes AS text[]), CAST(:moments AS timestamptz[])) AS used (secret_hash, last_used_at)
JOIN (SELECT server_id, unnest(secret_hashes) AS secret_hash FROM servers WHERE active
      UNION ALL SELECT server_id, CAST(:mark AS text) || encode(sha256(convert_to(secret, 'UTF8')), 'hex') FROM signing_secrets) AS held
  USING (secret_hash)
ORDER BY used.secret_hash
ON CONFLICT ON CONSTRAINT secret_uses_pkey
DO UPDATE SET last_used_at = greatest(secret_uses.last_used_at, excluded.last_used_at)
""")
_HELD = text("""
SELECT server_id, secret_hash, last_used_at FROM (
    SELECT server_id, unnest(secret_hashes) AS secret_hash, 1 AS part, generate_subscripts(secret_hashes, 1) AS place
    FROM servers
    UNION ALL
    SELECT server_id, CAST(:mark AS text) || encode(sha256(convert_to(secret, 'UTF8')), 'hex'), 2, -id FROM signing_secrets) AS held
LEFT JOIN (SELECT secret_hash, last_used_at FROM secret_uses) AS used USING (secret_hash)
ORDER BY server_id, part, place
""")
_SHOWN_DIGITS = 8


class SecretKind(StrEnum):
    """What a secret opens: every door by a token or a signature, or the one of a webhook URL."""

    TOKEN = "token"  # noqa: S105  a word
    WEBHOOK = "webhook"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class HeldSecret:
    """A secret that is valid. `digits`: the first of its hash, to tell it by; `last_used_at` None: never, as far as known."""

    server_id: str
    kind: SecretKind
    digits: str
    last_used_at: datetime | None


def signing_hash(secret: str) -> str:
    """What the use of a signing secret is noted under."""
    return SIGNING_MARK + token_hash(secret)


class SecretUses:
    """Questions about uses of secrets, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, used_at: Mapping[str, datetime]) -> None:
        """By the hash of each secret, when it was last used."""
        parameters = {"secret_hashes": [*used_at], "moments": [*used_at.values()], "mark": SIGNING_MARK}
        self._connection.execute(_NOTE, parameters)

    def held(self) -> list[HeldSecret]:
        """Every valid secret, of each server the newest first."""
        rows = self._connection.execute(_HELD, {"mark": SIGNING_MARK})
        return [_held(row.server_id, row.secret_hash, row.last_used_at) for row in rows]


def _held(server_id: str, secret_hash: str, last_used_at: datetime | None) -> HeldSecret:
    for mark, kind in (
        (WEBHOOK_MARK, SecretKind.WEBHOOK),
        (SIGNING_MARK, SecretKind.SIGNATURE),
        ("", SecretKind.TOKEN),
    ):
        if secret_hash.startswith(mark):
            return HeldSecret(server_id, kind, secret_hash.removeprefix(mark)[:_SHOWN_DIGITS], last_used_at)
    raise ValueError("every hash begins with nothing")
