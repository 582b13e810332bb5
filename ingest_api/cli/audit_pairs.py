"""`roundwire audit pairs`: all rounds paired anew, and what lacks its other half."""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from ingest_api.services.audit import audit_stored_pairs
from shared.domain import fingerprint
from shared.domain.figures import plural
from shared.domain.pair_audit import PairFlaw
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1
_HEADS = ("ROUND", "SERVER", "MAP", "NUMBER", "PLAYED", "FLAW", "MATCH", "BELONGS TO")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of all servers or one."""
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check; 1 when something was found. Raises StartError."""
    server_id = None if arguments.server is None else fingerprint.server_id(arguments.server)
    with open_database(settings) as engine, engine.connect() as connection:
        audit = audit_stored_pairs(connection, utc_now(), server_id)
    counts = {str(flaw): audit.count(flaw) for flaw in PairFlaw}
    if arguments.as_json:
        print_json({"rounds": audit.rounds, **counts, "flawed": audit.flawed})
        return FOUND if audit.flawed else 0
    if audit.flawed:
        rows = [
            (
                one.round_id,
                one.server_id,
                one.map_name,
                f"R{one.round_number}",
                one.played_at,
                one.flaw,
                one.match_id,
                None if one.match_id == one.expected_match_id else one.expected_match_id,
            )
            for one in audit.flawed
        ]
        print_table(_HEADS, rows)
    print(f"{plural(audit.rounds, 'round')}: {', '.join(f'{count} {flaw}' for flaw, count in counts.items())}.")
    return FOUND if audit.flawed else 0
