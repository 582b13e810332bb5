"""`roundwire timing`: times as their sources tell them, and whether Lua's may stand alone. Each part is a module of its own."""

import argparse

from ingest_api.cli import timing_round, timing_session, timing_shadow
from ingest_api.cli.parts import add_parts, run_part
from shared.ops.settings import Settings

PARTS = {
    "round": (timing_round, "one round: stats file, Lua and file stamp side by side"),
    "session": (timing_session, "every round of a gaming session, marked by how its sources agree"),
    "shadow": (timing_shadow, "time dead by stats files and by Lua, and whether enough rounds have Lua's"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One of the parts."""
    add_parts(parser, PARTS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show; 1 when something was found. Raises StartError, NoSuchTimes."""
    return run_part(PARTS, arguments, settings)
