"""`roundwire session list`: the newest evenings with their scores, never one without how sure it is."""

import argparse
from typing import Any

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, print_json, print_table
from shared.db.session_scores import SessionScores
from shared.domain import fingerprint
from shared.domain.session_result import SessionResult, points_shown
from shared.ops.settings import Settings

_HEADS = ("SESSION", "DATE", "SERVER", "BEGAN", "TEAM A", "SCORE", "TEAM B", "POINTS", "CONFIDENCE", "MAPS", "ROUNDS")
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many, of which server."""
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    parser.add_argument("--limit", metavar="N", type=int, default=_SHOWN, help=f"how many ({_SHOWN})")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """List them. Raises StartError."""
    server_id = None if arguments.server is None else fingerprint.server_id(arguments.server)
    with open_database(settings) as engine, engine.connect() as connection:
        scores = SessionScores(connection)
        sessions = scores.newest(max(0, arguments.limit), server_id)
        results = scores.results([session["session_id"] for session in sessions])
    shown = [_shown(session, results.get(session["session_id"])) for session in sessions]
    if arguments.as_json:
        print_json(shown)
    else:
        print_table(_HEADS, [tuple(one.values()) for one in shown])
    return 0


def _shown(session: dict[str, Any], result: SessionResult | None) -> dict[str, Any]:
    names = (result and result.team_names) or (None, None)
    return {
        "session_id": session["session_id"],
        "date": session["session_date"].isoformat(),
        "server_id": session["server_id"],
        "started_at": session["started_at"],
        "team_a": names[0],
        "score": result and result.score,
        "team_b": names[1],
        "points": points_shown(result.points) if result and result.points else None,
        "confidence": result and result.confidence,
        "maps": result and f"{result.counted_maps}/{len(result.maps)}",
        "rounds": session["rounds_count"],
    }
