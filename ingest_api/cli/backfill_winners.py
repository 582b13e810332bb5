"""`roundwire backfill winners`: winner and defender of rounds that were told without, from whatever is known by now."""

import argparse
from collections import Counter
from collections.abc import Sequence

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.services.backfill_winners import Settled, backfill_winners
from ingest_api.services.judging import Rules
from shared.db.untold_sides import StoredSides
from shared.domain import fingerprint
from shared.domain.figures import plural
from shared.domain.vocabulary import SIDE_LABELS, Side
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1
_HEADS = ("ROUND", "SERVER", "MAP", "NUMBER", "PLAYED", "BEFORE", "AFTER", "TOLD BY", "STILL UNKNOWN")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether it is done or only said."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--dry-run", action="store_true", help="only say what would be written; so it is without --apply")
    way.add_argument("--apply", action="store_true", dest="is_applied", help="write it")
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try and tell; 1 when a round still lacks a side. Raises StartError."""
    server_id = None if arguments.server is None else fingerprint.server_id(arguments.server)
    rules = Rules(filler_maps=settings.filler_map_names)
    with open_database(settings) as engine, only_errors_logged():
        tried = list(
            backfill_winners(engine, utc_now(), is_applied=arguments.is_applied, server_id=server_id, rules=rules)
        )
    changed = [one for one in tried if one.is_changed]
    untold = Counter(str(one.unrecoverable) for one in tried if one.unrecoverable is not None)
    if arguments.as_json:
        counts = {"is_applied": arguments.is_applied, "scanned": len(tried), "changed": len(changed)}
        print_json(counts | {"unrecoverable": untold, "rounds": tried})
    else:
        _tell(tried, len(changed), untold, is_applied=arguments.is_applied)
    return FOUND if untold else 0


def _tell(tried: Sequence[Settled], changed: int, untold: Counter[str], *, is_applied: bool) -> None:
    if tried:
        print_table(_HEADS, [_row(one) for one in tried])
    word = "written" if is_applied else "would be written (--apply does it)"
    still = ", ".join(f"{count} {why}" for why, count in sorted(untold.items()))
    print(
        f"{plural(len(tried), 'round')} without winner or defender: {changed} {word}; still unknown: {still or 'none'}."
    )


def _row(one: Settled) -> tuple[object, ...]:
    return (
        one.before.round_id,
        one.before.server_id,
        one.before.map_name,
        f"R{one.before.round_number}",
        one.before.played_at,
        _sides(one.before),
        _sides(one.after),
        one.after.sides_source if one.is_changed else None,
        one.unrecoverable,
    )


def _sides(stored: StoredSides) -> str:
    winner, defender = (_label(side) for side in (stored.winner_team, stored.defender_team))
    return f"{winner} won, {defender} defended, {stored.score_confidence}"


def _label(side: int | None) -> str:
    return "?" if side is None else SIDE_LABELS[Side(side)]
