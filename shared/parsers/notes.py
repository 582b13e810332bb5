"""Reads single values of foreign JSON: each comes out as what it must be, or as None with a note of why. Never raises.

Senders write numbers as text and text as numbers, so both are taken. What is absent, null or empty is unknown and needs
no note; what is there and cannot be read costs itself alone.
"""

import re
from typing import Any

from shared.domain.vocabulary import ParseStatus, Side
from shared.parsers import duration_text
from shared.parsers.problem import MOST_NOTES, Problem

LARGEST_COUNT = 2**31 - 1
LARGEST_UNIX = 2**40
LONGEST_TEXT = 1024
_SECOND_MS, _MINUTE_MS = 1_000, 60_000
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0*)?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?")
_SIDES = {
    **dict.fromkeys(("1", "axis"), Side.AXIS),
    **dict.fromkeys(("2", "allies"), Side.ALLIES),
    **dict.fromkeys(("0", "-1", "draw", "none", "unknown")),
}


class Notes:
    """The values of one delivery, and what was wrong with them. `pointer` says where a value stands."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The first of them; a delivery may have thousands."""
        return tuple(self._problems)

    @property
    def parse_status(self) -> ParseStatus:
        """Of a delivery that was understood."""
        return ParseStatus.PARTIAL if self._problems else ParseStatus.OK

    def drop(self, pointer: str, code: str, message: str) -> None:
        """Note that something had to be dropped."""
        if len(self._problems) < MOST_NOTES:
            self._problems.append(Problem(pointer, code, message))

    def whole(self, value: Any, pointer: str, least: int = 0, most: int = LARGEST_COUNT) -> int | None:
        """An integer, or an integral decimal, within its bounds."""
        text = _text(value)
        if text == "":
            return None
        if text is None or not _WHOLE.fullmatch(text):
            self.drop(pointer, "not_a_whole_number", "a whole number is needed here")
            return None
        number = int(text.partition(".")[0])
        if not least <= number <= most:
            self.drop(pointer, "out_of_range", f"must lie between {least} and {most}")
            return None
        return number

    def unix(self, value: Any, pointer: str) -> int | None:
        """Unix seconds; 0 is a clock that was never read."""
        return self.whole(value, pointer, most=LARGEST_UNIX) or None

    def span_unix(self, start: tuple[Any, str], end: tuple[Any, str]) -> tuple[int | None, int | None]:
        """A start and an end, each with its pointer; an end before the start is none."""
        start_unix, end_unix = self.unix(*start), self.unix(*end)
        if start_unix is not None and end_unix is not None and end_unix < start_unix:
            self.drop(end[1], "before_start", "the round ends before it starts")
            return start_unix, None
        return start_unix, end_unix

    def decimal(self, value: Any, pointer: str) -> float | None:
        """A finite number."""
        text = _text(value)
        if text == "":
            return None
        if text is None or not _DECIMAL.fullmatch(text):
            self.drop(pointer, "not_a_number", "a number is needed here")
            return None
        return float(text)

    def seconds_ms(self, value: Any, pointer: str) -> int | None:
        """`N sec`, `N`, or `M:SS`, in milliseconds."""
        return self._duration_ms(value, pointer, _SECOND_MS)

    def minutes_ms(self, value: Any, pointer: str) -> int | None:
        """`N min`, `N` or `M:SS`, in milliseconds, fractions exact."""
        return self._duration_ms(value, pointer, _MINUTE_MS)

    def side(self, value: Any, pointer: str) -> Side | None:
        """Axis or Allies, by number or name; whatever a sender writes for nobody is None."""
        text = _text(value)
        if text == "":
            return None
        if text is None or text.lower() not in _SIDES:
            self.drop(pointer, "not_a_side", "1 (Axis), 2 (Allies) or 0 is needed here")
            return None
        return _SIDES[text.lower()]

    def text(self, value: Any, pointer: str, longest: int = LONGEST_TEXT) -> str | None:
        """A text; empty is unknown."""
        text = value if isinstance(value, str) else _text(value)
        if text is None:
            self.drop(pointer, "not_a_text", "a text is needed here")
            return None
        if len(text) > longest:
            self.drop(pointer, "too_long", f"longer than {longest} characters")
            return None
        return text or None

    def _duration_ms(self, value: Any, pointer: str, ms_of_bare_number: int) -> int | None:
        text = _text(value)
        if text == "":
            return None
        milliseconds = None if text is None else duration_text.duration_ms(text, ms_of_bare_number)
        if milliseconds is None:
            self.drop(pointer, "not_a_duration", "a duration is needed here")
            return None
        return milliseconds


def _text(value: Any) -> str | None:
    """The value as its sender could have written it in quotes; None for what is neither text nor number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    return None
