"""Stats files read, and second rounds taken apart from first ones: on one core, in processor time, beside their floors.

The floor of reading is to split the lines and convert the numbers; that of the difference, to subtract them.
"""

import operator
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.figures import Figure, Of, Target, median
from bench.stats_files import match
from shared.domain.stats_difference import difference
from shared.parsers import stats_file

PLAYERS = (6, 12, 24)
USUAL = 12
MATCHES = 40
TURNS, QUICK_TURNS = 30, 10
_UNIT = "files/s"
_READ_TARGET = Target(0.5, Of.RATIO, at_least=True)
_DIFFERENCE_TARGET = Target(5_000, at_least=True)
_NOTE = "9 weapons a player, one core, processor time, in turns with the floor, medians"


@dataclass(frozen=True, slots=True)
class Rates:
    """How many a second, of ours and of the floor."""

    ours: float
    floor: float


def parsing(*, is_quick: bool) -> list[Figure]:
    """Reading for lobbies of three sizes, and the difference for the usual one."""
    turns = QUICK_TURNS if is_quick else TURNS
    figures = []
    for players in PLAYERS:
        files = [match(number, players)[0] for number in range(MATCHES)]
        rates = in_turns(stats_file.read, split_and_convert, files, turns)
        is_usual = players == USUAL
        figures.append(
            Figure(f"read a stats file, {players} players", rates.ours, _UNIT, rates.floor,
                   _READ_TARGET if is_usual else None, _NOTE if is_usual else None)
        )  # fmt: skip
    return [*figures, *_differences(turns)]


def _differences(turns: int) -> list[Figure]:
    matches = [match(number, USUAL) for number in range(MATCHES)]
    read = [(stats_file.read(second).players, stats_file.read(first).players) for first, second in matches]
    flat = {id(pair): [list(map(_numbers, players)) for players in pair] for pair in read}
    apart = in_turns(lambda pair: difference(*pair), lambda pair: _subtract(*flat[id(pair)]), read, turns)
    whole = in_turns(_read_and_subtract, lambda pair: list(map(split_and_convert, pair)), matches, turns)
    return [
        Figure("R2 less R1, read already", apart.ours, "R2/s", apart.floor, _DIFFERENCE_TARGET),
        Figure("R1 and R2 read, and R2 less R1", whole.ours, "matches/s", whole.floor),
    ]


def in_turns(ours: Callable[[Any], object], floor: Callable[[Any], object], jobs: Sequence[Any], turns: int) -> Rates:
    """Both do all jobs in turns, so that a machine whose speed swings swings for both."""
    seconds: tuple[list[float], list[float]] = [], []
    for _ in range(turns):
        for work, taken in zip((ours, floor), seconds, strict=True):
            began = time.process_time()
            for job in jobs:
                work(job)
            taken.append(time.process_time() - began)
    return Rates(len(jobs) / median(seconds[0]), len(jobs) / median(seconds[1]))


def split_and_convert(body: bytes) -> int:
    """What nobody can read a stats file without; how many numbers were in it."""
    count = 0
    for line in body.decode().split("\n")[1:-1]:
        weapons, *values = line.split("\\")[4].split("\t")
        count += len(list(map(int, weapons.split())))
        count += len([float(value) if "." in value else int(value) for value in values])
    return count


def _read_and_subtract(pair: tuple[bytes, bytes]) -> object:
    first, second = map(stats_file.read, pair)
    return difference(second.players, first.players)


def _numbers(player: Any) -> list[float]:
    return [count for weapon in player.weapons for count in weapon] + list(player.fields)


def _subtract(second: list[list[float]], first: list[list[float]]) -> object:
    return [list(map(operator.sub, after, before)) for after, before in zip(second, first, strict=True)]
