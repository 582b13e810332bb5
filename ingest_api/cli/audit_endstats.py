"""`roundwire audit endstats`: which rounds lack their awards, and whether the ledger of files tells the truth."""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.instants import instant
from ingest_api.cli.output import add_json_option, print_json, print_table
from ingest_api.services.audit_endstats import EndstatsAudit, audit_endstats
from shared.domain import fingerprint
from shared.domain.endstats_audit import EndstatsFlaw
from shared.domain.figures import plural
from shared.ops.settings import Settings

FOUND, FAILED = 1, 2
_HEADS = ("ROUND", "SERVER", "MAP", "NUMBER", "PLAYED", "FLAW")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which rounds."""
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    parser.add_argument(
        "--since", metavar="WHEN", type=instant, help="only rounds played since then (2026-02-03T19:00)"
    )
    parser.add_argument(
        "--fail-on-breach", action="store_true", help="end with 2 when something is stored that cannot be"
    )
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check; 1 when a round lacks something, 2 on a breach when asked to. Raises StartError."""
    server_id = None if arguments.server is None else fingerprint.server_id(arguments.server)
    with open_database(settings) as engine, engine.connect() as connection:
        audit = audit_endstats(connection, server_id, arguments.since)
    if arguments.as_json:
        print_json(audit)
    else:
        _tell(audit)
    if audit.has_breach and arguments.fail_on_breach:
        return FAILED
    return FOUND if audit.flawed else 0


def _tell(audit: EndstatsAudit) -> None:
    if audit.flawed:
        rows = [
            (one.round_id, one.server_id, one.map_name, f"R{one.round_number}", one.played_at, one.flaw)
            for one in audit.flawed
        ]
        print_table(_HEADS, rows)
    flaws = ", ".join(f"{sum(one.flaw is flaw for one in audit.flawed)} {flaw}" for flaw in EndstatsFlaw)
    files = ", ".join(f"{count} {what}" for what, count in audit.files.items()) or "none"
    print(
        f"{plural(audit.rounds, 'round')}: {audit.with_awards} with awards, {audit.with_vs} with VS lines, "
        f"{audit.unavailable} that nobody wrote a file of; {flaws}. Files: {files}."
    )
