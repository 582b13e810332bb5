"""The database made ready for this version, in processes of their own: before the service starts, or, when the operators'
own database does not answer, as soon as it does.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from shared.ops.child_process import run_child
from shared.ops.errors import StartError
from shared.ops.supervised import Program

PREPARE = "prepare"
_COMMAND = [sys.executable, "-m", "ingest_api.cli.prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of it. `has_rounds`: None when nobody answered, for the reason in `away_because`, a sentence."""

    has_rounds: bool | None
    away_because: str | None = None


def prepare(environment: Mapping[str, str]) -> Prepared:
    """Migrate and get the demo ready. Raises StartError when the database cannot be used as it is."""
    result = run_child(_COMMAND, env=environment)
    *before, last = result.stdout.splitlines() or [""]
    if result.returncode == 0:
        return Prepared(bool(json.loads(last)["has_rounds"]))
    sentence = last.removeprefix("roundwire: ") or "The database could not be prepared."
    if result.returncode == os.EX_TEMPFAIL:
        return Prepared(None, sentence)
    if result.returncode != os.EX_CONFIG:
        print("\n".join(before), file=sys.stderr)
    raise StartError(sentence)


def preparing_later(environment: Mapping[str, str]) -> Program:
    """What prepares it once it answers, and ends then."""
    return Program(PREPARE, [*_COMMAND, "--wait"], environment, once=True)
