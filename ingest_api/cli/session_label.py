"""An operator's word on a team of an evening: what `session name` and `session colour` have in common."""

import argparse
import getpass

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json
from ingest_api.cli.quiet import only_errors_logged
from ingest_api.cli.session_show import add_session_argument, wanted_session
from ingest_api.services.label_team import label_team
from shared.domain.vocabulary import TeamSlot
from shared.ops.clock import utc_now
from shared.ops.settings import Settings


def add_team_arguments(parser: argparse.ArgumentParser, label: str, explained: str) -> None:
    """Which team of which session, its new label, and who says so."""
    add_session_argument(parser)
    parser.add_argument("team", metavar="TEAM", choices=list(TeamSlot), type=TeamSlot, help="A or B")
    parser.add_argument(label, metavar=label.upper(), help=explained)
    parser.add_argument("--reason", metavar="TEXT", default="", help="why; kept for ever")
    parser.add_argument("--by", metavar="NAME", help="who says so (whoever runs the command)")
    add_json_option(parser)


def label(
    arguments: argparse.Namespace, settings: Settings, *, name: str | None = None, color: str | None = None
) -> int:
    """Keep it and show it. Raises StartError, NoSuchSession, NoTeams, BadTeamLabel."""
    with open_database(settings) as engine, only_errors_logged():
        with engine.connect() as connection:
            found = wanted_session(connection, arguments.session, settings.display_time_zone)
        shown = label_team(
            engine,
            found.session_id,
            arguments.team,
            name=name,
            color=color,
            decided_by=arguments.by or getpass.getuser(),
            reason=arguments.reason,
            now=utc_now(),
        )
    if arguments.as_json:
        told = {"session_id": found.session_id, "team": arguments.team, "name": shown.name, "color": shown.color}
        print_json(told)
    else:
        drawn = "" if shown.color is None else f", drawn in {shown.color}"
        print(plain_line(f"Team {arguments.team} of session {found.session_id} is {shown.name}{drawn}."))
    return 0
