"""`python -m bench`: measures the service beside its floors, on a durable Postgres of its own, and prints a table.

The reporter is measured too; it needs no Postgres.
"""

import argparse
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.card import card
from bench.figures import Figure, document, table
from bench.files import files
from bench.ground import Ground, ground
from bench.latency import latencies
from bench.make_run import make_run
from bench.memory import memory
from bench.parsing import parsing
from bench.reading import reading
from bench.recovery import recovery
from bench.reporter import reporter
from bench.scoring import scoring
from bench.throughput import SUSTAINED, growth, sustained

ON_LAID_GROUND = {
    "throughput": sustained,
    "card": card,
    "memory": memory,
    "growth": growth,
    "files": files,
    "recovery": recovery,
}
ON_POSTGRES = ("throughput", "latency", "card", "memory", "growth", "files", "recovery")
ON_THEIR_OWN = {"reporter": reporter, "parsing": parsing, "scoring": scoring, "reading": reading}
PARTS = (*ON_THEIR_OWN, *ON_POSTGRES)
_STOPPED = 130


def main() -> int:
    """Measure what is asked for: 0; 130 when it was told to stop."""
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    figures: list[Figure] = []
    try:
        for part in (name for name in ON_THEIR_OWN if name in arguments.parts):
            figures += _timed(part, partial(ON_THEIR_OWN[part], is_quick=arguments.quick))
        if wanted := [part for part in ON_POSTGRES if part in arguments.parts]:
            with ground(is_quick=arguments.quick) as laid:
                for part in wanted:
                    figures += _timed(part, partial(_measure, part, laid, figures))
        if arguments.with_make_run:
            figures.append(make_run())
    except KeyboardInterrupt:
        return _STOPPED
    finally:  # what was measured is not lost to what could not be
        print(table(figures))
        if arguments.json:
            arguments.json.write_text(document(figures, machine()), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measures the service beside its floors.")
    parser.add_argument("--quick", action="store_true", help="a first look, in about two minutes")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="measure only these")
    parser.add_argument("--with-make-run", action="store_true", help="also time `make run` in a fresh clone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    return parser


def _timed(part: str, measure: Callable[[], list[Figure]]) -> list[Figure]:
    began = time.monotonic()
    print(f"{part} ...", end=" ", file=sys.stderr, flush=True)
    figures = measure()
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return figures


def _measure(part: str, laid: Ground, so_far: list[Figure]) -> list[Figure]:
    if part == "latency":  # a tenth of the load is known once the load is
        return latencies(laid, next((figure.value for figure in so_far if figure.name == SUSTAINED), None))
    return ON_LAID_GROUND[part](laid)


def machine() -> dict[str, str | int | None]:
    """What the figures were measured on."""
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


if __name__ == "__main__":
    sys.exit(main())
