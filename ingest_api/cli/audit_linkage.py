"""`roundwire audit linkage`: is everything bound to the round it tells of, and are matches as complete as they say?"""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from ingest_api.services.round_linkage import metrics_of
from shared.db.linkage import linkage, seen_alone, waiting_by_reason
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether breaches decide the exit status."""
    parser.add_argument("--fail-on-breach", action="store_true", help="exit with 1 when a rule is broken")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check; with --fail-on-breach 1 when a rule is broken. Raises StartError."""
    with open_database(settings) as engine, engine.connect() as connection:
        found = linkage(connection)
        waiting, alone = waiting_by_reason(connection), seen_alone(connection, utc_now())
    if arguments.as_json:
        details = {"breaches": found.breaches, "found": found.found, "waiting": waiting, "seen_alone": alone}
        print_json({"ok": found.is_ok, "metrics": metrics_of(found), **details})
    else:
        print_table(("METRIC", "VALUE", "WHICH"), _rows(found.found, metrics_of(found)))
        print(f"Waiting for a round: {', '.join(f'{count} {why}' for why, count in waiting.items()) or 'nothing'}.")
        for one in alone:
            print(f"Event {one['round_event_id']} of delivery {one['delivery_id']}: {one['incident']}.")
        print("Every rule holds." if found.is_ok else f"Broken: {', '.join(found.breaches)}.")
    return FOUND if arguments.fail_on_breach and not found.is_ok else 0


def _rows(found: object, metrics: dict[str, object]) -> list[tuple[object, ...]]:
    ids = found if isinstance(found, dict) else {}
    return [(name, value, ", ".join(ids.get(name, ())[:10])) for name, value in metrics.items()]
