r"""Text of the JSON stats suite, which escapes it once too often: `\"`, `\n`, and in its first version `\u{e9}`. Pure."""

import re
from typing import Any

from shared.parsers.notes import Notes

LONGEST_TEXT = 512
LONGEST_GUID = 64
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"'}
_ESCAPED = re.compile(r'\\([nrt"])|((?:\\u\{[0-9a-fA-F]{1,6}\})+)')
_CODE = re.compile(r"\{([0-9a-fA-F]+)\}")
_NOBODY = re.compile(r"(WORLD(_\d+)?|SLOT\d+)?")
_LARGEST_BYTE, _LARGEST_CODE = 0xFF, 0x10FFFF


def unescaped(text: str) -> str:
    """The text as the game had it. Names hold no backslash of their own."""
    return _ESCAPED.sub(_original, text) if "\\" in text else text


def text_of(value: Any, pointer: str, notes: Notes) -> str | None:
    """A text unescaped; None when there is none."""
    text = notes.text(value, pointer, LONGEST_TEXT)
    return None if text is None else unescaped(text)


def guid_of(value: Any) -> str | None:
    """A player's GUID in capitals; None for the world, for a slot, and for what is no GUID at all."""
    if not isinstance(value, str) or len(value) > LONGEST_GUID:
        return None
    guid = value.strip().upper()
    return None if _NOBODY.fullmatch(guid) else guid


def _original(found: re.Match[str]) -> str:
    if found[1]:
        return _PLAIN[found[1]]
    codes = [int(code, 16) for code in _CODE.findall(found[2])]
    if max(codes) <= _LARGEST_BYTE:
        try:
            return bytes(codes).decode()
        except UnicodeDecodeError:
            pass  # then they are no bytes of UTF-8, but characters
    return "".join(map(_character, codes))


def _character(code: int) -> str:
    is_text = 0 < code <= _LARGEST_CODE and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - the surrogates
    return chr(code) if is_text else "\ufffd"
