r"""Discord's Markdown as HTML, for the preview of cards. Pure; what was written by strangers stays text.

All of HTML's special characters are escaped before anything else is looked at, and what is added afterwards is a fixed set
of tags without a single attribute that holds foreign text: no link, no image, no address. Covered: **bold**, *italic*,
__underline__, ~~strike~~, ||spoiler||, `code`, ```blocks```, > quotes, -# subtext, # headings, - lists, backslash escapes.
"""

import re

from markupsafe import Markup, escape

_DEEPEST = 8
_FENCE = re.compile(r"```(?:[\w+#.-]{1,20}\n)?\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"(`+)(.*?[^`])\1(?!`)", re.DOTALL)
_MENTION = re.compile(r"&lt;(?:@[!&]?|#)\d{1,20}&gt;|@everyone|@here")
_LINK = re.compile(r"https?://(?:&amp;|[^\s<>&*|~`]){1,500}")
_LINE_KINDS = (
    ("quote", re.compile(r"&gt; (.*)")),
    ("subtext", re.compile(r"-# (.+)")),
    ("heading", re.compile(r"#{1,3} (.+)")),
    ("item", re.compile(r" {0,4}[-*] (.+)")),
)
_TAGS = {
    "quote": ("<blockquote>", "</blockquote>"),
    "subtext": ('<small class="subtext">', "</small>"),
    "heading": ('<strong class="heading">', "</strong>"),
    "item": ('<span class="item">', "</span>"),
}
_STYLES = {
    "**": ("<strong>", "</strong>"),
    "__": ("<u>", "</u>"),
    "~~": ("<s>", "</s>"),
    "||": ('<span class="spoiler">', "</span>"),
    "*": ("<em>", "</em>"),
    "_": ("<em>", "</em>"),
}


def render(text: str) -> Markup:
    """A description or a field's value: several lines, blocks and styles."""
    parts: list[str] = []
    position = 0
    safe = _safe(text)
    for fence in _FENCE.finditer(safe):
        parts.append(_lines(_without_break_before_block(safe[position : fence.start()])))
        parts.append(f"<pre><code>{fence[1]}</code></pre>")
        position = fence.end()
        if safe.startswith("\n", position):
            position += 1
    parts.append(_lines(safe[position:]))
    return Markup("".join(parts))  # noqa: S704  everything in it was escaped by `_safe` or is a tag of ours


def render_inline(text: str) -> Markup:
    """A title or a field's name: styles, no blocks."""
    return Markup(_styled(_safe(text)))  # noqa: S704  as above


def _safe(text: str) -> str:
    return str(escape(text)).replace("\r\n", "\n")


def _without_break_before_block(text: str) -> str:
    return text.removesuffix("\n")


def _lines(text: str) -> str:
    """Runs of lines of one kind; plain ones may be styled across their ends, and only they are set apart by line ends."""
    if not text:
        return ""
    runs: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        kind, content = _kind_of(line)
        if runs and runs[-1][0] == kind and kind in ("plain", "quote"):
            runs[-1][1].append(content)
        else:
            runs.append((kind, [content]))
    return "".join(_run(kind, "\n".join(lines)) for kind, lines in runs)


def _kind_of(line: str) -> tuple[str, str]:
    for kind, pattern in _LINE_KINDS:
        if found := pattern.fullmatch(line):
            return kind, found[1]
    return "plain", line


def _run(kind: str, content: str) -> str:
    if kind == "plain":
        return f"<span>{_styled(content)}</span>" if content else "<br>"
    opening, closing = _TAGS[kind]
    return f"{opening}{_styled(content)}{closing}"


def _styled(text: str, depth: int = 0) -> str:
    """The inline styles of escaped text. What does not close, or is nested absurdly deep, is text."""
    out: list[str] = []
    hopeless: set[str] = set()
    position = 0
    while position < len(text):
        piece, position = _next_piece(text, position, depth, hopeless)
        out.append(piece)
    return "".join(out)


def _next_piece(text: str, position: int, depth: int, hopeless: set[str]) -> tuple[str, int]:
    """The HTML of what begins at `position`, and where the rest begins. `hopeless`: marks known not to close any more."""
    sign = text[position]
    if sign == "\\" and _can_be_escaped(text[position + 1 : position + 2]):
        return _one_character(text, position + 1)
    if sign == "`" and (code := _CODE.match(text, position)):
        return f"<code>{code[2].strip() or code[2]}</code>", code.end()
    if sign in "&@" and (mention := _MENTION.match(text, position)):
        return f'<span class="mention">{mention[0]}</span>', mention.end()
    if sign == "h" and (link := _LINK.match(text, position)):
        return f'<span class="link">{link[0]}</span>', link.end()
    for mark in _marks_at(text, position):
        if depth < _DEEPEST and mark not in hopeless:
            start = position + len(mark)
            end = _closing(text, mark, start)
            if end is not None:
                opening, closing = _STYLES[mark]
                return f"{opening}{_styled(text[start:end], depth + 1)}{closing}", end + len(mark)
            hopeless.add(mark)
    return sign, position + 1


def _can_be_escaped(following: str) -> bool:
    return bool(following) and following.isascii() and not following.isalnum() and not following.isspace()


def _one_character(text: str, position: int) -> tuple[str, int]:
    """An escaped `<`, `>`, `&` or quote is several characters by now; they stay together."""
    if text[position] == "&":
        end = text.index(";", position) + 1
        return text[position:end], end
    return text[position], position + 1


def _marks_at(text: str, position: int) -> list[str]:
    """The marks that may open here. A single one stands alone and not before a space; `_` is not inside a word."""
    found = [mark for mark in _STYLES if text.startswith(mark, position)]
    before, following = text[position - 1 : position], text[position + 1 : position + 2]
    if not following or following.isspace() or text[position] in (before, following):
        return [mark for mark in found if len(mark) > 1]
    return [mark for mark in found if not (mark == "_" and before.isalnum())]


def _closing(text: str, mark: str, start: int) -> int | None:
    """Where the mark closes: not escaped, not in code, not at once, and for a single one not as half of a double."""
    position = start
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text[position] == "`" and (code := _CODE.match(text, position)):
            position = code.end()
        elif text.startswith(mark, position):
            length = _run_length(text, position, mark[0])
            if len(mark) == 1 and length == 2:  # noqa: PLR2004  a double mark is another style's
                position += length
            elif position > start and _may_close(text, mark, position):
                return position + length - len(mark)
            else:
                position += length
        else:
            position += 1
    return None


def _run_length(text: str, position: int, sign: str) -> int:
    length = 1
    while text.startswith(sign, position + length):
        length += 1
    return length


def _may_close(text: str, mark: str, position: int) -> bool:
    following = text[position + len(mark) : position + len(mark) + 1]
    if mark == "_":
        return not following.isalnum()
    return mark != "*" or not text[position - 1].isspace()
