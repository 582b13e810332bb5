"""What a file's name says of it: which format, which map and round, and the stamp of its writing. Never raises.

Names come from senders and from chat messages, so a name is taken only when it can be nothing but a plain name.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain import fingerprint
from shared.domain.vocabulary import Kind

LONGEST_NAME = 255
FIRST_YEAR, LAST_YEAR = 2020, 2035

_NOT_IN_A_NAME = re.compile(r"[/\\\x00-\x1f\x7f]|\.\.")
_STAMPED = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})-([0-9]{2})([0-9]{2})([0-9]{2})"
    r"-(.+)-round-(-?[^\W_]+)(-endstats\.txt|-timing\.txt|_engagements\.txt|\.txt)"
)
_KIND_OF_SUFFIX = {
    ".txt": Kind.STATS_FILE,
    "-endstats.txt": Kind.ENDSTATS_FILE,
    "-timing.txt": Kind.GAMETIME_FILE,
    "_engagements.txt": Kind.PROXIMITY_FILE,
}
_GAMETIME = re.compile(r"gametime-(.+)-R(-?[^\W_]+)-([0-9]{1,12})\.json")
_DEMO_ANALYSIS = re.compile(r"(.+[-_.])?analysis\.json")
_MAP = re.compile(r"[A-Za-z0-9_.+-]{1,50}")
_ROUND = re.compile(r"[0-9]{1,2}")
_EARLIEST_UNIX, _LATEST_UNIX = 1_577_836_800, 2_082_758_399  # the years above


class NameProblem(StrEnum):
    """Why a name is not taken."""

    TOO_LONG = "too_long"
    NOT_A_PLAIN_NAME = "not_a_plain_name"
    UNKNOWN_FORMAT = "unknown_format"
    BAD_STAMP = "bad_stamp"
    BAD_MAP = "bad_map"
    BAD_ROUND_NUMBER = "bad_round_number"


@dataclass(frozen=True, slots=True)
class FileName:
    """What a name says. With a `problem` only `kind` counts: the format whose shape the name has, else `unknown_file`.

    `map_name`: as written; of a gametime JSON with its odd characters replaced, so its content's map is the true one.
    `round_date`, `round_time`: the writer's local time, `YYYY-MM-DD` and `HHMMSS`.
    `round_end_unix`: only of a gametime JSON. A demo analysis names neither map, round nor time.
    """

    name: str
    kind: Kind
    map_name: str | None = None
    round_number: int | None = None
    round_date: str | None = None
    round_time: str | None = None
    round_end_unix: int | None = None
    problem: NameProblem | None = None


def last_part(path: str) -> str:
    """What follows the last separator. Old writers put their folder into the name itself, with a backslash."""
    return re.split(r"[/\\]", path)[-1]


def read(name: str) -> FileName:
    """Read one plain file name; a path is none."""
    if len(name) > LONGEST_NAME:
        return FileName(name, Kind.UNKNOWN_FILE, problem=NameProblem.TOO_LONG)
    if not name or _NOT_IN_A_NAME.search(name):
        return FileName(name, Kind.UNKNOWN_FILE, problem=NameProblem.NOT_A_PLAIN_NAME)
    if stamped := _STAMPED.fullmatch(name):
        return _stamped(name, stamped)
    if gametime := _GAMETIME.fullmatch(name):
        return _gametime(name, gametime)
    if _DEMO_ANALYSIS.fullmatch(name):
        return FileName(name, Kind.DEMO_ANALYSIS)
    return FileName(name, Kind.UNKNOWN_FILE, problem=NameProblem.UNKNOWN_FORMAT)


def _stamped(name: str, found: re.Match[str]) -> FileName:
    *stamp, map_name, number, suffix = found.groups()
    kind = _KIND_OF_SUFFIX[suffix]
    if not _is_instant(*map(int, stamp)):
        return FileName(name, kind, problem=NameProblem.BAD_STAMP)
    if problem := _problem(map_name, number):
        return FileName(name, kind, problem=problem)
    return FileName(
        name,
        kind,
        map_name=map_name,
        round_number=fingerprint.round_number(int(number)),
        round_date="-".join(stamp[:3]),
        round_time="".join(stamp[3:]),
    )


def _gametime(name: str, found: re.Match[str]) -> FileName:
    map_name, number, end = found.groups()
    if problem := _problem(map_name, number):
        return FileName(name, Kind.GAMETIME_FILE, problem=problem)
    end_unix = int(end)
    return FileName(
        name,
        Kind.GAMETIME_FILE,
        map_name=map_name,
        round_number=fingerprint.round_number(int(number)),
        round_end_unix=end_unix if _EARLIEST_UNIX <= end_unix <= _LATEST_UNIX else None,
    )


def _is_instant(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bool:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return False
    try:
        datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the name does not say which zone
    except ValueError:
        return False
    return True


def _problem(map_name: str, number: str) -> NameProblem | None:
    if not _MAP.fullmatch(map_name):
        return NameProblem.BAD_MAP
    if not _ROUND.fullmatch(number) or fingerprint.round_number(int(number)) is None:
        return NameProblem.BAD_ROUND_NUMBER
    return None
