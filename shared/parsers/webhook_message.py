"""The chat-shaped JSON that older scripts post to a webhook URL: what a message is, and its named fields. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.vocabulary import Kind
from shared.parsers.notes import Notes
from shared.parsers.problem import pointer_step

ROUND_CONTENT = "STATS_READY"
MOST_FIELDS = 100
_FILE_IN_BACKTICKS = re.compile(r"`([^`]*\.txt)`")
_VERSION = re.compile(r"v([0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Field:
    """One named value of a message, and where it stands."""

    value: Any
    pointer: str


class Fields:
    """The fields of a message by lower-case name."""

    def __init__(self, by_name: Mapping[str, Field]) -> None:
        self._by_name = by_name

    def get(self, *names: str) -> Field:
        """The first of these names that holds something; a field without a value when none does."""
        for name in names:
            field = self._by_name.get(name)
            if field is not None and field.value not in (None, ""):
                return field
        return self._by_name.get(names[0], Field(None, ""))


def kind_of(tree: Any) -> Kind:
    """What a JSON body on a webhook URL is, by its `content` alone: all senders share one user name."""
    content = tree.get("content") if isinstance(tree, dict) else None
    if content == ROUND_CONTENT:
        return Kind.STATS_MESSAGE
    return Kind.FILENAME_NOTICE if named_file(content) is not None else Kind.OTHER_MESSAGE


def named_file(content: Any) -> str | None:
    """The first `*.txt` between back-ticks."""
    found = _FILE_IN_BACKTICKS.search(content) if isinstance(content, str) else None
    return found[1] if found else None


def fields_of(message: dict[str, Any], notes: Notes) -> Fields | None:
    """The named fields of the first embed that has any; None when there is none. Of a name that stands twice the first counts."""
    embeds = message.get("embeds")
    for number, embed in enumerate(embeds if isinstance(embeds, list) else ()):
        listed = embed.get("fields") if isinstance(embed, dict) else None
        if isinstance(listed, list) and listed:
            return Fields(_by_name(listed[:MOST_FIELDS], f"/embeds/{number}/fields", notes))
    return None


def version_of(message: dict[str, Any]) -> str | None:
    """The sender's version, from the footer of an embed."""
    embeds = message.get("embeds")
    for embed in embeds if isinstance(embeds, list) else ():
        footer = embed.get("footer") if isinstance(embed, dict) else None
        text = footer.get("text") if isinstance(footer, dict) else None
        found = _VERSION.search(text) if isinstance(text, str) else None
        if found:
            return found[1]
    return None


def _by_name(listed: list[Any], at: str, notes: Notes) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for number, item in enumerate(listed):
        name = item.get("name") if isinstance(item, dict) else None
        pointer = at + pointer_step(number)
        if not isinstance(name, str):
            notes.drop(pointer, "no_field", "an object with a name and a value is needed here")
        elif name.strip().lower() in found:
            notes.drop(pointer, "repeated_field", "a field of this name stands before")
        else:
            found[name.strip().lower()] = Field(item.get("value"), pointer + "/value")
    return found
