"""What was measured, beside its floor and its target: as a table for people, as JSON for machines."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_HEADINGS = ("figure", "value", "floor", "ratio", "target", "")


class Of(StrEnum):
    """What a target is about."""

    VALUE = "value"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Target:
    """What must be reached: at least `bound`, or less than it."""

    bound: float
    of: Of = Of.VALUE
    at_least: bool = False

    def is_met(self, figure: "Figure") -> bool:
        """Does the figure reach it? A ratio needs a floor."""
        measured = figure.value if self.of is Of.VALUE else figure.ratio
        if measured is None:
            raise ValueError(f"{figure.name} has a target for its ratio and no floor")
        return measured >= self.bound if self.at_least else measured < self.bound

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "<"
        return f"{sign} {self.bound:g}" + (" of floor" if self.of is Of.RATIO else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `floor`: what the same costs or yields with nothing of ours in the way, in the same unit."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    target: Target | None = None
    note: str | None = None

    @property
    def ratio(self) -> float | None:
        """The value as a multiple of its floor."""
        return None if self.floor is None else self.value / self.floor

    @property
    def is_met(self) -> bool | None:
        """None without a target."""
        return None if self.target is None else self.target.is_met(self)

    def as_json(self) -> dict[str, Any]:
        """Everything known about it."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "floor": self.floor,
            "ratio": self.ratio,
            "target": None if self.target is None else str(self.target),
            "met": self.is_met,
            "note": self.note,
        }


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of the values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1]


def median(values: Sequence[float]) -> float:
    """The middle one; of an even number, the mean of the two."""
    return float(statistics.median(values))


def table(figures: Sequence[Figure]) -> str:
    """The figures, one a line, notes below."""
    lines = [_HEADINGS, *(_cells(figure) for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    text = [
        "  ".join(cell.ljust(width) if column in (0, 4, 5) else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    ]  # fmt: skip
    notes = [f"{figure.name}: {figure.note}" for figure in figures if figure.note]
    return "\n".join([text[0], "-" * max(map(len, text)), *text[1:], *([""] if notes else []), *notes])


def document(figures: Sequence[Figure], machine: dict[str, Any]) -> str:
    """The figures as a JSON document that also says which machine they belong to."""
    content = {"machine": machine, "figures": [figure.as_json() for figure in figures]}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _cells(figure: Figure) -> tuple[str, ...]:
    floor = "" if figure.floor is None else _number(figure.floor)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    target = "" if figure.target is None else str(figure.target)
    verdict = {None: "", True: "met", False: "not met"}[figure.is_met]
    return figure.name, f"{_number(figure.value)} {figure.unit}", floor, ratio, target, verdict


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
