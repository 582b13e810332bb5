"""`roundwire audit`: checks of what is stored against the rules that made it. Each check is a module of its own."""

import argparse

from ingest_api.cli import audit_endstats, audit_linkage, audit_pairs, audit_plausibility, audit_timing
from ingest_api.cli.parts import add_parts, run_part
from shared.ops.settings import Settings

CHECKS = {
    "pairs": (audit_pairs, "which rounds lack the other half of their match?"),
    "linkage": (audit_linkage, "is everything bound to the round it tells of?"),
    "timing": (audit_timing, "which rounds' times contradict themselves?"),
    "plausibility": (audit_plausibility, "which numbers can nobody have played?"),
    "endstats": (audit_endstats, "which rounds lack their awards, and does the ledger of files tell the truth?"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One of the checks."""
    add_parts(parser, CHECKS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check; 1 when something was found. Raises StartError."""
    return run_part(CHECKS, arguments, settings)
