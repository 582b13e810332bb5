"""`roundwire backfill`: what is stored brought up to what has arrived. Each repair is a module of its own; dry by default."""

import argparse

from ingest_api.cli import backfill_endstats, backfill_links, backfill_winners
from ingest_api.cli.parts import add_parts, run_part
from shared.ops.settings import Settings

REPAIRS = {
    "links": (backfill_links, "events that have no round, tried again; nothing is posted"),
    "winners": (backfill_winners, "winner and defender of rounds that were told without; dry by default"),
    "endstats": (backfill_endstats, "awards of endstats files that stand in no round yet; nothing is posted"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One of the repairs."""
    add_parts(parser, REPAIRS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Repair; 1 when something is left that could not be. Raises StartError."""
    return run_part(REPAIRS, arguments, settings)
