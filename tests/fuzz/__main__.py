"""The long form: `python -m tests.fuzz --requests 100000`. One line of figures; status 1 when anything was found."""

import argparse
import secrets
import tempfile
from pathlib import Path

from tests.fuzz.siege import besiege

_LINES_SHOWN = 20
_REQUESTS_PER_EXAMPLE = 2_000


def main() -> int:
    """Send, look, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000, metavar="N", help="how many are sent")
    parser.add_argument("--seed", type=int, help="of all requests; printed when left out")
    given = parser.parse_args()
    seed = secrets.randbelow(1 << 32) if given.seed is None else given.seed
    logs = Path(tempfile.mkdtemp(prefix="roundwire-fuzz-"))
    _tell(f"seed {seed}; the processes' logs are in {logs}")
    examples = max(1, given.requests // _REQUESTS_PER_EXAMPLE)
    siege = besiege(given.requests, seed, logs, published_examples=examples, tell=_tell)
    _tell("\n".join([siege.line, *siege.findings[:_LINES_SHOWN]]))
    return 1 if siege.findings else 0


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
