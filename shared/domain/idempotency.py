"""The key that a sender may give a delivery, so that it can send it again without thinking. Pure.

A header `Idempotency-Key` holds a text in quotes, as structured fields write one; many clients leave the quotes away, and a
word without them is taken as well.
"""

import re
from collections.abc import Mapping

from shared.domain.errors import Withheld
from shared.domain.vocabulary import QuarantineReason

HEADER = "idempotency-key"
UNCLEAR_PARAMETER = "roundwire-unclear-parameter"
"""Stands among the headers of a delivery whose address had a parameter that cannot be understood, and names it."""
LONGEST_KEY = 255
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_ESCAPED = re.compile(r"\\(.)")
_WORD = re.compile(r"[!#-+\--:<-\[\]-~]+")  # visible ASCII that no quoted text, list or parameter begins or ends with


def key_of(headers: Mapping[str, str]) -> str | None:
    """The key a delivery came under; None when it has none. Raises Withheld when nobody can say how it is to be taken."""
    if unclear := headers.get(UNCLEAR_PARAMETER):
        message = f"`{unclear}` is `true` or `false`; what came with anything else is kept, and waits in quarantine"
        raise Withheld(QuarantineReason.BAD_PARAMETER, f"/query/{unclear}", message)
    written = headers.get(HEADER)
    return None if written is None else _read(written.strip(" \t"))


def key_reused() -> Withheld:
    """The refusal of a delivery under a key that stands for another."""
    message = "this key stands for another delivery; what came with it now is kept, and is taken when it comes with another key"
    return Withheld(QuarantineReason.IDEMPOTENCY_KEY_REUSED, f"/header/{HEADER}", message)


def _read(written: str) -> str:
    quoted, word = _QUOTED.fullmatch(written), _WORD.fullmatch(written)
    key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else word[0] if word else ""
    if not 1 <= len(key) <= LONGEST_KEY:
        message = f"a key is 1 to {LONGEST_KEY} characters of printable ASCII, in quotes or a single word"
        raise Withheld(QuarantineReason.BAD_IDEMPOTENCY_KEY, f"/header/{HEADER}", message)
    return key
