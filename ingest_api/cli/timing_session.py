"""`roundwire timing session`: every round of a gaming session with its times, as a table or as CSV."""

import argparse
from pathlib import Path

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json
from ingest_api.cli.timing_round import NoSuchTimes, show
from shared.db.session_names import named_session
from shared.db.timing import round_times, session_round_ids
from shared.domain.timing_session import session_csv, session_debug, told_row, told_summary
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which session."""
    parser.add_argument("session", metavar="SESSION", help="its id, or the date of its evening (2026-02-03)")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write the rows there too")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show it. Raises StartError, NoSuchTimes."""
    with open_database(settings) as engine, engine.connect() as connection:
        named = named_session(connection, arguments.session, settings.display_time_zone)
        if named is None:
            raise NoSuchTimes("there is no gaming session of that id or date")
        rounds = round_times(connection, session_round_ids(connection, named.session_id)).rounds
    if arguments.csv is not None:
        arguments.csv.write_text(session_csv(rounds), encoding="utf-8")
    if arguments.as_json:
        told = {
            "session_id": named.session_id,
            "rounds": list(map(told_row, rounds)),
            "summary": told_summary(rounds),
        }
        print_json(told)
    else:
        show(session_debug(named.session_id, rounds))
    return 0
