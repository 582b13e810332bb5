"""`roundwire session`: evenings and their scores, how each verdict was reached, and what their teams are called."""

import argparse

from ingest_api.cli import session_colour, session_debug, session_list, session_name, session_rescore, session_show
from ingest_api.cli.parts import add_parts, run_part
from shared.ops.settings import Settings

PARTS = {
    "list": (session_list, "the newest evenings with their scores"),
    "show": (session_show, "one evening: its score, its maps, its teams"),
    "debug": (session_debug, "how each verdict of an evening was reached"),
    "name": (session_name, "what a team of an evening is called"),
    "colour": (session_colour, "which colour a team of an evening is drawn in"),
    "rescore": (session_rescore, "work scores out anew from the rounds that are stored"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One of the parts."""
    add_parts(parser, PARTS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show or do it. Raises StartError, NoSuchSession, NoTeams, BadTeamLabel."""
    return run_part(PARTS, arguments, settings)
