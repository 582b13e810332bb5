"""`roundwire session debug`: how each verdict of an evening was reached: sides, defender, rule, state."""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json
from ingest_api.cli.session_show import NOT_YET, add_session_argument, wanted_session
from shared.db.session_scores import SessionScores
from shared.domain.map_entry import debug_lines
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which session."""
    add_session_argument(parser)
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show it. Raises StartError, NoSuchSession."""
    with open_database(settings) as engine, engine.connect() as connection:
        found = wanted_session(connection, arguments.session, settings.display_time_zone)
        entries = SessionScores(connection).debug(found.session_id)
    if arguments.as_json:
        print_json(entries)
    elif entries is None:
        print(f"Session {found.session_id} {NOT_YET}.")
    else:
        for entry in entries:
            for number, line in enumerate(debug_lines(entry)):
                print(plain_line(f"{'  ' if number else ''}{line}"))
    return 0
