"""The weapon part of a player's line: a mask, then five counters for every bit set in it.

`all_weapons` is the quick way, for text that is what it should be; `readable_weapons` looks at every number.
"""

import functools
import re
from typing import NamedTuple

from shared.domain.stats_counters import StatsWeapon
from shared.parsers.file_problem import ProblemCode, problem
from shared.parsers.plain_numbers import plain_numbers
from shared.parsers.problem import Problem

GROUP = 5
FEWEST_TOKENS = 1 + GROUP
LARGEST_MASK = 2**32 - 1
LARGEST_COUNT = 2**31 - 1
MOST_PLAUSIBLE = 10_000
FIELD = "weapons"

_COUNT = re.compile(r"[0-9]{1,10}")
_weapon = functools.partial(tuple.__new__, StatsWeapon)  # a third of the cost of calling the class


class Weapons(NamedTuple):
    """The weapons of a line and their sums; the sums are None when a promised weapon could not be read."""

    mask: int
    weapons: tuple[StatsWeapon, ...]
    hits: int | None
    shots: int | None
    kills: int | None
    deaths: int | None
    headshots: int | None


_weapons = functools.partial(tuple.__new__, Weapons)


@functools.lru_cache(maxsize=4096)
def indices(mask: int) -> tuple[int, ...]:
    """The weapons of a mask, ascending. A mask of more than 32 bits has none."""
    return tuple(bit for bit in range(32) if mask >> bit & 1) if 0 <= mask <= LARGEST_MASK else ()


def all_weapons(text: str) -> Weapons | None:
    """Every promised weapon; None when anything in the text needs a closer look."""
    numbers = plain_numbers(text.removesuffix(" "), " ")
    if not numbers or "." in text:
        return None
    mask, *counts = numbers
    promised = indices(mask)
    if not counts or len(counts) != GROUP * len(promised):
        return None
    hits, shots, kills, deaths, headshots = (
        counts[0::GROUP], counts[1::GROUP], counts[2::GROUP], counts[3::GROUP], counts[4::GROUP]
    )  # fmt: skip
    weapons = tuple(map(_weapon, zip(promised, hits, shots, kills, deaths, headshots, strict=True)))
    totals = sum(hits), sum(shots), sum(kills), sum(deaths), sum(headshots)
    return _weapons((mask, weapons, *totals)) if max(totals) <= MOST_PLAUSIBLE else None


def readable_weapons(text: str, line: int, problems: list[Problem], *, is_cut: bool) -> Weapons | None:
    """What can be read, with a note on everything that cannot; None when nothing can, so that the line is no player's.

    `is_cut`: the file ends in this text, so its last number may be only the beginning of one.
    """
    tokens = text.split(" ")
    if tokens[-1] == "":
        tokens.pop()
    elif is_cut:
        problems.append(problem(line, FIELD, ProblemCode.CUT_VALUE, "the last number may be cut"))
        tokens.pop()
    mask = int(tokens[0]) if tokens and _COUNT.fullmatch(tokens[0]) else -1
    if not 0 <= mask <= LARGEST_MASK or (mask and len(tokens) < FEWEST_TOKENS):
        return None
    promised = indices(mask)
    weapons = []
    for place, index in enumerate(promised):
        group = tokens[1 + GROUP * place : 1 + GROUP * (place + 1)]
        if weapon := _read_weapon(index, group, line, problems):
            weapons.append(weapon)
    if len(tokens) > 1 + GROUP * len(promised):
        problems.append(problem(line, FIELD, ProblemCode.SURPLUS_NUMBERS, "more numbers than the mask promises"))
    is_complete = len(tokens) == 1 + GROUP * len(promised) == 1 + GROUP * len(weapons)
    sums = [sum(weapon[place] for weapon in weapons) for place in range(1, 1 + GROUP)]
    if max(sums) > LARGEST_COUNT:
        problems.append(problem(line, FIELD, ProblemCode.OUT_OF_RANGE, "nobody's weapons count so much together"))
        is_complete = False
    return _weapons((mask, tuple(weapons), *(sums if is_complete else [None] * GROUP)))


def _read_weapon(index: int, group: list[str], line: int, problems: list[Problem]) -> StatsWeapon | None:
    field = f"weapon_{index}"
    if len(group) < GROUP:
        problems.append(problem(line, field, ProblemCode.MISSING_VALUES, "fewer numbers than the mask promises"))
        return None
    if not all(map(_COUNT.fullmatch, group)):
        problems.append(problem(line, field, ProblemCode.NOT_A_NUMBER, "a counter is a whole number, not below 0"))
        return None
    counts = list(map(int, group))
    if max(counts) > LARGEST_COUNT:
        problems.append(problem(line, field, ProblemCode.OUT_OF_RANGE, "no counter becomes so large"))
        return None
    if max(counts) > MOST_PLAUSIBLE:
        problems.append(problem(line, field, ProblemCode.IMPLAUSIBLE, f"a counter above {MOST_PLAUSIBLE}"))
    return StatsWeapon(index, *counts)
