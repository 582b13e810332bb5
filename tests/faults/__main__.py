"""The long form: `python -m tests.faults --runs 100 --victim api`. One line a victim; status 1 when anything was found."""

import argparse
import secrets
import shutil
import tempfile
from pathlib import Path

from tests.faults.chaos import CHAOS, chaos
from tests.faults.deliveries import DELIVERIES, torment
from tests.faults.rampage import rampage
from tests.faults.restarts import RESTARTS, restart_again_and_again
from tests.faults.stack import VICTIMS

EVERY_VICTIM = (*VICTIMS, DELIVERIES, RESTARTS, CHAOS)
_LINES_SHOWN = 20


def main() -> int:
    """Kill, look, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=10, metavar="N", help="kills of each victim, restarts, or rounds told"
    )
    parser.add_argument("--victim", choices=(*EVERY_VICTIM, "all"), default="all")
    parser.add_argument("--seed", type=int, help="of the moments at which it is killed; printed when left out")
    parser.add_argument("--in-haste", action="store_true", help="end leases and delays by hand, as the tests do")
    given = parser.parse_args()
    seed = secrets.randbelow(1 << 32) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)  # noqa: T201
    is_clean = True
    for victim in EVERY_VICTIM if given.victim == "all" else (given.victim,):
        logs = Path(tempfile.mkdtemp(prefix="roundwire-faults-"))
        if victim == DELIVERIES:
            report = torment(given.runs, seed, logs)
        elif victim == CHAOS:
            report, struck = chaos(given.runs, seed, logs, in_haste=given.in_haste)
            print("\n".join(f"{times:6} {name}" for name, times in sorted(struck.items())), flush=True)  # noqa: T201
        elif victim == RESTARTS:
            report = restart_again_and_again(given.runs)
        else:
            report = rampage(victim, given.runs, seed, logs, in_haste=given.in_haste)
        found = report.findings.all()
        print("\n".join([report.line, *found[:_LINES_SHOWN]]), flush=True)  # noqa: T201
        if found:
            print(f"{len(found)} findings; the processes' logs are in {logs}", flush=True)  # noqa: T201
        else:
            shutil.rmtree(logs)
        is_clean = is_clean and not found
    return 0 if is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
