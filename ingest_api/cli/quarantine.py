"""`roundwire quarantine`: what nobody could make sense of; look at it, read it again."""

import argparse
import sys
from dataclasses import asdict

from sqlalchemy import Connection, Engine

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json, print_table
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.services.judging import Rules
from ingest_api.services.quarantine import NotInQuarantine, Requeued, requeue
from shared.db.delivery_details import DeliveryDetails
from shared.db.quarantine import Quarantine, QuarantinedDelivery
from shared.domain.figures import plural
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1
_SHOWN = 50
_ALL = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list` (which is what it does by itself), `show ID`, `requeue ID…`."""
    _add_list_options(parser)
    steps = parser.add_subparsers(dest="step", metavar="STEP")
    listing = steps.add_parser("list", help="what waits, the newest first")
    _add_list_options(listing, default=argparse.SUPPRESS)
    show = steps.add_parser("show", help="one delivery and what is wrong with it")
    show.add_argument("delivery_id", metavar="ID", type=int)
    show.add_argument("--raw", action="store_true", dest="is_raw", help="only its bytes, as they came")
    again = steps.add_parser("requeue", help="read it again; what is understood by now goes to its round")
    again.add_argument("delivery_ids", metavar="ID", type=int, nargs="*")
    again.add_argument("--all", action="store_true", dest="is_all", help="everything that waits")
    again.add_argument("--reason", help="everything that waits for this reason")
    for step in (show, again):
        add_json_option(step, default=argparse.SUPPRESS)


def _add_list_options(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """`default` SUPPRESS: what was said before the step stays said."""
    parser.add_argument("--reason", default=default, help="only what waits for this reason")
    parser.add_argument("--limit", type=int, default=default or _SHOWN, help=f"at most so many ({_SHOWN})")
    add_json_option(parser, default=default or False)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, show or read again; 1 when something waits still. Raises StartError, NotInQuarantine."""
    with open_database(settings) as engine, only_errors_logged():
        if arguments.step == "requeue":
            rules = Rules(autopost=settings.autopost, filler_maps=settings.filler_map_names)
            return _requeue(arguments, engine, rules)
        with engine.connect() as connection:
            return _show(arguments, connection) if arguments.step == "show" else _list(arguments, connection)


def _list(arguments: argparse.Namespace, connection: Connection) -> int:
    waiting = Quarantine(connection).newest(max(0, arguments.limit), arguments.reason)
    if arguments.as_json:
        print_json(waiting)
    elif waiting:
        print_table(
            ("DELIVERY", "RECEIVED", "SERVER", "KIND", "REASON", "ATTEMPTS", "BYTES", "FILE"),
            [
                (
                    one.delivery_id,
                    one.received_at,
                    one.server_id,
                    one.kind,
                    one.reason,
                    one.attempts,
                    one.byte_count,
                    one.filename,
                )
                for one in waiting
            ],
        )
    else:
        print("Nothing waits in quarantine.")
    return FOUND if waiting else 0


def _show(arguments: argparse.Namespace, connection: Connection) -> int:
    waiting = Quarantine(connection).one(arguments.delivery_id)
    if waiting is None:
        raise NotInQuarantine(f"delivery {arguments.delivery_id} is not in quarantine")
    if arguments.is_raw:
        sys.stdout.buffer.write(DeliveryDetails(connection).body(waiting.delivery_id) or b"")
        sys.stdout.buffer.flush()
    elif arguments.as_json:
        print_json(asdict(waiting) | {"delivery": DeliveryDetails(connection).one(waiting.delivery_id)})
    else:
        print("\n".join(_lines(waiting)))
    return FOUND


def _lines(waiting: QuarantinedDelivery) -> list[str]:
    name = f", {waiting.filename}" if waiting.filename else ""
    lines = [
        f"Delivery {waiting.delivery_id} of {waiting.server_id}, received {waiting.received_at:%Y-%m-%d %H:%M:%S}",
        f"{waiting.kind}, {waiting.byte_count} bytes{name}",
        f"In quarantine: {waiting.reason}; read again {plural(waiting.attempts, 'time')} in vain.",
        *(f"  {one.get('code')} at {one.get('pointer') or '/'}: {one.get('message')}" for one in waiting.problems),
    ]
    return [plain_line(line) for line in lines]


def _requeue(arguments: argparse.Namespace, engine: Engine, rules: Rules) -> int:
    chosen = list(arguments.delivery_ids)
    if arguments.is_all or arguments.reason:
        with engine.connect() as connection:
            chosen += [one.delivery_id for one in reversed(Quarantine(connection).newest(_ALL, arguments.reason))]
    elif not chosen:
        raise NotInQuarantine("name deliveries, or --reason, or --all")
    told = [requeue(engine, delivery_id, rules, utc_now()) for delivery_id in chosen]
    if arguments.as_json:
        print_json(told)
    else:
        print("\n".join(plain_line(_line(one)) for one in told) or "Nothing waits in quarantine.")
    return 0 if all(one.is_released for one in told) else FOUND


def _line(one: Requeued) -> str:
    if not one.is_released:
        return f"Delivery {one.delivery_id} waits still: {one.reason}."
    where = f"round {one.round_id}" if one.round_id is not None else "no round yet"
    return f"Delivery {one.delivery_id} is understood: {one.state}, {where}."
