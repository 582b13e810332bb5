"""`roundwire relink`: try again what has no round, or say by hand which one it is."""

import argparse
import getpass
from collections import Counter

from sqlalchemy import Engine

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.services.judging import Rules
from ingest_api.services.relink import Relinked, RelinkRefused, relink_all, relink_to
from shared.domain.figures import plural
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1
_HEADS = ("EVENT", "KIND", "SERVER", "MAP", "ROUND", "REASON", "LINKED TO", "NEAREST", "MAY BE", "FILE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that waits, or one event by hand."""
    parser.add_argument(
        "event", metavar="EVENT", type=int, nargs="?", help="an event that a relink without --apply named"
    )
    parser.add_argument(
        "--to", metavar="ROUND", type=int, dest="round_id", help="the round it belongs to; acts at once"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why it belongs there; kept for ever")
    parser.add_argument("--by", metavar="NAME", help="who says so (whoever runs the command)")
    parser.add_argument(
        "--apply", action="store_true", dest="is_applied", help="link what can be linked, not only say it"
    )
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try or link; 1 when something still has no round. Raises StartError, RelinkRefused."""
    by_hand = (arguments.event, arguments.round_id, arguments.reason)
    is_by_hand = any(word is not None for word in by_hand)
    if is_by_hand and (any(word is None for word in by_hand) or not arguments.reason.strip()):
        raise RelinkRefused("a link by hand needs all of it: relink EVENT --to ROUND --reason TEXT")
    with open_database(settings) as engine, only_errors_logged():
        rules = Rules(filler_maps=settings.filler_map_names)
        return _by_hand(arguments, engine, rules) if is_by_hand else _all(arguments, engine, rules)


def _by_hand(arguments: argparse.Namespace, engine: Engine, rules: Rules) -> int:
    chosen = relink_to(
        engine,
        arguments.event,
        arguments.round_id,
        decided_by=arguments.by or getpass.getuser(),
        reason=arguments.reason,
        now=utc_now(),
        rules=rules,
    )
    if arguments.as_json:
        print_json(
            {"round_event_id": arguments.event, "round_id": chosen.round_id, "link_reason": "resolved_by_operator"}
        )
    else:
        print(f"Event {arguments.event} belongs to round {chosen.round_id} now.")
    return 0


def _all(arguments: argparse.Namespace, engine: Engine, rules: Rules) -> int:
    tried = list(relink_all(engine, utc_now(), is_applied=arguments.is_applied, rules=rules))
    waiting = [one for one in tried if one.round_id is None]
    linked = Counter(one.reason for one in tried if one.round_id is not None)
    still = Counter(one.reason for one in waiting)
    if arguments.as_json:
        print_json(
            {
                "is_applied": arguments.is_applied,
                "scanned": len(tried),
                "linked": linked,
                "unlinked": still,
                "events": tried,
            }
        )
    else:
        if tried:
            print_table(_HEADS, [_row(one) for one in tried])
        word = "linked" if arguments.is_applied else "would be linked (--apply does it)"
        print(
            f"{plural(len(tried), 'event')} without a round: {_counts(linked)} {word}; {_counts(still)} still without."
        )
    return FOUND if waiting else 0


def _row(one: Relinked) -> tuple[object, ...]:
    event = one.event
    return (
        event.round_event_id,
        event.kind,
        event.server_id,
        event.map_name,
        event.round_number,
        one.reason,
        one.round_id,
        None if one.best_difference_seconds is None else f"{one.best_difference_seconds} s",
        ", ".join(map(str, one.candidate_ids)),
        event.filename,
    )


def _counts(reasons: Counter[str]) -> str:
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f"{reasons.total()}{f' ({told})' if told else ''}"
