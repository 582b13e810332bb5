"""`roundwire session rescore`: scores worked out anew from the rounds that are stored; the same comes out, or it was due."""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.cli.session_show import wanted_session
from ingest_api.services.score_sessions import rescore
from shared.domain.figures import plural
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FAILED = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One session, or all."""
    parser.add_argument("session", metavar="SESSION", nargs="?", help="its id or date; without it, all of them")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Score them: 2 when one could not be. Raises StartError, NoSuchSession."""
    with open_database(settings) as engine, only_errors_logged():
        session_id = None
        if arguments.session is not None:
            with engine.connect() as connection:
                session_id = wanted_session(connection, arguments.session, settings.display_time_zone).session_id
        told = rescore(engine, utc_now(), session_id)
    if arguments.as_json:
        print_json({"scored": told.scored, "failed": told.failed})
    else:
        print(f"Scored {plural(len(told.scored), 'session')}.")
        if told.failed:
            print(f"Not scored: {', '.join(map(str, told.failed))}; the reason is on stderr.")
    return FAILED if told.failed else 0
