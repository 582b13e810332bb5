"""Which round is this? The computed identity of a round, in three tiers of strength, and its text normalised. Pure.

Durations, limits, names and match ids never enter: a fingerprint tells the round, `content_sha256` tells the bytes.
"""

import hashlib
import unicodedata
from dataclasses import dataclass

from shared.domain.text import strip_colors

VERSION = "rf1"
START, END, STAMP = 1, 2, 3
_DIGITS = 32


@dataclass(frozen=True, slots=True, order=True)
class Fingerprint:
    """One alias of a round; smaller tiers are stronger and sort first."""

    tier: int
    text: str


def server_id(name: str) -> str:
    """The identity form of a game server's name: trimmed, lower-case."""
    return name.strip().lower()


def map_name(raw: str) -> str:
    """The identity form of a map's name: no colours, trimmed, lower-case, `|` and control characters as `_`."""
    plain = strip_colors(raw).strip().lower()
    return "".join("_" if sign == "|" or unicodedata.category(sign) == "Cc" else sign for sign in plain)


def round_number(raw: int) -> int | None:
    """1 or 2; the wire's 0 is R2 (the engine has already counted on when it is read). Anything else is no round number."""
    return {0: 2, 1: 1, 2: 2}.get(raw)


def fingerprint(tier: int, server: str, map_: str, number: int, value: str) -> Fingerprint:
    """Hash one tier's parts, all of them normalised already.

    `value`: decimal unix seconds for tiers 1 (start) and 2 (end), `YYYY-MM-DD HHMMSS` for tier 3.
    """
    canonical = f"{VERSION}|{tier}|{server}|{map_}|{number}|{value}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]
    return Fingerprint(tier, f"{VERSION}:{tier}:{digest}")


def aliases(
    server: str, map_: str, number: int, start_unix: int | None, end_unix: int | None, stamp: str | None = None
) -> list[Fingerprint]:
    """Every fingerprint that the known times allow, strongest first; empty when none is known.

    `stamp`: a file name's date and time, `YYYY-MM-DD HHMMSS`, as the name carries them.
    """
    known = ((START, start_unix), (END, end_unix), (STAMP, stamp))
    return [fingerprint(tier, server, map_, number, str(at)) for tier, at in known if at is not None]


def short(text: str) -> str:
    """Tier and first eight digits of a fingerprint, enough to find the evidence: `1:4430f4bb`."""
    _, _, rest = text.partition(":")
    tier, _, digits = rest.partition(":")
    return f"{tier}:{digits[:8]}"
