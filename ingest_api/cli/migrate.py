"""`roundwire migrate`: the database's schema, forward to this version or back to another."""

import argparse

from sqlalchemy.exc import DBAPIError

from ingest_api.cli.database import in_one_sentence
from shared.db import migrate
from shared.db.engine import open_engine
from shared.ops.borrowed_postgres import reachable_database
from shared.ops.errors import PostgresError
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`up`, `down REVISION` or `status`."""
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("up", help="forward to this version")
    down = steps.add_parser("down", help="back to a revision; `base` removes everything, rows included")
    down.add_argument("revision")
    steps.add_parser("status", help="which revision the database is at; exit status 1 if not this version's")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do one step and say at which revision the database is now. 1: it is not this version's."""
    with reachable_database(settings.database_url, settings.data) as url:
        try:
            if arguments.step == "up":
                migrate.upgrade(url)
            elif arguments.step == "down":
                migrate.downgrade(url, arguments.revision)
            revision = _revision(url)
        except DBAPIError as error:
            raise PostgresError(in_one_sentence(error)) from error
    print(f"The database is at {revision or 'no revision'}, this version wants {migrate.head()}.")
    return 1 if arguments.step == "status" and revision != migrate.head() else 0


def _revision(url: str) -> str | None:
    engine = open_engine(url, "migrate", pool_size=1)
    try:
        with engine.connect() as connection:
            return migrate.current(connection)
    finally:
        engine.dispose()
