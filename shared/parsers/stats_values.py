"""The tabbed part of a player's line: 38 values by their place, each readable or not on its own.

`all_values` is the quick way, for text that is what it should be; `readable_values` looks at every value.
"""

import functools
import re
from operator import itemgetter

from shared.domain.stats_counters import StatsFields
from shared.parsers.file_problem import ProblemCode, problem
from shared.parsers.plain_numbers import plain_numbers
from shared.parsers.problem import Problem
from shared.parsers.stats_weapons import LARGEST_COUNT

LARGEST_DECIMAL = 10_000_000
VALUES = len(StatsFields._fields)
VALUES_OF_OLD_WRITERS = VALUES - 2  # they knew neither repairs nor revives given

_DECIMALS = frozenset({"time_alive_percent", "dpm", "time_played_minutes", "tank_meatshield", "time_dead_ratio",
                       "time_dead_minutes", "kd"})  # fmt: skip
_MAY_BE_NEGATIVE = frozenset({"xp"})
_MOST_PLAUSIBLE_COUNT, _FULL_PERCENT = 10_000, 100
_MOST_PLAUSIBLE = {
    "damage_given": 60_000,
    "damage_received": 60_000,
    "team_damage_given": 60_000,
    "team_damage_received": 60_000,
    "time_alive_percent": _FULL_PERCENT,
    "time_dead_ratio": _FULL_PERCENT,
}
_UPPER = tuple(_MOST_PLAUSIBLE.get(name, _MOST_PLAUSIBLE_COUNT) for name in StatsFields._fields)
_percentages = itemgetter(*map(StatsFields._fields.index, ("time_alive_percent", "time_dead_ratio")))
_make = functools.partial(tuple.__new__, StatsFields)
_WHOLE = re.compile(r"-?[0-9]{1,10}")
_DECIMAL = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,10})?")
_ALL_TYPES = tuple(float if name in _DECIMALS else int for name in StatsFields._fields)
_TYPES = (_ALL_TYPES, _ALL_TYPES[:VALUES_OF_OLD_WRITERS])
_UNKNOWN_TO_OLD_WRITERS = (None,) * (VALUES - VALUES_OF_OLD_WRITERS)


def all_values(text: str) -> StatsFields | None:
    """Every value; None when anything in the text needs a closer look."""
    values = plain_numbers(text, "\t")
    if values is None or tuple(map(type, values)) not in _TYPES:
        return None
    if max(values) > _MOST_PLAUSIBLE_COUNT or max(_percentages(values)) > _FULL_PERCENT:
        return None
    return _make(values) if len(values) == VALUES else _make([*values, *_UNKNOWN_TO_OLD_WRITERS])


def readable_values(text: str | None, line: int, problems: list[Problem], *, is_cut: bool) -> StatsFields:
    """What can be read, with a note on everything that cannot. `text` None: the line has no such part.

    `is_cut`: the file ends in this text; of a short line the last value may then be only the beginning of one.
    """
    cells = [] if text is None else text.split("\t")[:VALUES]
    if is_cut and 0 < len(cells) < VALUES:
        field = StatsFields._fields[len(cells) - 1]
        problems.append(problem(line, field, ProblemCode.CUT_VALUE, "the last value may be cut"))
        cells.pop()
    if len(cells) not in (VALUES, VALUES_OF_OLD_WRITERS) or (is_cut and len(cells) != VALUES):
        field = StatsFields._fields[len(cells)]
        problems.append(problem(line, field, ProblemCode.MISSING_VALUES, "the values end before this one"))
    return StatsFields._make(
        [_value(place, cell, line, problems) for place, cell in enumerate(cells)] + [None] * (VALUES - len(cells))
    )


def _value(place: int, cell: str, line: int, problems: list[Problem]) -> int | float | None:
    name = StatsFields._fields[place]
    is_decimal = name in _DECIMALS
    if not (_DECIMAL if is_decimal else _WHOLE).fullmatch(cell):
        problems.append(problem(line, name, ProblemCode.NOT_A_NUMBER, "no number can be read here"))
        return None
    value = float(cell) if is_decimal else int(cell)
    if abs(value) > (LARGEST_DECIMAL if is_decimal else LARGEST_COUNT) or (value < 0 and name not in _MAY_BE_NEGATIVE):
        problems.append(problem(line, name, ProblemCode.OUT_OF_RANGE, "no such value can be counted"))
        return None
    if value > _UPPER[place]:
        problems.append(problem(line, name, ProblemCode.IMPLAUSIBLE, f"above {_UPPER[place]}"))
    return value
