"""Runs a process of the service by a clock that can be set while it runs: `python -m tests.faults.stepped_clock FILE MODULE`.

FILE holds the seconds by which the clock is wrong.
"""

import runpy
import sys
from datetime import datetime, timedelta
from pathlib import Path

from shared.ops import clock


def set_clock(file: Path, wrong_by_seconds: float) -> None:
    """From now on the processes that look at this file are wrong by so much."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_text(str(wrong_by_seconds))
    fresh.replace(file)


def main() -> None:
    """Put the clock in place before anybody has looked at it, and run the module."""
    file, right = Path(sys.argv[1]), clock.utc_now

    def stepped() -> datetime:
        return right() + timedelta(seconds=float(file.read_text()))

    clock.utc_now = stepped
    runpy.run_module(sys.argv[2], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
