"""`roundwire import`: files of a game server's past, taken as if it had sent them, and never posted."""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.services.files_to_import import FoundFiles, find_files
from ingest_api.services.import_files import ImportReport, Mode, import_files
from ingest_api.services.judging import Rules
from ingest_api.services.servers import active_server
from shared.domain import fingerprint
from shared.domain.figures import plural
from shared.ops.clock import utc_now
from shared.ops.errors import StartError
from shared.ops.settings import Settings

FOUND = 1
_PROGRESS_EVERY_SECONDS = 0.5
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Folders, whose they are, and how far it may go."""
    parser.add_argument("folders", metavar="DIR", type=Path, nargs="+", help="folders, or single files")
    parser.add_argument("--server", metavar="ID", required=True, help="the game server that wrote them")
    how_far = parser.add_mutually_exclusive_group()
    how_far.add_argument(
        "--dry-run",
        action="store_const",
        dest="mode",
        const=Mode.LOOK,
        help="keep nothing, say what would become of each",
    )
    how_far.add_argument(
        "--apply",
        action="store_const",
        dest="mode",
        const=Mode.CHANGE,
        help="also take files that change rounds of which the game server told itself",
    )
    parser.set_defaults(mode=Mode.ADD)
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import and report; 1 when something is to be looked at. Raises StartError, ServerNameRefused."""
    for folder in arguments.folders:
        if not folder.exists():
            raise StartError(f"There is no {folder}.")
    began = time.monotonic()
    with open_database(settings) as engine, engine.connect() as connection, only_errors_logged():
        server = active_server(connection, arguments.server)
        rules = Rules(filler_maps=settings.filler_map_names)
        found = find_files(arguments.folders, ZoneInfo(server.time_zone), utc_now())
        report, is_whole = _import(connection, server.server_id, found, arguments.mode, rules)
    seconds = time.monotonic() - began
    _tell(arguments, report, found, seconds, is_whole=is_whole)
    return 0 if is_whole and not report.has_findings else FOUND


def _import(
    connection: Connection, server_id: str, found: FoundFiles, mode: Mode, rules: Rules
) -> tuple[ImportReport, bool]:
    """The report, and whether nobody broke it off."""
    report, progress = ImportReport(), _Progress(len(found.files))
    try:
        for ending in import_files(connection, server_id, found.files, mode, rules):
            report.add(ending)
            progress.show(report.files)
    except KeyboardInterrupt:
        return report, False
    finally:
        progress.end()
    return report, True


class _Progress:
    """One line that is written over and over, when somebody looks."""

    def __init__(self, file_count: int) -> None:
        self._file_count = file_count
        self._began = self._shown_at = time.monotonic()
        self._is_watched = sys.stderr.isatty()
        self._is_shown = False

    def show(self, done: int) -> None:
        """Say how far it is, if it is time to."""
        now = time.monotonic()
        if not self._is_watched or now - self._shown_at < _PROGRESS_EVERY_SECONDS:
            return
        self._shown_at, self._is_shown = now, True
        rate = done / (now - self._began)
        left_seconds = (self._file_count - done) / rate
        print(
            f"\r{done} of {self._file_count} files, {rate:.0f}/s, {left_seconds:.0f} s left   ",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def end(self) -> None:
        """Leave the line."""
        if self._is_shown:
            print(file=sys.stderr)


def _tell(
    arguments: argparse.Namespace, report: ImportReport, found: FoundFiles, seconds: float, *, is_whole: bool
) -> None:
    rate = report.files / seconds if seconds else 0.0
    if arguments.as_json:
        print_json(
            {
                "server_id": fingerprint.server_id(arguments.server),
                "mode": arguments.mode,
                "is_whole": is_whole,
                "files": report.files,
                "files_left": len(found.files) - report.files,
                "other_files": found.other_count,
                "endings": report.endings,
                "kinds": report.kinds,
                "links": report.links,
                "rounds_founded": report.rounds_founded,
                "rounds_changed": sorted(report.rounds_changed),
                "held_back": report.held_back,
                "problems": report.problems,
                "seconds": round(seconds, 3),
                "files_per_second": round(rate, 1),
            }
        )
        return
    would = "Would import" if arguments.mode is Mode.LOOK else "Imported"
    print(f"{would} {plural(report.files, 'file')} in {seconds:.1f} s ({rate:.0f}/s): {_counts(report.endings)}.")
    print(f"New rounds: {report.rounds_founded}. Links: {_counts(report.links)}.")
    if found.other_count:
        print(f"Left alone, of no known format: {plural(found.other_count, 'file')}.")
    if report.rounds_changed:
        print(f"Changed rounds: {', '.join(map(str, sorted(report.rounds_changed)))}.")
    _list("Held back, since they change rounds of which the game server told (--apply takes them)", report.held_back)
    _list("To be looked at", report.problems)
    if not is_whole:
        print(f"Broken off with {plural(len(found.files) - report.files, 'file')} left; the same command goes on.")


def _counts(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counted.items())) or "none"


def _list(title: str, told: Mapping[str, object]) -> None:
    if not told:
        return
    print(f"{title}:")
    for path, what in list(told.items())[:_SHOWN]:
        words = ", ".join(f"round {one}" for one in what) if isinstance(what, tuple) else what
        print(plain_line(f"  {path}: {words}"))
    if len(told) > _SHOWN:
        print(f"  and {len(told) - _SHOWN} more; --json names all")
