"""`roundwire demo`: what to do with the rounds that nobody played."""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.demo_files import DEMO_SERVER
from ingest_api.cli.output import add_json_option, print_json
from shared.db.demo import purge
from shared.db.servers import Servers
from shared.domain.figures import plural
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`purge`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    command = steps.add_parser("purge", help="remove everything of the game server `demo`, in one transaction")
    add_json_option(command)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Purge and say how many rows of what are gone. Raises StartError."""
    with open_database(settings) as engine, engine.connect() as connection:
        Servers(connection).lock(DEMO_SERVER)
        purged = purge(connection, DEMO_SERVER)
        connection.commit()
    if arguments.as_json:
        print_json(purged)
        return 0
    print(f"Removed of the game server {DEMO_SERVER}:")
    print("\n".join(f"  {count:>7}  {table.replace('_', ' ')}" for table, count in purged.rows.items()))
    if purged.left_on_discord:
        print(f"{plural(purged.left_on_discord, 'message')} of it stay on Discord; delete them there if unwanted.")
    print(f"It stays registered; `roundwire server revoke {DEMO_SERVER}` makes its token invalid.")
    return 0
