"""`roundwire session name`: what a team of an evening is called."""

import argparse

from ingest_api.cli.session_label import add_team_arguments, label
from shared.domain.team_names import LONGEST_NAME
from shared.ops.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which team, and its name."""
    add_team_arguments(parser, "name", f"at most {LONGEST_NAME} characters")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Call it so. Raises StartError, NoSuchSession, NoTeams, BadTeamLabel."""
    return label(arguments, settings, name=arguments.name)
