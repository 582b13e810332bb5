"""The command `roundwire`: finds the module of a command, gives it the settings, turns refusals into one sentence.

A command `name` is the module `ingest_api.cli.name`, unless that is no name in Python, with `add_arguments(parser)` and
`run(arguments, settings) -> int`; only the chosen one is imported, so that the supervisor stays small. Exit status: 0 done,
1 something was found, 2 it failed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from shared.domain.errors import RoundwireError
from shared.ops.errors import StartError
from shared.ops.settings import read_settings

FAILED = 2
_MODULE_OF = {"import": "import_files", "restart-api": "restart_api"}
COMMANDS = {
    "run": "start Postgres, API, worker and presenter, and say where to look",
    "restart-api": "put a new process of the API in the place of the running one; nobody is refused",
    "play": "stream a whole evening of rounds into the running service",
    "migrate": "bring the database's schema forward or back",
    "backup": "write the database and the spool into one file, while the service works",
    "restore": "put a backup in the place of the database and the spool",
    "server": "register game servers, give them tokens, see whether they report",
    "quarantine": "see what could not be understood, look at it, read it again",
    "publications": "see what is to be said on Discord, try it again or drop it",
    "import": "take the files of a game server's past; nothing is posted for them",
    "relink": "try again what has no round, or say by hand which round it belongs to",
    "backfill": "bring what is stored up to what has arrived: awards of endstats files",
    "replay": "wipe and rebuild judgement from what arrived",
    "why": "tell where a round came from, what was believed of it and what is missing",
    "audit": "check what is stored against the rules: which rounds lack their other half?",
    "session": "evenings and their scores, how each was reached, what their teams are called",
    "timing": "times as their sources tell them, and whether Lua's may stand alone",
    "demo": "remove the rounds of the demo",
    "health": "one line on how the running service is",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="roundwire", description="Every stopwatch round, from game server to Discord."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if words[:1] == [name]:
            _module(name).add_arguments(command)
    arguments = parser.parse_args(words)
    try:
        status: int = _module(arguments.command).run(arguments, read_settings())
        sys.stdout.flush()  # here, where a reader that has left is no error, and not at the very end
    except StartError as error:
        print(f"roundwire: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # whoever read us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except RoundwireError as error:
        print(f"roundwire: {error}.", file=sys.stderr)
        return FAILED
    return status


def _module(command: str) -> ModuleType:
    return import_module(f"ingest_api.cli.{_MODULE_OF.get(command, command)}")


if __name__ == "__main__":
    sys.exit(main())
