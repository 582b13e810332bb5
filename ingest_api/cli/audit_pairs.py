"""`roundwire audit pairs`: all rounds paired anew, and what lacks its other half."""

import argparse

from ingest_api.cli import audit_pairs
from ingest_api.cli.parts import add_parts, run_part
from shared.ops.settings import Settings

CHECKS = {
    "pairs": (audit_pairs, "which rounds lack the other half of their match?"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of all servers or one."""
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check; 1 when something was found. Raises StartError."""
    return run_part(CHECKS, arguments, settings)
