"""Stored preview messages as Discord would lay them out: who speaks, day lines, embeds, fields three to a row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from ingest_api.web.discord_markdown import render, render_inline
from shared.db.preview import PreviewMessage

GROUPED_WITHIN = timedelta(minutes=7)
_FIELDS_PER_ROW = 3
_GRID_COLUMNS = 12
_NO_COLOR = 0x4E5058
_LARGEST_COLOR = 0xFFFFFF


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of an embed; `columns` of twelve wide."""

    name: Markup
    value: Markup
    columns: int


@dataclass(frozen=True, slots=True)
class EmbedView:
    """One embed. `color` is `#rrggbb`."""

    color: str
    title: Markup | None
    description: Markup | None
    fields: tuple[FieldView, ...]
    footer: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message. `day`: a line with this date stands before it. `is_grouped`: drawn below the one before, without a head."""

    key: str
    day: str | None
    is_grouped: bool
    stamp: str
    short_stamp: str
    iso: str
    is_edited: bool
    content: Markup | None
    embeds: tuple[EmbedView, ...]


def conversation(messages: Sequence[PreviewMessage], now: datetime) -> list[MessageView]:
    """The messages in the order they were said, oldest first; `messages` may come in any."""
    views: list[MessageView] = []
    before: datetime | None = None
    for message in sorted(messages, key=lambda one: (one.created_at, one.publication_id, one.part)):
        at = message.created_at
        opens_day = before is None or before.date() != at.date()
        is_grouped = not opens_day and before is not None and at - before < GROUPED_WITHIN
        views.append(_message(message, now, opens_day=opens_day, is_grouped=is_grouped))
        before = at
    return views


def _message(message: PreviewMessage, now: datetime, *, opens_day: bool, is_grouped: bool) -> MessageView:
    at = message.created_at
    content = str(message.message.get("content") or "")
    return MessageView(
        key=f"{message.publication_id}.{message.part}",
        day=_long_date(at.date()) if opens_day else None,
        is_grouped=is_grouped,
        stamp=stamp(at, now),
        short_stamp=at.strftime("%H:%M"),
        iso=at.isoformat(timespec="seconds"),
        is_edited=message.edited_at is not None,
        content=render(content) if content else None,
        embeds=tuple(_embed(embed) for embed in message.message.get("embeds") or ()),
    )


def stamp(at: datetime, now: datetime) -> str:
    """When, as a chat says it: `Today at 20:04`, `Yesterday at 20:04`, `16/02/2026 20:04`."""
    days_ago = (now.date() - at.date()).days
    if days_ago in (0, 1):
        return f"{('Today', 'Yesterday')[days_ago]} at {at:%H:%M}"
    return f"{at:%d/%m/%Y %H:%M}"


def _long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _embed(embed: Mapping[str, Any]) -> EmbedView:
    title, description = embed.get("title"), embed.get("description")
    return EmbedView(
        color=_hex(embed.get("color")),
        title=render_inline(str(title)) if title else None,
        description=render(str(description)) if description else None,
        fields=_fields(embed.get("fields") or ()),
        footer=str((embed.get("footer") or {}).get("text") or ""),
    )


def _hex(color: Any) -> str:
    known = isinstance(color, int) and 0 <= color <= _LARGEST_COLOR
    return f"#{color if known else _NO_COLOR:06x}"


def _fields(fields: Sequence[Mapping[str, Any]]) -> tuple[FieldView, ...]:
    """Neighbouring inline fields share a row, three at most; whatever is in a row shares its width evenly."""
    rows: list[list[Mapping[str, Any]]] = []
    for field in fields:
        fits_last = bool(rows) and bool(field.get("inline")) and bool(rows[-1][-1].get("inline"))
        if fits_last and len(rows[-1]) < _FIELDS_PER_ROW:
            rows[-1].append(field)
        else:
            rows.append([field])
    return tuple(
        FieldView(render_inline(str(field["name"])), render(str(field["value"])), _GRID_COLUMNS // len(row))
        for row in rows
        for field in row
    )
