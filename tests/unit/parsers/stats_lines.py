"""Stats files as the tests arrange them: a header, players' lines, a whole file."""

from shared.domain.stats_counters import StatsFields
from shared.parsers import stats_file

HEADER = "^1Polar ^7Pub\\etl_frostbite\\legacy3\\1\\1\\2\\12:00\\4:07\\246812"
THOMPSON = "32 60 200 8 3 15"
_DECIMALS = {"time_alive_percent": "85.8", "dpm": "0.0", "time_played_minutes": "4.1", "tank_meatshield": "0.0",
             "time_dead_ratio": "14.2", "time_dead_minutes": "0.6", "kd": "1.7"}  # fmt: skip


def a_header(**changes: str) -> str:
    """A header of nine fields, or of eight with `playms=None`."""
    names = ("host", "map", "config", "round", "defender", "winner", "limit", "nextlimit", "playms")
    parts = dict(zip(names, HEADER.split("\\"), strict=True)) | changes
    return "\\".join(part for part in parts.values() if part is not None)


def values(**changes: str) -> str:
    """The tabbed part: every whole number 1, unless changed."""
    return "\t".join(changes.get(name, _DECIMALS.get(name, "1")) for name in StatsFields._fields)


def a_line(*, guid="AB12CD34", name="^2Nord^7ik", team="2", weapons=THOMPSON, tail: str | None = None) -> str:
    """A player's line; `weapons` with its mask."""
    return f"{guid}\\{name}\\1\\{team}\\{weapons} \t{values() if tail is None else tail}"


def a_file(*lines: str, header: str = HEADER, end: str = "\n") -> bytes:
    """A whole file, of one player when no line is given."""
    return ("\n".join([header, *(lines or [a_line()])]) + end).encode()


def read(*lines: str, header: str = HEADER, end: str = "\n") -> stats_file.StatsFile:
    """What such a file says."""
    return stats_file.read(a_file(*lines, header=header, end=end))


def noted(told: stats_file.StatsFile) -> list[tuple[str, str]]:
    """Where something was wrong, and what."""
    return [(problem.pointer, str(problem.code)) for problem in told.problems]
