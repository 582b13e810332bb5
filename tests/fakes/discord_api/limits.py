"""What Discord accepts as a message: every documented limit, answered with Discord's own tree of errors.

Text is counted in UTF-16 units, the strictest of the countings in use: what passes here passes there.
"""

from collections.abc import Iterator
from typing import Any

CONTENT_LIMIT = 2000
EMBEDS_LIMIT = 10
FIELDS_LIMIT = 25
EMBED_TEXT_LIMIT = 6000
NONCE_LIMIT = 25
COMPONENT_ROWS_LIMIT = 5
BUTTONS_PER_ROW_LIMIT = 5
HIGHEST_COLOR = 0xFFFFFF
_PLACE_LIMITS = (
    (("title",), 256),
    (("description",), 4096),
    (("footer", "text"), 2048),
    (("author", "name"), 256),
)
_FIELD_LIMITS = (("name", 256), ("value", 1024))
_KNOWN_KEYS = frozenset(
    (
        *("content", "nonce", "enforce_nonce", "tts", "embeds", "allowed_mentions", "message_reference", "components"),
        *("sticker_ids", "payload_json", "attachments", "flags", "poll"),
    )
)

Finding = tuple[tuple[str, ...], str, str]


def text_length(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def errors_of(payload: object, *, is_edit: bool = False) -> dict[str, Any] | None:
    """Discord's `errors` object for a message body, None when the body is acceptable."""
    if not isinstance(payload, dict):
        return _tree([(("_errors",), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")])
    findings = [*_unknown_keys(payload), *_message(payload, is_edit=is_edit), *_nonce(payload), *_components(payload)]
    embeds = payload.get("embeds") or []
    for number, embed in enumerate(embeds):
        findings += _embed(("embeds", str(number)), embed)
    if sum(_embed_text(embed) for embed in embeds if isinstance(embed, dict)) > EMBED_TEXT_LIMIT:
        message = f"Embed size exceeds maximum size of {EMBED_TEXT_LIMIT}"
        findings.append((("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message))
    return _tree(findings) if findings else None


def _unknown_keys(payload: dict[str, Any]) -> Iterator[Finding]:
    for key in payload.keys() - _KNOWN_KEYS:
        yield (key,), "UNKNOWN_KEY", "not a key of a message; Discord would ignore it, this stand-in does not"


def _message(payload: dict[str, Any], *, is_edit: bool) -> Iterator[Finding]:
    content = payload.get("content") or ""
    if not isinstance(content, str):
        yield ("content",), "STRING_TYPE_CONVERT", 'Could not interpret "content" as string.'
    elif text_length(content) > CONTENT_LIMIT:
        yield ("content",), "BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT_LIMIT} or fewer in length."
    embeds = payload.get("embeds") or []
    if len(embeds) > EMBEDS_LIMIT:
        yield ("embeds",), "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS_LIMIT} or fewer in length."
    if not is_edit and not content and not embeds:
        yield ("content",), "CONTENT_REQUIRED", "a message needs content or an embed"
    if "allowed_mentions" not in payload:
        yield ("allowed_mentions",), "HOUSE_RULE", "every message says whom it may mention"


def _nonce(payload: dict[str, Any]) -> Iterator[Finding]:
    nonce = payload.get("nonce")
    if nonce is None:
        return
    if not isinstance(nonce, str | int):
        yield ("nonce",), "NONCE_TYPE_INVALID_TYPE", "Nonce must be either a string or an integer."
    elif len(str(nonce)) > NONCE_LIMIT:
        yield ("nonce",), "BASE_TYPE_MAX_LENGTH", f"Must be {NONCE_LIMIT} or fewer in length."


def _components(payload: dict[str, Any]) -> Iterator[Finding]:
    rows = payload.get("components") or []
    if len(rows) > COMPONENT_ROWS_LIMIT:
        yield ("components",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {COMPONENT_ROWS_LIMIT} in length."
    for number, row in enumerate(rows):
        if len(row.get("components") or []) > BUTTONS_PER_ROW_LIMIT:
            message = f"Must be between 1 and {BUTTONS_PER_ROW_LIMIT} in length."
            yield ("components", str(number), "components"), "BASE_TYPE_BAD_LENGTH", message


def _embed(path: tuple[str, ...], embed: object) -> Iterator[Finding]:
    if not isinstance(embed, dict):
        yield path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"
        return
    for place, limit in _PLACE_LIMITS:
        if text_length(_text_at(embed, place)) > limit:
            yield (*path, *place), "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length."
    color = embed.get("color", 0)
    if not isinstance(color, int) or not 0 <= color <= HIGHEST_COLOR:
        yield (*path, "color"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {HIGHEST_COLOR}."
    fields = embed.get("fields") or []
    if len(fields) > FIELDS_LIMIT:
        yield (*path, "fields"), "BASE_TYPE_MAX_LENGTH", f"Must be {FIELDS_LIMIT} or fewer in length."
    for number, field in enumerate(fields):
        yield from _field((*path, "fields", str(number)), field)


def _field(path: tuple[str, ...], field: dict[str, Any]) -> Iterator[Finding]:
    for key, limit in _FIELD_LIMITS:
        text = field.get(key)
        if not isinstance(text, str) or not text.strip():
            yield (*path, key), "BASE_TYPE_REQUIRED", "This field is required"
        elif text_length(text) > limit:
            yield (*path, key), "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length."


def _embed_text(embed: dict[str, Any]) -> int:
    places = sum(text_length(_text_at(embed, place)) for place, _ in _PLACE_LIMITS)
    fields = embed.get("fields") or []
    return places + sum(text_length(str(field.get(key) or "")) for field in fields for key, _ in _FIELD_LIMITS)


def _text_at(embed: dict[str, Any], place: tuple[str, ...]) -> str:
    value: Any = embed
    for key in place:
        value = (value or {}).get(key)
    return value or ""


def _tree(findings: list[Finding]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, code, message in findings:
        node = root
        for step in path:
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})
    return root
