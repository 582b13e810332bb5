"""Foreign text made safe to show: colour codes away, one line, bounded width, no Markdown, no mention, no link. Pure.

Names of players, maps and teams are written by strangers. Whoever draws one passes it through here, in this order:
strip colours → one line → flatten → cut → escape → neutralise.
"""

import re
import unicodedata

DEFAULT_WIDTH = 16
ELLIPSIS = "…"
JOINER = "\u200d"
MARKS_PER_LETTER = 2

# Letters by category, yet drawn as nothing: a name made of them would be an empty line on a card.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_TO_SPACE = frozenset({"Cc", "Zl", "Zp", "Zs"})
_TO_NOTHING = frozenset({"Cf", "Cs", "Co", "Cn"})
_MARKS = frozenset({"Mn", "Me"})
_COLOR = re.compile(r"\^([^^])", re.DOTALL)
_ESCAPED = {ord(sign): f"\\{sign}" for sign in r"\*_~|>#-`[]()"}


def strip_colors(text: str) -> str:
    """The text without the game's colour codes: `^` and any one printable character other than `^`.

    One pass from left to right: what the removal brings together is not looked at again. A `^` before another `^` or
    at the very end stays as it is.
    """
    if text.isprintable():  # nearly all are, and a pattern alone is much faster
        return _COLOR.sub("", text)
    return _COLOR.sub(lambda code: "" if code[1].isprintable() else code[0], text)


def clean_name(raw: str) -> str:
    """A foreign name as one visible line: no colours, no control or invisible characters, single spaces; may be empty."""
    text = strip_colors(raw)
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, text))
    return " ".join(text.split())


def cut(text: str, width: int) -> str:
    """At most `width` characters; what was cut is marked by an ellipsis, which counts."""
    return text if len(text) <= width else text[: width - len(ELLIPSIS)].rstrip() + ELLIPSIS


def flatten(text: str) -> str:
    """The text without towers: more than two signs drawn over or under one letter would cover the lines around it."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        if marks <= MARKS_PER_LETTER:
            kept.append(character)
    return "".join(kept)


def escape_markdown(text: str) -> str:
    """The text so that Discord draws it letter by letter: no formatting, no mention, no emoji code, no link."""
    escaped = text.translate(_ESCAPED)
    return escaped.replace("@", f"@{JOINER}").replace("<", f"<{JOINER}").replace("://", f":{JOINER}//")


def shown(raw: str, width: int = DEFAULT_WIDTH) -> str:
    """A map's or team's name, ready for a card; empty when nothing visible is left."""
    return escape_markdown(cut(flatten(clean_name(raw)), width))


def shown_player(raw: str | None, guid: str | None, width: int = DEFAULT_WIDTH) -> str:
    """A player's name, ready for a card; a nameless one is told by the first eight characters of his GUID."""
    name = clean_name(raw or "")
    if name:
        return escape_markdown(cut(flatten(name), width))
    prefix = clean_name(guid or "")[:8].upper()
    return escape_markdown(f"(no name) {prefix}".rstrip())


def in_code_block(raw: str, width: int = DEFAULT_WIDTH) -> str:
    """A foreign name inside a code block, where nothing is drawn but a back-tick would end the block."""
    return cut(flatten(clean_name(raw)), width).replace("`", "'")


def _visible(character: str) -> str:
    if character in _BLANKS:
        return " "
    category = unicodedata.category(character)
    if category in _TO_SPACE:
        return " "
    return "" if category in _TO_NOTHING else character
