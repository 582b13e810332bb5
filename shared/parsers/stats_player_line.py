"""One line of a stats file: who a player was, his weapons, his values."""

import functools

from shared.domain.stats_counters import StatsPlayer
from shared.domain.text import clean_name
from shared.domain.vocabulary import Side
from shared.parsers.file_problem import HARMLESS, ProblemCode, problem
from shared.parsers.problem import Problem
from shared.parsers.stats_values import all_values, readable_values
from shared.parsers.stats_weapons import all_weapons, readable_weapons

PARTS = 5
LONGEST_NAME = 35
LONGEST_GUID = 8
_player = functools.partial(tuple.__new__, StatsPlayer)
_SIDES = {"1": Side.AXIS, "2": Side.ALLIES, "3": Side.SPECTATOR}


def read(text: str, line: int, problems: list[Problem], *, is_cut: bool) -> StatsPlayer | None:
    """The player of a line, its faults added to `problems`; None when the line is no player's.

    His `key` is his GUID's prefix: who else is in the file is not known here. `is_cut`: the file ends with this line, and
    without a line end.
    """
    parts = text.split("\\")
    if len(parts) != PARTS:
        problems.append(problem(line, "", ProblemCode.UNREADABLE_LINE, "a player's line has five parts"))
        return None
    guid, name, _, team, counters = (
        parts  # between name and team the engine's count of rounds, which nobody can rely on
    )
    numbers, tab, tail = counters.partition("\t")  # a name may hold tabs, so the line is not split at them
    known = len(problems)
    weapons = None if is_cut else all_weapons(numbers)
    if weapons is None and (weapons := readable_weapons(numbers, line, problems, is_cut=is_cut and not tab)) is None:
        problems[known:] = [problem(line, "", ProblemCode.UNREADABLE_LINE, "no weapon can be read here")]
        return None
    values = None if is_cut else all_values(tail)
    if values is None:
        values = readable_values(tail if tab else None, line, problems, is_cut=is_cut)
    if team not in _SIDES:
        problems.append(problem(line, "team", ProblemCode.OUT_OF_RANGE, "a player is Axis, Allies or spectator"))
    if len(name) > LONGEST_NAME or len(guid) > LONGEST_GUID:
        problems.append(problem(line, "name", ProblemCode.IMPLAUSIBLE, "longer than the game makes it"))
    is_partial = len(problems) > known and any(found.code not in HARMLESS for found in problems[known:])
    guid8 = guid[:LONGEST_GUID].upper()
    side = _SIDES.get(team)
    return _player((guid8, guid8, name, clean_name(name), side, *weapons, values, is_partial))
