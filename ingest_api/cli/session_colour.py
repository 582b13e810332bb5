"""`roundwire session colour`: which colour a team of an evening is drawn in."""

import argparse

from ingest_api.cli.session_label import add_team_arguments, label
from shared.domain.team_names import COLORS
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which team, and its colour."""
    add_team_arguments(parser, "colour", f"#rrggbb or one of {', '.join(COLORS)}")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Draw it so. Raises StartError, NoSuchSession, NoTeams, BadTeamLabel."""
    return label(arguments, settings, color=arguments.colour)
