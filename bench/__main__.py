"""`python -m bench`: measures the service beside its floors, on a durable Postgres of its own, and prints a table."""

import argparse
import os
import platform
import signal
import sys
from pathlib import Path

from bench.figures import Figure, document, table
from bench.ground import ground
from bench.latency import latencies
from bench.throughput import sustained

PARTS = ("throughput", "latency")


def main() -> int:
    """Measure what is asked for: 0."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures the service beside its floors.")
    parser.add_argument("--quick", action="store_true", help="a first look in under two minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="measure only these")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    figures: list[Figure] = []
    with ground(is_quick=arguments.quick) as laid:
        rate = None
        if "throughput" in arguments.parts:
            figures.append(sustained(laid))
            rate = figures[-1].value
        if "latency" in arguments.parts:
            figures += latencies(laid, rate)
    print(table(figures))
    if arguments.json:
        arguments.json.write_text(document(figures, machine()), encoding="utf-8")
    return 0


def machine() -> dict[str, str | int | None]:
    """What the figures were measured on."""
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


if __name__ == "__main__":
    sys.exit(main())
