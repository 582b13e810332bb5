"""`roundwire audit timing`: the rounds whose times contradict themselves, as it was noted when they were written."""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from shared.db.audits import Audits
from shared.domain import fingerprint
from shared.domain.figures import plural
from shared.domain.invariants import MEANINGS, Invariant
from shared.ops.settings import Settings

FOUND = 1
_MOST_LISTED = 200
_HEADS = ("ROUND", "SERVER", "MAP", "NUMBER", "DATE", "BROKEN", "PLAYERS")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of all servers or one, and whether findings decide the exit status."""
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    parser.add_argument("--fail-on-breach", action="store_true", help="exit with 1 when something is broken")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """List what is broken; with --fail-on-breach 1 when anything is. Raises StartError."""
    server_id = None if arguments.server is None else fingerprint.server_id(arguments.server)
    with open_database(settings) as engine, engine.connect() as connection:
        by_rule = Audits(connection).breaches_by_rule()
        rounds = Audits(connection).broken_rounds(server_id, _MOST_LISTED)
    if arguments.as_json:
        print_json({"by_rule": {row["rule"]: row["breaches"] for row in by_rule}, "rounds": rounds})
    else:
        _show(rounds, by_rule)
    return FOUND if arguments.fail_on_breach and rounds else 0


def _show(rounds: list[dict[str, object]], by_rule: list[dict[str, object]]) -> None:
    if rounds:
        print_table(_HEADS, [_row(one) for one in rounds])
        print()
    for row in by_rule:
        print(
            f"{row['rule']}: {row['breaches']} in {row['rounds']} of all rounds ({MEANINGS[Invariant(str(row['rule']))]})"
        )
    print(f"{plural(len(rounds), 'round')} with broken times{_more(rounds)}.")


def _row(one: dict[str, object]) -> tuple[object, ...]:
    breaches, players = one["breaches"], one["players"]
    return (
        one["round_id"],
        one["server_id"],
        one["map_name"],
        f"R{one['round_number']}",
        one["round_date"],
        ", ".join(breaches) if isinstance(breaches, dict) else None,
        ", ".join(player["clean_name"] for player in players) if isinstance(players, list) else None,
    )


def _more(rounds: list[dict[str, object]]) -> str:
    return f", the newest {_MOST_LISTED}" if len(rounds) == _MOST_LISTED else ""
