"""`roundwire replay`: judgement wiped and rebuilt from what arrived."""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest_api.cli.database import open_database
from ingest_api.cli.instants import instant
from ingest_api.cli.output import add_json_option, plain_line, print_json
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.services.judging import Rules
from ingest_api.services.replay import replay
from ingest_api.services.replay_round import Replayed
from shared.db.replays import Scope
from shared.domain.figures import plural
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND, FAILED = 1, 2
_SHOWN = 50


@dataclass(slots=True)
class Tally:
    """What a replay came to."""

    rounds: int = 0
    deliveries_of_no_round: int = 0
    changed: list[Replayed] = field(default_factory=list)
    failed: list[Replayed] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything, or a part of it."""
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument(
        "--since",
        metavar="WHEN",
        type=instant,
        help="only what was played or arrived since then (2026-02-03T19:00, UTC)",
    )
    scope.add_argument("--round", metavar="ID", type=int, dest="round_id", help="only that round and its match")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Replay and report: 1 when something differs from before, 2 when something could not be judged. Raises StartError."""
    scope = Scope(arguments.since, arguments.round_id)
    with open_database(settings) as engine, only_errors_logged():
        tally = _tally(replay(engine, scope, utc_now(), Rules(filler_maps=settings.filler_map_names)))
    if arguments.as_json:
        print_json(tally)
    else:
        _tell(tally)
    if tally.failed:
        return FAILED
    return FOUND if tally.changed else 0


def _tally(replayed: Iterable[Replayed]) -> Tally:
    tally = Tally()
    for one in replayed:
        if one.delivery_id is None:
            tally.rounds += 1
        else:
            tally.deliveries_of_no_round += 1
        if one.is_failed:
            tally.failed.append(one)
        elif one.is_changed:
            tally.changed.append(one)
    return tally


def _tell(tally: Tally) -> None:
    print(
        f"Judged {plural(tally.rounds, 'round')} anew, and {tally.deliveries_of_no_round} of what belongs to none: "
        f"{plural(len(tally.changed), 'difference')}."
    )
    for one in tally.changed[:_SHOWN]:
        print(plain_line(f"  {_difference(one)}"))
    if len(tally.changed) > _SHOWN:
        print(f"  and {len(tally.changed) - _SHOWN} more; --json names all")
    for one in tally.failed:
        what = f"round {one.round_id}" if one.delivery_id is None else f"delivery {one.delivery_id}"
        print(f"  {what} could not be judged and stays as it was; the reason is on stderr")


def _difference(one: Replayed) -> str:
    if one.is_removed:
        return f"round {one.round_id}: nothing speaks for it any more; removed"
    if one.delivery_id is not None:
        return f"delivery {one.delivery_id}: understood now, of round {one.round_id}"
    columns = ", ".join(f"{name} {before} -> {after}" for name, (before, after) in (one.changed or {}).items())
    return f"round {one.round_id}: {columns or 'its players or what the game server measured'}"
