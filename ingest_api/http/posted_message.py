"""The message object a chat answers with when it is asked to wait for one: enough of it for those who look for an id."""

from datetime import datetime
from typing import Any

_LONGEST_TEXT = 2000


def as_posted(message: Any, webhook: str, delivery_id: int | None, posted_at: datetime) -> dict[str, Any]:
    """What became of a posted message. Its id is that of the delivery; None: kept, but it was no message at all."""
    return {
        "id": None if delivery_id is None else str(delivery_id),
        "type": 0,
        "webhook_id": webhook,
        "channel_id": None,
        "author": {"id": webhook, "username": _text(message, "username"), "bot": True},
        "content": _text(message, "content") or "",
        "embeds": [],
        "attachments": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "timestamp": posted_at.isoformat(),
        "edited_timestamp": None,
    }


def _text(message: Any, key: str) -> str | None:
    value = message.get(key) if isinstance(message, dict) else None
    return value[:_LONGEST_TEXT] if isinstance(value, str) else None
