"""The command `roundwire-ship`: settings, locks, and one of its four ways of working.

Exit status: 0 all is well, 1 something is left or was refused, 2 wrong settings or usage, 75 another one is at work.
"""

import argparse
import contextlib
import re
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from game_server.shipper.checkpoint import Checkpoint
from game_server.shipper.clock import unix_now
from game_server.shipper.console import Console
from game_server.shipper.door import Door
from game_server.shipper.errors import FolderTaken, SettingsProblems, ShipperError
from game_server.shipper.folders import Folder
from game_server.shipper.inspection import is_at_work, read_entries, read_wait, retry_refused
from game_server.shipper.report import as_json, as_text, make_report, plan_lines
from game_server.shipper.settings import FILE_NAME, Settings, read_settings, read_token
from game_server.shipper.shipping import Shipping
from game_server.shipper.stopping import Stopping
from game_server.shipper.survey import look_through
from game_server.shipper.verdict import is_due

OK, FINDINGS, FAILED, TAKEN_BY_ANOTHER = 0, 1, 2, 75
_AGO = re.compile(r"([0-9]{1,5})([hd])")
_SECONDS = {"h": 3600, "d": 86400}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        settings = read_settings(arguments.settings)
        return int(_COMMANDS[arguments.command](settings, arguments))
    except SettingsProblems as problems:
        sys.stderr.writelines(f"roundwire-ship: {line}\n" for line in problems.lines)
        return FAILED
    except sqlite3.Error as error:
        sys.stderr.write(f"roundwire-ship: the checkpoint cannot be written: {error}.\n")
        return FAILED
    except ShipperError as error:
        sys.stderr.write(f"roundwire-ship: {error}.\n")
        return TAKEN_BY_ANOTHER if isinstance(error, FolderTaken) else FAILED


def _run(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.dry_run:
        return _plan(settings, arguments)
    read_token(settings.token_file)
    console, stopping = Console(sys.stderr), Stopping()
    folders = [Folder(path, is_exclusive=True) for path in settings.folders]
    with Checkpoint(settings.state_dir) as checkpoint, Door(settings.url, settings.token_file) as door:
        for folder in folders:
            folder.hold()
        stopping.heed_signals()
        if checkpoint.put_aside:
            console.event(
                "checkpoint_damaged", put_aside=checkpoint.put_aside, consequence="everything is sent once more"
            )
        shipping = Shipping(settings, folders, checkpoint, door, console, stopping, arguments.since)
        if arguments.once:
            return OK if shipping.run_once() else FINDINGS
        console.event("started", url=settings.url, folders=", ".join(map(str, settings.folders)))
        shipping.run()
        console.event("stopped")
    return OK


def _plan(settings: Settings, arguments: argparse.Namespace) -> int:
    folders = [Folder(path, is_exclusive=False) for path in settings.folders]
    seen = look_through(folders, read_entries(settings.state_dir), settings, arguments.since, unix_now())
    _say("\n".join(plan_lines(seen)))
    return FINDINGS if any(folder.absence for folder in folders) else OK


def _status(settings: Settings, arguments: argparse.Namespace) -> int:
    folders = [Folder(path, is_exclusive=False) for path in settings.folders]
    entries = read_entries(settings.state_dir)
    now_unix = unix_now()
    seen = look_through(folders, entries, settings, arguments.since, now_unix)
    wait = read_wait(settings.state_dir)
    if wait is not None and is_due(wait, now_unix):
        wait = None
    report = make_report(seen, list(entries.values()), folders, wait, is_at_work=is_at_work(settings.state_dir))
    _say(as_json(report) if arguments.as_json else as_text(report))
    return OK if report.is_well else FINDINGS


def _retry(settings: Settings, _arguments: argparse.Namespace) -> int:
    _say(f"{retry_refused(settings.state_dir)} refused files will be sent again")
    return OK


_COMMANDS = {"run": _run, "status": _status, "retry": _retry}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roundwire-ship", description="Ships a game server's round files to a Roundwire service, each once."
    )
    parser.add_argument(
        "command", nargs="?", choices=sorted(_COMMANDS), default="run",
        help="run: ship (the default); status: what was shipped, what waits; retry: send again what was refused",
    )  # fmt: skip
    parser.add_argument("--settings", type=Path, default=Path(FILE_NAME), metavar="FILE", help=f"default: {FILE_NAME}")
    parser.add_argument("--since", type=_since, metavar="WHEN", help="only files changed since 2026-11-21, 48h or 7d")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="ship what is there, then end")
    how.add_argument("--dry-run", action="store_true", help="only tell what would be sent")
    parser.add_argument("--json", action="store_true", dest="as_json", help="status as one JSON document")
    return parser


def _since(text: str) -> float:
    """A moment as unix seconds: a date or time (UTC unless it says its zone), or so many hours or days ago."""
    if ago := _AGO.fullmatch(text):
        return unix_now() - int(ago[1]) * _SECONDS[ago[2]]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a date, a time, or an age like 48h or 7d, got {text!r}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _say(text: str) -> None:
    """To stdout; a reader that has seen enough is no error."""
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)
