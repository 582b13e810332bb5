"""A sender that signs what it sends, by the package `standardwebhooks` where that can, and by hand where bytes are no text."""

import base64
import hashlib
import hmac

from standardwebhooks.webhooks import Webhook

from ingest_api.services.servers import issue_signing_secret
from shared.ops.clock import utc_now


def secret_for(door, name="srv1"):
    """A new signing secret of a registered server."""
    with door.engine.begin() as connection:
        return issue_signing_secret(connection, name, utc_now())


def headers_of(secret, body, *, at=None, message_id="msg_1"):
    """What a sender adds that signs this text."""
    now = at or utc_now()
    signature = Webhook(secret).sign(message_id, now, body.decode())
    return _headers(message_id, now, signature)


def headers_of_bytes(secret, body, *, message_id="msg_1"):
    """What a sender adds that signs these bytes."""
    now, key = utc_now(), base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{message_id}.{int(now.timestamp())}.".encode() + body, hashlib.sha256).digest()
    return _headers(message_id, now, f"v1,{base64.b64encode(made).decode()}")


def _headers(message_id, now, signature):
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
