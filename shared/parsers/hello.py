"""Reads a reporter's handshake. Only who speaks must be told; everything else that is not what it should be is left out."""

from typing import Any

from shared.domain.errors import NotAHandshake
from shared.domain.greeting import Greeting
from shared.parsers import lenient_json

_LONGEST_TEXT = 256
_MOST_PROBLEMS = 50
_LARGEST_COUNT = 2**53


def read(body: bytes) -> Greeting:
    """The greeting of a JSON body; raises NotJson, or NotAHandshake when it does not name its instance."""
    tree = lenient_json.parse(body)
    instance = _text(tree.get("instance")) if isinstance(tree, dict) else None
    if instance is None:
        raise NotAHandshake("a handshake is an object that names its `instance`")
    return Greeting(
        instance=instance,
        claimed_server_id=_text(tree.get("server_id")),
        boot_id=_text(tree.get("boot_id")),
        sender_version=_text(tree.get("sender_version")),
        lua_kind=_text(tree.get("lua_kind")),
        config_problems=_problems(tree.get("config_problems")),
        spool=_counts(tree.get("spool")),
    )


def _text(value: Any) -> str | None:
    return value[:_LONGEST_TEXT] if isinstance(value, str) and value else None


def _problems(value: Any) -> tuple[str, ...] | None:
    """A Lua table without entries may come as an empty object; both mean that there is nothing to complain of."""
    if value == {}:
        return ()
    if not isinstance(value, list):
        return None
    return tuple(problem for item in value[:_MOST_PROBLEMS] if (problem := _text(item)) is not None)


def _counts(value: Any) -> dict[str, int] | None:
    if not isinstance(value, dict):
        return None
    return {name: count for name in ("files", "bytes") if (count := _count(value.get(name))) is not None}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT else None
