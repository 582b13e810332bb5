"""Who may speak, as last known: what lets a door check tokens and signatures while the database is away. Pure.

Of tokens only hashes are in it; secrets that sign are in it as they are, and never shown.
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from shared.domain.webhook_signature import SigningSecret

BELIEVED_FOR = timedelta(days=7)
WEBHOOK_MARK = "webhook:"
"""Stands before the hash of a webhook's own token, which opens that door only."""
SIGNING_MARK = "signing:"
"""Stands before the hash of a secret that signs, where its use is noted."""


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A registered game server that may speak."""

    server_id: str
    time_zone: str
    webhook_id: str | None
    secret_hashes: tuple[str, ...]
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class KnownServers:
    """Everybody who might speak at `known_at`."""

    known_at: datetime
    servers: tuple[KnownServer, ...]

    def are_believed(self, now: datetime) -> bool:
        """What is older than a week says nothing any more."""
        return now - self.known_at <= BELIEVED_FOR

    def by_token(self, token_hash: str) -> KnownServer | None:
        """Whose token has this hash?"""
        return _first(one for one in self.servers if _holds(one, token_hash))

    def by_webhook(self, name: str, token_hash: str) -> KnownServer | None:
        """Who is named so, by himself or by his webhook's id, and has such a token or such a webhook?"""
        named = (one for one in self.servers if name in (one.server_id, one.webhook_id))
        return _first(one for one in named if _holds(one, token_hash, WEBHOOK_MARK + token_hash))

    def signing_secrets(self) -> list[SigningSecret]:
        """Those of everybody."""
        return [SigningSecret(one.server_id, secret) for one in self.servers for secret in one.signing_secrets]

    def by_id(self, server_id: str) -> KnownServer | None:
        """The server of that name."""
        return _first(one for one in self.servers if one.server_id == server_id)


def encode(known: KnownServers) -> str:
    """As it is written down: secrets that sign by themselves, so that a version which does not know them reads the rest."""
    servers = [asdict(one) for one in known.servers]
    told = {
        "format": 1,
        "known_at": known.known_at.isoformat(),
        "signing_secrets": {one["server_id"]: one.pop("signing_secrets") for one in servers},
        "servers": servers,
    }
    return json.dumps(told) + "\n"


def decode(written: str) -> KnownServers | None:
    """What was written down; None when it is none of it."""
    try:
        told = json.loads(written)
        if told["format"] != 1:
            return None
        signing = told.get("signing_secrets", {})
        servers = [
            KnownServer(
                **one
                | {
                    "secret_hashes": tuple(one["secret_hashes"]),
                    "signing_secrets": tuple(signing.get(one["server_id"], ())),
                }
            )
            for one in told["servers"]
        ]
        known = KnownServers(datetime.fromisoformat(told["known_at"]), tuple(servers))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return known if known.known_at.tzinfo is not None else None


def _holds(server: KnownServer, *hashes: str) -> bool:
    """Every hash is compared, in the same time whatever it is."""
    wanted = [one.encode() for one in hashes]
    found = [hmac.compare_digest(held.encode(), one) for held in server.secret_hashes for one in wanted]
    return any(found)


def _first(found: Iterable[KnownServer]) -> KnownServer | None:
    return next(iter(found), None)
