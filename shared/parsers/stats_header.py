"""The first line of a stats file: server, map, round, sides and clocks, in eight fields or nine."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from shared.domain import fingerprint
from shared.domain.text import strip_colors
from shared.domain.vocabulary import Side
from shared.parsers.duration_text import duration_ms, is_clock
from shared.parsers.file_problem import ProblemCode, problem
from shared.parsers.problem import Problem

FEWEST_FIELDS, MOST_FIELDS = 8, 9
LARGEST_SECONDS_VALUE = 10_000  # a larger ninth field is milliseconds
LONGEST_PLAYTIME_SECONDS = 86_400
LONGEST_LIMIT_SECONDS = 3_600
OVERTIME_SECONDS = 10

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,400}(\.[0-9]{1,400})?([eE][-+]?[0-9]{1,9})?")
_SIDES = {"0": None, "1": Side.AXIS, "2": Side.ALLIES}


class TimeSource(StrEnum):
    """Which field of the header a time was taken from."""

    FIELD9 = "field9"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class StatsHeader:
    """What the header says. Sides: 1 may also mean that the writer knew none; that cannot be told here.

    `limit_seconds`: what the attackers had. `header_clock_seconds`: the eighth field, the target for the next round and
    no duration. `actual_playtime_seconds`: the ninth, what was played, pauses left out; None when it is absent or says
    nothing. `is_shutdown_save`: the file was written while the map was being left, so its round number may be wrong.
    """

    host: str
    map_name: str
    config: str
    round_number: int
    defender: Side | None
    winner: Side | None
    limit_seconds: float | None
    header_clock_seconds: float | None
    actual_playtime_seconds: float | None
    field_count: int
    is_shutdown_save: bool

    @property
    def round_time_seconds(self) -> float | None:
        """The ninth field, else the eighth. Not to be shown as a duration: see `duration_seconds`."""
        return self.header_clock_seconds if self.actual_playtime_seconds is None else self.actual_playtime_seconds

    @property
    def round_time_source(self) -> TimeSource | None:
        """Which of the two `round_time_seconds` is; None when it is unknown."""
        if self.actual_playtime_seconds is not None:
            return TimeSource.FIELD9
        return None if self.header_clock_seconds is None else TimeSource.HEADER

    @property
    def duration_seconds(self) -> float | None:
        """How long the round was, as far as this file proves it: the ninth field unless it exceeds the limit by more
        than 10 s, else the header clock of a first round that its attackers won. The clock of a hold is its limit.
        """
        played, limit = self.actual_playtime_seconds, self.limit_seconds
        if played is not None:
            return played if limit is None or played <= limit + OVERTIME_SECONDS else None
        return self.header_clock_seconds if self._clock_is_time_set() else None

    @property
    def duration_source(self) -> TimeSource | None:
        """Where `duration_seconds` comes from; None when it is unknown."""
        return None if self.duration_seconds is None else self.round_time_source

    def _clock_is_time_set(self) -> bool:
        if self.round_number != 1 or self.is_shutdown_save or None in (self.winner, self.defender, self.limit_seconds):
            return False
        clock, limit = self.header_clock_seconds, self.limit_seconds
        return self.winner != self.defender and clock is not None and limit is not None and clock <= limit


def read(line: str, problems: list[Problem]) -> StatsHeader | None:
    """The header of line 1, its faults added to `problems`; None when it has too few fields, no map or no round number."""
    parts = _split(line)
    if parts is None:
        problems.append(problem(1, "", ProblemCode.UNREADABLE_LINE, "a header has eight or nine fields"))
        return None
    host, map_name, config, round_text, defender, winner, limit, clock, *rest = parts
    if not strip_colors(map_name).strip():
        problems.append(problem(1, "map", ProblemCode.MISSING_VALUES, "the map has no name"))
        return None
    number = fingerprint.round_number(int(round_text)) if _WHOLE.fullmatch(round_text) else None
    if number is None:
        problems.append(problem(1, "round", ProblemCode.OUT_OF_RANGE, "a round is the first or the second"))
        return None
    playtime = rest[0] if rest else None
    return StatsHeader(
        host=host,
        map_name=map_name,
        config=config,
        round_number=number,
        defender=_side(defender, "defender", problems),
        winner=_side(winner, "winner", problems),
        limit_seconds=_clock(limit, "limit", problems),
        header_clock_seconds=_clock(clock, "nextlimit", problems),
        actual_playtime_seconds=None if playtime is None else _playtime_seconds(playtime, problems),
        field_count=len(parts),
        is_shutdown_save=playtime is not None and _is_of_a_shutdown(playtime),
    )


def _split(line: str) -> list[str] | None:
    """The eight or nine fields. Where there are more, the server's name holds the separator and the rest is told from the
    right: a clock at the end is an eighth field.
    """
    parts = line.split("\\")
    if len(parts) < FEWEST_FIELDS:
        return None
    if len(parts) == FEWEST_FIELDS:
        return parts
    fields = FEWEST_FIELDS if is_clock(parts[-1]) else MOST_FIELDS
    surplus = len(parts) - fields
    return ["\\".join(parts[: surplus + 1]), *parts[surplus + 1 :]]


def _side(text: str, field: str, problems: list[Problem]) -> Side | None:
    if text in _SIDES:
        return _SIDES[text]
    code = ProblemCode.OUT_OF_RANGE if _WHOLE.fullmatch(text) else ProblemCode.NOT_A_NUMBER
    problems.append(problem(1, field, code, "a side is 1 or 2"))
    return None


def _clock(text: str, field: str, problems: list[Problem]) -> float | None:
    """Zero is how writers say that there is none."""
    milliseconds = duration_ms(text)
    seconds = None if milliseconds is None else milliseconds / 1000
    if seconds is None:
        problems.append(problem(1, field, ProblemCode.NOT_A_NUMBER, "no clock can be read here"))
    elif field == "limit" and seconds > LONGEST_LIMIT_SECONDS:
        problems.append(problem(1, field, ProblemCode.IMPLAUSIBLE, "a limit above an hour"))
    return seconds or None


def _playtime_seconds(text: str, problems: list[Problem]) -> float | None:
    """Milliseconds above 10,000, seconds otherwise."""
    value = float(text) if _NUMBER.fullmatch(text) else None
    if value is None:
        problems.append(problem(1, "playms", ProblemCode.NOT_A_NUMBER, "no number can be read here"))
        return None
    seconds = value / 1000 if value > LARGEST_SECONDS_VALUE else value
    if not math.isfinite(value) or not 0 < seconds <= LONGEST_PLAYTIME_SECONDS:
        problems.append(problem(1, "playms", ProblemCode.OUT_OF_RANGE, "no round was played for so long"))
        return None
    return seconds


def _is_of_a_shutdown(text: str) -> bool:
    return not text or (_NUMBER.fullmatch(text) is not None and float(text) <= 0)
