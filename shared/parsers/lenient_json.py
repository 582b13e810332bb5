"""Bytes to a JSON tree when the strict way failed: bad bytes, control characters and lone surrogates cost themselves.

Game servers pass player names through as they come. One bad byte in one name must not cost the round.
"""

import json
import re
from typing import Any

from shared.domain.errors import NotJson

REPLACEMENT = "\ufffd"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = 20  # more than the largest 64-bit number has; Python refuses to read some thousands


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


DECODER = json.JSONDecoder(strict=False, parse_int=_integer)
"""Takes control characters in strings, and endless integers for what they are."""


def parse(body: bytes) -> Any:
    """The tree of an UTF-8 body, mended; raises NotJson when there is no JSON in it however kindly one reads.

    Bytes that are not UTF-8, NUL and lone surrogates become U+FFFD. NaN, the infinities and endless integers stay what
    no measured value can be, for whoever knows the field to refuse. Of a key that appears twice the last value counts.
    """
    text = body.decode("utf-8-sig", errors="replace")
    try:
        return storable(DECODER.decode(text))
    except (ValueError, RecursionError) as error:
        raise NotJson("the body is not JSON") from error


def is_sound(body: bytes) -> bool:
    """Whether a strict reader, and the text of a Postgres column, would take the body as it is."""
    try:
        json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return b"\\u0000" not in body


def storable(value: Any) -> Any:
    """The tree without the two things a Postgres text cannot hold: lone surrogates and NUL become U+FFFD."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub(REPLACEMENT, value).replace("\0", REPLACEMENT)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value
