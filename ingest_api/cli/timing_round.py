"""`roundwire timing round`: the timing debug of one round, or its comparison."""

import argparse

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json
from shared.db.round_names import round_id_of
from shared.db.timing import round_times
from shared.domain.errors import RoundwireError
from shared.domain.timing_comparison import comparison
from shared.domain.timing_round import round_debug
from shared.domain.timing_told import told_timing, told_view
from shared.domain.timing_view import View
from shared.ops.settings import Settings


class NoSuchTimes(RoundwireError):
    """There is no such round or session."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which round, and which view."""
    parser.add_argument("round", metavar="ROUND", help="its id, or any fingerprint of it")
    parser.add_argument("--compare", action="store_true", help="what the difference does to the players' times")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show it. Raises StartError, NoSuchTimes."""
    with open_database(settings) as engine, engine.connect() as connection:
        round_id = round_id_of(connection, arguments.round)
        found = round_times(connection, [] if round_id is None else [round_id]).rounds
    if not found:
        raise NoSuchTimes("there is no round of that id or fingerprint")
    view = comparison(found) if arguments.compare else round_debug(found[0])
    if arguments.as_json:
        print_json({"timing": told_timing(found[0]), "view": told_view(view)})
    else:
        show(view)
    return 0


def show(view: View) -> None:
    """A view for people at a terminal."""
    print(plain_line(view.title))
    for part in view.parts:
        print(f"\n{part.name}")
        for line in part.lines:
            print(f"  {plain_line(line)}")
    print(f"\n{plain_line(view.footer)}")
