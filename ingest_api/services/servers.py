"""Registering game servers: a token is made, shown once, and only its hash is kept. A secret to sign by is kept as it is."""

import re
import secrets
import zoneinfo
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from shared.db.servers import Server, Servers
from shared.db.signing_secrets import SigningSecrets
from shared.domain import fingerprint
from shared.domain.errors import RoundwireError
from shared.domain.webhook_signature import secret_of

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_TOKEN_BYTES = 32
_SHORTEST_WEBHOOK_TOKEN = 16
_WEBHOOK_URL = re.compile(
    r"https?://[^/\s]+/api/(?:v[0-9]{1,3}/)?webhooks/([^/\s?#]{1,100})/([^/\s?#]{1,200})/?(?:[?#]\S*)?"
)


class WebhookRefused(RoundwireError):
    """The text is no webhook URL, or another server's; the message says which and never repeats it."""


class ServerNameRefused(RoundwireError):
    """The name cannot be one, or is taken; the message says which."""


def add_server(connection: Connection, name: str, *, time_zone: str = "UTC", now: datetime) -> str:
    """Register a game server and return its token. `time_zone`: of the local times in its files' names."""
    server_id = fingerprint.server_id(name)
    if not _NAME.fullmatch(server_id):
        raise ServerNameRefused(
            f"{name!r} cannot be a server's name: use letters, digits, '.', '_' and '-', at most 63"
        )
    try:
        zoneinfo.ZoneInfo(time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ServerNameRefused(f"{time_zone!r} is no time zone name such as Europe/Paris") from error
    token = new_token()
    if not Servers(connection).add(server_id, name.strip(), time_zone, token, now):
        raise ServerNameRefused(
            f"there is a server named {server_id} already; `roundwire server rotate {server_id}` gives it a new token"
        )
    return token


def rotate_token(connection: Connection, name: str) -> str:
    """Give a server a new token; the one before stays valid until the next rotation."""
    token = new_token()
    if not Servers(connection).add_token(fingerprint.server_id(name), token):
        raise ServerNameRefused(f"there is no server named {fingerprint.server_id(name)}")
    return token


def revoke_tokens(connection: Connection, name: str) -> None:
    """Make every token of a server, and every secret that it signs by, invalid at once."""
    server_id = fingerprint.server_id(name)
    if not Servers(connection).revoke(server_id):
        raise ServerNameRefused(f"there is no server named {server_id}")
    SigningSecrets(connection).forget(server_id)


def issue_signing_secret(connection: Connection, name: str, now: datetime) -> str:
    """Give a server a secret to sign by; the one before stays valid until the next."""
    server_id, secret = fingerprint.server_id(name), secret_of(secrets.token_bytes(_TOKEN_BYTES))
    if not SigningSecrets(connection).add(server_id, secret, now):
        raise ServerNameRefused(f"there is no server named {server_id}, or its tokens are revoked")
    return secret


def stop_signing(connection: Connection, name: str) -> int:
    """Make every secret that a server signs by invalid at once, and leave its tokens; answers how many there were."""
    server_id = fingerprint.server_id(name)
    if not any(server.server_id == server_id for server in Servers(connection).all()):
        raise ServerNameRefused(f"there is no server named {server_id}")
    return SigningSecrets(connection).forget(server_id)


def set_webhook(connection: Connection, name: str, url: str) -> str:
    """Let a script that posts to this webhook URL in under its own id and token; answers the webhook's id."""
    server_id = fingerprint.server_id(name)
    found = _WEBHOOK_URL.fullmatch(url.strip())
    if found is None:
        raise WebhookRefused("this is no webhook URL: it must look like https://HOST/api/webhooks/ID/TOKEN")
    webhook_id, token = found.groups()
    if len(token) < _SHORTEST_WEBHOOK_TOKEN:
        raise WebhookRefused(f"its token is too easily guessed: {_SHORTEST_WEBHOOK_TOKEN} characters are the least")
    try:
        if not Servers(connection).set_webhook(server_id, webhook_id, token):
            raise ServerNameRefused(f"there is no server named {server_id}, or its tokens are revoked")
    except IntegrityError as error:
        raise WebhookRefused("another server has this webhook already") from error
    return webhook_id


def new_token() -> str:
    """A token: 256 random bits, safe in a header and in a file."""
    return f"rw_{secrets.token_urlsafe(_TOKEN_BYTES)}"


def active_server(connection: Connection, name: str) -> Server:
    """The registered game server of that name. Raises ServerNameRefused when there is none, or none that may speak."""
    server_id = fingerprint.server_id(name)
    for server in Servers(connection).all():
        if server.server_id == server_id:
            if not server.active:
                raise ServerNameRefused(
                    f"{server_id} is revoked; `roundwire server rotate {server_id}` lets it speak again"
                )
            return server
    raise ServerNameRefused(f"there is no server named {server_id}")
