"""The preview channel: the messages a presenter without a Discord channel would have posted, kept to be drawn on a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

_WRITE = text("""
    INSERT INTO preview_messages (publication_id, part, message, created_at)
    VALUES (:publication_id, :part, :message, :now)
    ON CONFLICT ON CONSTRAINT preview_messages_publication_id_part_key
    DO UPDATE SET message = excluded.message, edited_at = excluded.created_at
    RETURNING id
""").bindparams(bindparam("message", type_=JSONB))
_TRIM = text("DELETE FROM preview_messages WHERE publication_id = :publication_id AND part > :parts")
_NEWEST = text("""
    SELECT publication_id, part, message, created_at, edited_at
    FROM preview_messages ORDER BY created_at DESC, id DESC LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class PreviewMessage:
    """One message of the preview channel; `message` is Discord's own JSON (`embeds`, …)."""

    publication_id: int
    part: int
    message: Mapping[str, Any]
    created_at: datetime
    edited_at: datetime | None


class PreviewMessages:
    """Named questions about the preview channel over one connection; the caller commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, publication_id: int, messages: Sequence[Mapping[str, object]], now: datetime) -> tuple[str, ...]:
        """Post the messages of one publication, or edit them when they are there already; answers their ids."""
        ids = tuple(
            str(self._connection.execute(_WRITE, self._row(publication_id, part, message, now)).scalar_one())
            for part, message in enumerate(messages, start=1)
        )
        self._connection.execute(_TRIM, {"publication_id": publication_id, "parts": len(messages)})
        return ids

    def newest(self, limit: int) -> list[PreviewMessage]:
        """The newest `limit` messages, newest first."""
        rows = self._connection.execute(_NEWEST, {"limit": limit}).mappings()
        return [PreviewMessage(**row) for row in rows]

    @staticmethod
    def _row(publication_id: int, part: int, message: Mapping[str, object], now: datetime) -> dict[str, object]:
        return {"publication_id": publication_id, "part": part, "message": dict(message), "now": now}
