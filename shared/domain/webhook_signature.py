"""Standard Webhooks: did one of our senders sign these very bytes, and lately? Pure; a body may be any bytes, gzip too.

What is signed is the id, the time and the body as sent, with full stops between them, by HMAC-SHA256. An id with a full stop
in it could be told apart from the time in two ways, so it is none.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
_VERSION = "v1"
_MOST_SIGNATURES = 16
_LONGEST_ID = 256
_UNIX_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says in `webhook-id`, `webhook-timestamp` and `webhook-signature`, as HTTP has it: one character a byte."""

    message_id: str
    timestamp: str
    signatures: str


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A secret by which a server may sign."""

    server_id: str
    secret: str = field(repr=False)


def signer(signature: Signature, body: bytes, secrets: Iterable[SigningSecret], now: datetime) -> SigningSecret | None:
    """By which of these secrets the body is signed; None by none, or not within `TOLERANCE` of `now`.

    Every secret is tried against every signature, in the same time whatever comes of it.
    """
    offered = _offered(signature.signatures)
    if not offered or not _is_usable(signature) or not _is_recent(signature.timestamp, now):
        return None
    before_body = f"{signature.message_id}.{signature.timestamp}.".encode("latin-1")
    held = [(one, _signed(one.secret, before_body, body)) for one in secrets]
    found = [one for one, wanted in held if _holds(offered, wanted)]
    return found[0] if found else None


def secret_of(key: bytes) -> str:
    """A key as senders are given it."""
    return PREFIX + base64.b64encode(key).decode("ascii")


def _is_usable(signature: Signature) -> bool:
    message_id = signature.message_id
    return 0 < len(message_id) <= _LONGEST_ID and "." not in message_id


def _is_recent(timestamp: str, now: datetime) -> bool:
    if not _UNIX_SECONDS.fullmatch(timestamp):
        return False
    return abs(int(timestamp) - now.timestamp()) <= TOLERANCE.total_seconds()


def _offered(signatures: str) -> list[bytes]:
    found = []
    for one in signatures.split()[:_MOST_SIGNATURES]:
        version, _, encoded = one.partition(",")
        if version == _VERSION:
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found


def _signed(secret: str, before_body: bytes, body: bytes) -> bytes:
    made = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), before_body, hashlib.sha256)
    made.update(body)
    return made.digest()


def _holds(offered: Iterable[bytes], wanted: bytes) -> bool:
    found = [hmac.compare_digest(one, wanted) for one in offered]
    return any(found)
