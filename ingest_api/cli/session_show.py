"""`roundwire session show`: one evening, as everywhere else: its score, how sure that is, its maps and its teams."""

import argparse
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json, print_table
from shared.db.session_names import NamedSession, named_session
from shared.db.session_scores import SessionScores
from shared.domain.errors import RoundwireError
from shared.domain.map_entry import named
from shared.domain.session_result import points_shown
from shared.ops.settings import Settings

NOT_YET = "is not scored yet; the worker does it within seconds, `roundwire session rescore` at once"
_HEADS = ("MAP", "WON BY", "POINTS", "TEAM A", "TEAM B", "RULE", "CONFIDENCE", "HOW")
Entry = dict[str, Any]


class NoSuchSession(RoundwireError):
    """There is no gaming session of that id or date."""


def add_session_argument(parser: argparse.ArgumentParser) -> None:
    """Which session."""
    parser.add_argument("session", metavar="SESSION", help="its id, or the date of its evening (2026-02-03)")


def wanted_session(connection: Connection, name: str, zone: tzinfo) -> NamedSession:
    """The session that is meant. Raises NoSuchSession."""
    found = named_session(connection, name, zone)
    if found is None:
        raise NoSuchSession("there is no gaming session of that id or date")
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which session."""
    add_session_argument(parser)
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show it. Raises StartError, NoSuchSession."""
    with open_database(settings) as engine, engine.connect() as connection:
        found = wanted_session(connection, arguments.session, settings.display_time_zone)
        scores = SessionScores(connection)
        scoring, teams = scores.scoring(found.session_id), scores.teams(found.session_id)
    if arguments.as_json:
        print_json({"session_id": found.session_id, "date": found.date.isoformat(), "scoring": scoring, "teams": teams})
        return 0
    if scoring is None:
        print(f"Session {found.session_id} {NOT_YET}.")
        return 0
    print(plain_line(headline(found, scoring)))
    for team in teams:
        people = ", ".join(player["name"] for player in team["players"])
        print(plain_line(f"Team {team['team']}, {team['name']}: {people}"))
    print_table(_HEADS, [_row(entry, scoring) for entry in scoring["maps"]])
    _tell_beside(scoring)
    return 0


def headline(found: NamedSession, scoring: Entry) -> str:
    """Map wins first, points beside them, never without how sure they are."""
    which = f"Session {found.session_id} of {found.date}"
    if not scoring["available"]:
        return f"{which}: no score ({scoring['reason']}), {scoring['confidence']}"
    teams = f"{scoring['team_a']} {scoring['map_wins_a']} : {scoring['map_wins_b']} {scoring['team_b']}"
    points = f"{points_shown((scoring['points_a'], scoring['points_b']))} points"
    counted = f"{scoring['counted_maps']} of {scoring['total_maps']} maps counted"
    return f"{which}: {teams} ({points}), {scoring['confidence']}, {counted}"


def _row(entry: Entry, scoring: Entry) -> Sequence[object]:
    winner = {"A": scoring["team_a"], "B": scoring["team_b"]}.get(entry["verdict"], entry["verdict"])
    points = points_shown(entry["points"]) if entry["counted"] else None
    return (
        named(entry),
        winner if entry["counted"] else "not counted",
        points,
        entry["shown_a"],
        entry["shown_b"],
        entry["rule"],
        entry["confidence"],
        entry["note"],
    )


def _tell_beside(scoring: Entry) -> None:
    for one in scoring["uncounted_rounds"]:
        reason = "" if one["reason"] in (None, one["round_status"]) else f" ({one['reason']})"
        print(plain_line(f"Not part of a map: {one['map_name']} R{one['round_number']}, {one['round_status']}{reason}"))
    for one in scoring["substitutions"]:
        who = "" if one["name"] is None else f": {one['name']}, team {one['team']}"
        print(plain_line(f"Substitution, {one['change']}{who}"))
