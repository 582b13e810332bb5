"""`roundwire restore FILE`: what a backup holds becomes the database and the spool, all of it or nothing."""

import argparse
from pathlib import Path

from ingest_api.cli.database import in_one_sentence
from ingest_api.services.backup import restore
from shared.db.copies import REFUSED_BY_THE_DATABASE
from shared.ops.borrowed_postgres import reachable_database
from shared.ops.data_folder import make_data_folder
from shared.ops.errors import PostgresError
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whether what is there may go."""
    parser.add_argument("file", type=Path, help="as `roundwire backup` wrote it")
    parser.add_argument("--replace", action="store_true", help="throw away what is in the database and the spool now")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Restore it and say what it was. Raises StartError; nothing has changed then."""
    with reachable_database(settings.database_url, make_data_folder(settings.data)) as url:
        try:
            told = restore(url, settings.data, arguments.file, may_replace=arguments.replace)
        except REFUSED_BY_THE_DATABASE as error:
            raise PostgresError(in_one_sentence(error)) from error
    print(f"Restored as of {told.made_at}: {told.rows} rows, {told.spool_files} files of the spool.")
    return 0
