"""`roundwire backfill endstats`: awards of files that are kept and stand in no round yet."""

import argparse
from datetime import date

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.services.backfill_endstats import Backfilled, BackfillReport, backfill_endstats
from ingest_api.services.judging import Rules
from shared.domain.figures import plural
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files, by the dates in their names, and whether it is done or only said."""
    parser.add_argument("--date", metavar="DATE", type=_date, help="only files of that date, by their names")
    parser.add_argument("--since", metavar="DATE", type=_date, default=date.min, help="only files from that date on")
    parser.add_argument("--until", metavar="DATE", type=_date, default=date.max, help="only files up to that date")
    parser.add_argument("--limit", metavar="N", type=_count, help="stop after so many files")
    parser.add_argument("--apply", action="store_true", dest="is_applied", help="import them, not only say it")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import and report; 1 when a file is left that could not be imported. Raises StartError."""
    span = (arguments.date or arguments.since, arguments.date or arguments.until)
    report, left = BackfillReport(), list[Backfilled]()
    with open_database(settings) as engine, only_errors_logged():
        rules, is_applied = Rules(filler_maps=settings.filler_map_names), bool(arguments.is_applied)
        for one in backfill_endstats(engine, span, arguments.limit, rules, utc_now(), is_applied=is_applied):
            report.add(one)
            if one.left is not None:
                left.append(one)
    if arguments.as_json:
        told = {"is_applied": arguments.is_applied, "left_files": {one.file.filename: one.left for one in left}}
        print_json({**_counted(report), **told})
    else:
        _tell(report, left, is_applied=arguments.is_applied)
    return FOUND if left else 0


def _date(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{words!r} is no date such as 2026-02-03") from error


def _count(words: str) -> int:
    if not words.isascii() or not words.isdecimal() or int(words) < 1:
        raise argparse.ArgumentTypeError(f"{words!r} is no number of files")
    return int(words)


def _counted(report: BackfillReport) -> dict[str, object]:
    return {
        "files_processed": report.files_processed,
        "awards_inserted": report.awards_inserted,
        "vs_inserted": report.vs_inserted,
        "skipped_processed": report.skipped_processed,
        "skipped_existing": report.skipped_existing,
        "left": report.left,
    }


def _tell(report: BackfillReport, left: list[Backfilled], *, is_applied: bool) -> None:
    does = "Imported" if is_applied else "Would import (--apply does it)"
    print(
        f"{does} {plural(report.files_processed, 'file')}: {report.awards_inserted} awards and {report.vs_inserted} VS "
        f"lines. Skipped: {report.skipped_processed} done already, {report.skipped_existing} of rounds that have awards."
    )
    for one in left:
        print(plain_line(f"  {one.file.filename}: {one.left}"))
