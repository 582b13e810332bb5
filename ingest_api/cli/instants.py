"""Instants as they are written on a command line."""

import argparse
from datetime import UTC, datetime


def instant(words: str) -> datetime:
    """ISO 8601; without a zone it is UTC. Raises ArgumentTypeError."""
    try:
        told = datetime.fromisoformat(words)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{words!r} is no instant such as 2026-02-03T19:00") from error
    return told if told.tzinfo else told.replace(tzinfo=UTC)
