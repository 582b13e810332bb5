"""`roundwire audit plausibility`: numbers that nobody can have played, looked for now in every stored round."""

import argparse
from collections import Counter

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from ingest_api.services.audit_times import check_all
from shared.db.audits import Audits
from shared.domain import fingerprint
from shared.domain.figures import plural
from shared.domain.plausibility import MEANINGS, Rule
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

FOUND = 1
_MOST_LISTED = 200
_HEADS = ("ROUND", "SERVER", "MAP", "NUMBER", "PLAYER", "RULE", "VALUE", "BOUND")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of all servers or one, and whether findings decide the exit status."""
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    parser.add_argument("--fail-on-breach", action="store_true", help="exit with 1 when something is found")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Look through everything, keep the flags, list them; with --fail-on-breach 1 when there are any. Raises StartError."""
    server_id = None if arguments.server is None else fingerprint.server_id(arguments.server)
    rounds, by_rule = 0, Counter[str]()
    with open_database(settings) as engine:
        for checked in check_all(engine, utc_now(), server_id):
            rounds += checked.rounds
            by_rule.update(str(one.rule) for ones in checked.found.values() for one in ones)
        with engine.connect() as connection:
            flagged = Audits(connection).flagged(server_id, _MOST_LISTED)
    if arguments.as_json:
        print_json({"rounds": rounds, "by_rule": dict(sorted(by_rule.items())), "flagged": flagged})
    else:
        _show(rounds, by_rule, flagged)
    return FOUND if arguments.fail_on_breach and flagged else 0


def _show(rounds: int, by_rule: Counter[str], flagged: list[dict[str, object]]) -> None:
    names = ("round_id", "server_id", "map_name", "round_number", "player_guid", "rule", "value", "bound")
    if flagged:
        print_table(_HEADS, [[one[name] for name in names] for one in flagged])
        print()
    for rule, count in sorted(by_rule.items()):
        print(f"{rule}: {count} ({MEANINGS[Rule(rule)]})")
    print(f"{plural(rounds, 'round')} looked at, {plural(by_rule.total(), 'number')} not plausible.")
