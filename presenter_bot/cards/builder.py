"""The only maker of embeds: knows every limit of a message and packs what it is given so that none is broken.

Lengths are counted in UTF-16 units, after escaping. Discord nowhere counts more than that, so what fits here fits there.
Everything is plain dicts in the shape of Discord's JSON: what is previewed is what is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

TITLE_LIMIT = 256
DESCRIPTION_LIMIT = 4096
FIELDS_LIMIT = 25
FIELD_NAME_LIMIT = 256
FIELD_VALUE_LIMIT = 1024
FOOTER_LIMIT = 2048
MESSAGE_TEXT_LIMIT = 6000
CONTINUED = " (cont.)"

Embed = dict[str, Any]
Message = dict[str, list[Embed]]


class CardTooLargeError(ValueError):
    """A piece of a card breaks a limit by itself and cannot be packed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One named part of a card, over its whole width unless it stands beside its neighbours."""

    name: str
    value: str
    is_inline: bool = False

    @property
    def length(self) -> int:
        """What it costs of a message's text."""
        return text_length(self.name) + text_length(self.value)


def text_length(text: str) -> int:
    """Length as counted against Discord's limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def chunk(name: str, blocks: Iterable[str]) -> list[Field]:
    """The blocks, joined by line ends, in as few fields as hold them; no block is ever cut.

    The first field bears the name, the others the name with "(cont.)".
    """
    fields: list[Field] = []
    value = ""
    for block in blocks:
        longer = f"{value}\n{block}" if value else block
        if text_length(longer) > FIELD_VALUE_LIMIT and value:
            fields.append(_field(name, value, continued=bool(fields)))
            longer = block
        value = longer
    if value:
        fields.append(_field(name, value, continued=bool(fields)))
    return fields


def code_chunk(name: str, lines: Iterable[str], *, is_inline: bool = False) -> list[Field]:
    """The lines in code blocks, in as few fields as hold them; no line and no block is ever cut. Safe for a code block they
    must be already.
    """
    fields: list[Field] = []
    block: list[str] = []
    for line in lines:
        if block and text_length(_fenced([*block, line])) > FIELD_VALUE_LIMIT:
            fields.append(_field(name, _fenced(block), continued=bool(fields)))
            block = []
        block.append(line)
    if block:
        fields.append(_field(name, _fenced(block), continued=bool(fields)))
    return [replace(field, is_inline=is_inline) for field in fields]


def _fenced(lines: Sequence[str]) -> str:
    return "\n".join(("```", *lines, "```"))


def make_embed(title: str, description: str, color: int, fields: Sequence[Field], footer: str) -> Embed:
    """One embed; raises CardTooLargeError when one of its parts is longer than Discord takes."""
    _require("title", title, TITLE_LIMIT)
    _require("description", description, DESCRIPTION_LIMIT)
    _require("footer", footer, FOOTER_LIMIT)
    if len(fields) > FIELDS_LIMIT:
        raise CardTooLargeError(f"{len(fields)} fields")
    embed: Embed = {"type": "rich", "title": title, "color": color, "footer": {"text": footer}}
    if description:
        embed["description"] = description
    if fields:
        embed["fields"] = [{"name": field.name, "value": field.value, "inline": field.is_inline} for field in fields]
    return embed


def fits_one_message(title: str, description: str, fields: Sequence[Field], footer: str) -> bool:
    """Does all of it go into one embed of one message?"""
    text = text_length(title) + text_length(description) + text_length(footer)
    return len(fields) <= FIELDS_LIMIT and text + sum(field.length for field in fields) <= MESSAGE_TEXT_LIMIT


def spread(fields: Sequence[Field], *, first_spent: int, later_spent: int) -> list[list[Field]]:
    """The fields over as few messages as hold them, in order. `*_spent` is the text each message has beside its fields."""
    pages: list[list[Field]] = [[]]
    left = MESSAGE_TEXT_LIMIT - first_spent
    for field in fields:
        if pages[-1] and (field.length > left or len(pages[-1]) == FIELDS_LIMIT):
            pages.append([])
            left = MESSAGE_TEXT_LIMIT - later_spent
        pages[-1].append(field)
        left -= field.length
    return pages


def _field(name: str, value: str, *, continued: bool) -> Field:
    full_name = name + CONTINUED if continued else name
    _require("field name", full_name, FIELD_NAME_LIMIT)
    _require("field value", value, FIELD_VALUE_LIMIT)
    return Field(full_name, value)


def _require(what: str, text: str, limit: int) -> None:
    if text_length(text) > limit:
        raise CardTooLargeError(f"{what} of {text_length(text)} characters, {limit} are allowed")
