"""What stands on the pages in words: figures, names, instants, and what each word of ours means. Pure.

Escaping is the templates' part; here foreign names become one visible line of bounded length.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ingest_api.web.overview_view import CONFIDENCE_MEANINGS, SOURCE_MEANINGS, STATE_MEANINGS, STATUS_MEANINGS
from shared.domain import figures
from shared.domain.text import clean_name, cut, flatten
from shared.domain.vocabulary import SIDE_LABELS, Side

_LONGEST_NAME = 36
_LONGEST_TEXT = 300
_PER_HOUR = 3600
_OUTCOMES = {
    "TIME_SET": "time set",
    "FULL_HOLD": "full hold",
    "SURRENDER_END": "surrender",
    "MAP_CHANGE_END": "map changed",
    "MAP_RESTART_END": "map restarted",
    "SERVER_RESTART_END": "server restarted",
}
_STATES = {
    "TIME_SET": "the attackers succeeded and set the time to beat",
    "FULL_HOLD": "the defenders held the attackers off",
}
MEANINGS: Mapping[str, str] = {
    **{
        str(word): meaning
        for meanings in (CONFIDENCE_MEANINGS, STATE_MEANINGS, STATUS_MEANINGS, SOURCE_MEANINGS)
        for word, meaning in meanings.items()
    },
    **_STATES,
}
"""By word, for whoever holds the mouse over a badge."""


def name(raw: str | None, guid: str | None = None) -> str:
    """A foreign name as one visible line; a nameless player is told by his GUID, a nameless map is unknown."""
    shown = cut(flatten(clean_name(raw or "")), _LONGEST_NAME)
    if shown:
        return shown
    return figures.UNKNOWN if guid is None else f"(no name) {clean_name(guid)[:8]}"


def text(raw: object) -> str:
    """A sentence or value with foreign words in it, as one visible line."""
    return cut(flatten(clean_name(str(raw))), _LONGEST_TEXT)


def map_title(row: Mapping[str, Any]) -> str:
    """A map's name, with the play where it was played more than once."""
    number = row["play_number"]
    return f"{name(row['map_name'])} (#{number})" if number is not None and number > 1 else name(row["map_name"])


def moment(at: datetime | int | None, form: str = "%H:%M") -> str:
    """An instant or unix second in UTC; a dash when it is unknown."""
    if at is None:
        return figures.UNAVAILABLE
    instant = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else at.astimezone(UTC)
    return instant.strftime(form)


def when(at: datetime | int | None) -> str:
    """Date and time in UTC."""
    return moment(at, "%Y-%m-%d %H:%M:%S")


def hours(seconds: float) -> str:
    """A long span: `2 h 52 min`."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if seconds >= _PER_HOUR else f"{minutes} min"


def side(value: int | None) -> str:
    """A side in a word."""
    return figures.UNKNOWN if value is None else SIDE_LABELS[Side(value)]


def outcome(word: str | None) -> str:
    """How a round ended."""
    return "outcome unknown" if word is None else _OUTCOMES[word]


def clock(seconds: float | None) -> str:
    """M:SS; a dash when it is unknown."""
    return figures.clock(None if seconds is None else float(seconds), figures.UNAVAILABLE)


def exact(seconds: float | None) -> str:
    """Seconds with their fraction, as they are stored."""
    return figures.UNAVAILABLE if seconds is None else f"{float(seconds):.3f}".rstrip("0").rstrip(".") + " s"


def thousands(number: float | None) -> str:
    """A whole number, its digits in threes."""
    return figures.UNAVAILABLE if number is None else f"{number:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def plain(word: object) -> str:
    """One of our own words, for people."""
    return figures.UNAVAILABLE if word is None else str(word).replace("_", " ")


FILTERS: Mapping[str, Callable[..., str]] = {
    "shown": name,
    "shown_text": text,
    "map_title": map_title,
    "moment": moment,
    "when": when,
    "hours": hours,
    "side": side,
    "outcome": outcome,
    "clock": clock,
    "exact": exact,
    "thousands": thousands,
    "plain": plain,
    "ratio": figures.ratio,
    "percent": figures.percent,
    "whole": figures.whole,
    "plural": figures.plural,
}
