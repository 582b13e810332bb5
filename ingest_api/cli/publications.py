"""`roundwire publications`: what is to be said, what was, what failed; and an operator's word on it."""

import argparse
import sys

from sqlalchemy import Connection

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from shared.db.publications import Publications
from shared.domain.vocabulary import PublicationStatus
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FAILED = 2
_SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list` (which is what it does by itself), `retry ID…`, `drop ID…`."""
    _add_list_options(parser)
    steps = parser.add_subparsers(dest="step", metavar="STEP")
    listing = steps.add_parser("list", help="the newest publications")
    _add_list_options(listing, default=argparse.SUPPRESS)
    retry = steps.add_parser("retry", help="try again now, however often it failed")
    drop = steps.add_parser("drop", help="never say it")
    for step in (retry, drop):
        step.add_argument("ids", metavar="ID", type=int, nargs="+")
        add_json_option(step)


def _add_list_options(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """`default` SUPPRESS: what was said before the step stays said."""
    limit = default or _SHOWN
    parser.add_argument("--status", choices=[*PublicationStatus], default=default, help="only those")
    parser.add_argument("--limit", type=int, default=limit, help=f"at most so many ({_SHOWN})")
    add_json_option(parser, default=default or False)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, or act on the ids given; 2 when one of them was not changed. Raises StartError."""
    with open_database(settings) as engine, engine.connect() as connection:
        if arguments.step in ("retry", "drop"):
            return _act(arguments, connection)
        return _list(arguments, connection)


def _list(arguments: argparse.Namespace, connection: Connection) -> int:
    rows = Publications(connection).newest(max(0, arguments.limit), arguments.status)
    if arguments.as_json:
        print_json(rows)
    else:
        print_table(
            ("ID", "KIND", "SUBJECT", "STATUS", "ATTEMPTS", "NEXT ATTEMPT", "POSTED TO", "ERROR", "CREATED", "SENT"),
            [
                (
                    row.id,
                    row.kind,
                    row.subject,
                    row.status,
                    row.attempts,
                    row.next_attempt_at,
                    row.posted_to,
                    row.error_code,
                    row.created_at,
                    row.sent_at,
                )
                for row in rows
            ],
        )
    return 0


def _act(arguments: argparse.Namespace, connection: Connection) -> int:
    publications, now = Publications(connection), utc_now()
    done = {
        one: publications.retry(one, now) if arguments.step == "retry" else publications.drop(one)
        for one in arguments.ids
    }
    connection.commit()
    if arguments.as_json:
        print_json([{"id": one, "changed": changed} for one, changed in done.items()])
    for one, changed in done.items():
        if not changed:
            print(f"roundwire: {_why_not(publications, one)}", file=sys.stderr)
        elif not arguments.as_json:
            print(f"Publication {one} {'is tried again' if arguments.step == 'retry' else 'will not be said'}.")
    return 0 if all(done.values()) else FAILED


def _why_not(publications: Publications, publication_id: int) -> str:
    row = publications.by_id(publication_id)
    if row is None:
        return f"There is no publication {publication_id}."
    return f"Publication {publication_id} is {row.status}; that cannot be changed now."
