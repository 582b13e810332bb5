"""`roundwire backup FILE`: the database and the spool in one file, while the service works."""

import argparse
from pathlib import Path

from ingest_api.cli.database import in_one_sentence
from ingest_api.services.backup import back_up
from shared.db.copies import REFUSED_BY_THE_DATABASE
from shared.ops.borrowed_postgres import reachable_database
from shared.ops.clock import utc_now
from shared.ops.errors import PostgresError
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, which must not be there yet."""
    parser.add_argument("file", type=Path, help="to be written; its folder must be there, it must not")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write it and say what is in it. Raises StartError."""
    with reachable_database(settings.database_url, settings.data) as url:
        try:
            told = back_up(url, settings.data, arguments.file, utc_now())
        except REFUSED_BY_THE_DATABASE as error:
            raise PostgresError(in_one_sentence(error)) from error
    print(f"{arguments.file}: {told.rows} rows at schema {told.revision}, {told.spool_files} files of the spool.")
    return 0
