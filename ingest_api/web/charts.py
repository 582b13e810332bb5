"""Lines and bars as numbers for SVG: where each point stands. Pure. A gap stays a gap."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`runs`: points of each unbroken line as SVG takes them; `dots`: those that stand alone; `peak`: the highest of all."""

    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    peak: tuple[float, float] | None


def sparkline(values: Sequence[float | None], width: float, height: float, highest: float | None = None) -> Sparkline:
    """A line over values of equal distance, from 0 at the bottom to `highest`, else to the greatest of them."""
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline((), (), None)
    top = max(highest or 0, *known) or 1
    step = width / max(1, len(values) - 1)
    points = [
        None if value is None else (round(place * step, 1), round(height - value / top * height, 1))
        for place, value in enumerate(values)
    ]
    runs = _runs(points)
    peak = points[values.index(max(known))]
    return Sparkline(
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        tuple(run[0] for run in runs if len(run) == 1),
        peak,
    )


def length(value: float | None, highest: float | None, width: float) -> float:
    """How long the bar of a value is when the highest one fills the width."""
    return round(max(0.0, value) / highest * width, 1) if value and highest else 0.0


def highest(values: Sequence[float | None]) -> float | None:
    """The greatest of those that are known; None of nothing."""
    return max((value for value in values if value is not None), default=None)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
