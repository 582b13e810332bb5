"""The stand-in's memory: its bot, its channels, their messages, the nonces of the last minutes, the rate-limit buckets."""

import itertools
import json
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.fakes.discord_api.faults import Fault

TOKEN = "stand-in-token"
BOT_ID = 1_100_000_000_000_000_001
APPLICATION_ID = 1_100_000_000_000_000_002
CHANNEL_ID = 1_100_000_000_000_000_003
NONCE_WINDOW_SECONDS = 180.0
DISCORD_EPOCH_MS = 1_420_070_400_000


@dataclass
class Bucket:
    """One rate limit of one route in one channel: `limit` requests in `window_seconds`."""

    limit: int = 5
    window_seconds: float = 5.0
    used: int = 0
    resets_at: float = 0.0

    def take(self, now: float) -> bool:
        """Use one request up; False when none is left before the reset."""
        if now >= self.resets_at:
            self.used, self.resets_at = 0, now + self.window_seconds
        self.used += 1
        return self.used <= self.limit

    def headers(self, name: str, now: float) -> dict[str, str]:
        """The `X-RateLimit-*` headers of an answer."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Reset": f"{time.time() + self.resets_at - now:.3f}",  # noqa: TID251
            "X-RateLimit-Reset-After": f"{max(0.0, self.resets_at - now):.3f}",
            "X-RateLimit-Bucket": name,
        }


@dataclass
class State:
    """Everything the stand-in knows. Lists grow at the end and are safe to read from another thread."""

    messages_file: Path | None = None
    bucket_limit: int = 1_000_000
    bucket_window_seconds: float = 5.0
    channels: set[int] = field(default_factory=lambda: {CHANNEL_ID})
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    journal: list[dict[str, Any]] = field(default_factory=list)  # every accepted post, edit and delete, in order
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    identified: list[dict[str, Any]] = field(default_factory=list)
    _nonces: dict[str, tuple[float, int]] = field(default_factory=dict)
    _buckets: dict[tuple[str, int], Bucket] = field(default_factory=dict)
    _sequence: Any = field(default_factory=lambda: itertools.count(1))

    def next_fault(self, method: str, path: str) -> Fault | None:
        """The first waiting fault that fits the request, used up by this call."""
        for number, fault in enumerate(self.faults):
            if not fault.fits(method, path):
                continue
            if fault.passes == 0:
                return self.faults.pop(number)
            self.faults[number] = replace(fault, passes=fault.passes - 1)
        return None

    def bucket(self, name: str, channel_id: int) -> Bucket:
        """The rate limit of that route in that channel."""
        fresh = Bucket(self.bucket_limit, self.bucket_window_seconds)
        return self._buckets.setdefault((name, channel_id), fresh)

    def post(self, channel_id: int, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep a new message and answer it; with an enforced nonce used in the last minutes, answer the first one."""
        nonce = None if payload.get("nonce") is None else str(payload["nonce"])
        if nonce is not None and payload.get("enforce_nonce"):
            kept_until, first_id = self._nonces.get(nonce, (0.0, 0))
            if time.monotonic() < kept_until:
                return {**self._first(channel_id, first_id), "nonce": nonce}
        message = self._new_message(channel_id, payload)
        self.messages[int(message["id"])] = message
        if nonce is not None:
            self._nonces[nonce] = (time.monotonic() + NONCE_WINDOW_SECONDS, int(message["id"]))
        self._note("post", message, nonce)
        return message if nonce is None else {**message, "nonce": nonce}

    def edit(self, message: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
        """Change a message's content or embeds."""
        changed = {key: payload[key] for key in ("content", "embeds", "components") if key in payload}
        message.update(changed, edited_timestamp=_timestamp())
        self._note("edit", message, None)
        return message

    def delete(self, message: dict[str, Any]) -> None:
        """Take a message away, as a moderator would."""
        del self.messages[int(message["id"])]
        self._note("delete", message, None)

    def forget_nonces(self) -> None:
        """Let some minutes pass: no nonce is remembered any more."""
        self._nonces.clear()

    def history(self, channel_id: int, *, before: int | None, after: int | None, limit: int) -> list[dict[str, Any]]:
        """Messages of a channel, newest first: the `limit` just before or just after an id, or the newest ones.

        Nonces are told only in the answer to a post, never here.
        """
        ids = sorted(id_ for id_, message in self.messages.items() if message["channel_id"] == str(channel_id))
        if after is not None:
            chosen = [id_ for id_ in ids if id_ > after][:limit]
        else:
            chosen = [id_ for id_ in ids if before is None or id_ < before][-limit:]
        return [self.messages[id_] for id_ in reversed(chosen)]

    def shown_messages(self, channel_id: int = CHANNEL_ID) -> list[dict[str, Any]]:
        """What people see in the channel, oldest first."""
        return list(reversed(self.history(channel_id, before=None, after=None, limit=len(self.messages) or 1)))

    def _first(self, channel_id: int, message_id: int) -> dict[str, Any]:
        # A deleted message is still the answer to its nonce: the post has been made, and it has been deleted.
        return self.messages.get(message_id) or {**self._new_message(channel_id, {}), "id": str(message_id)}

    def _new_message(self, channel_id: int, payload: dict[str, Any]) -> dict[str, Any]:
        snowflake = (int(time.time() * 1000) - DISCORD_EPOCH_MS << 22) + next(self._sequence) % (1 << 22)  # noqa: TID251
        return {
            "id": str(snowflake),
            "type": 0,
            "channel_id": str(channel_id),
            "author": bot_user(),
            "content": payload.get("content") or "",
            "timestamp": _timestamp(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": payload.get("embeds") or [],
            "components": payload.get("components") or [],
            "pinned": False,
            "flags": 0,
        }

    def _note(self, action: str, message: dict[str, Any], nonce: str | None) -> None:
        entry = {"action": action, "received_at_unix": time.time(), "nonce": nonce, "message": dict(message)}  # noqa: TID251
        self.journal.append(entry)
        if self.messages_file is not None:
            with self.messages_file.open("a") as journal:
                journal.write(json.dumps(entry) + "\n")


def bot_user() -> dict[str, Any]:
    """The bot's own account."""
    return {
        "id": str(BOT_ID),
        "username": "roundwire",
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": True,
        "mfa_enabled": False,
        "verified": True,
        "locale": "en-GB",
        "flags": 0,
        "public_flags": 0,
        "email": None,
    }


def _timestamp() -> str:
    return datetime.now(UTC).isoformat()  # noqa: TID251
