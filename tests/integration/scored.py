"""Evenings played at a real door, put into sessions and scored, for the tests of stored scores."""

from datetime import UTC

from ingest_api.services.assign_sessions import SessionAssignment
from ingest_api.services.score_sessions import ScoreKeeping
from shared.db.session_scores import SessionScores
from tests.factories import R1_START, a_player, a_report, a_second_report
from tests.integration.session_rounds import NOW

PEOPLE = 6
MATCH_SECONDS = 1_500
SWAPPED = [a_player(slot, side=2 - slot % 2) for slot in range(PEOPLE)]


def a_match_of(
    number, *, map_name="supply", r1_ms=456_000, r2_ms=391_250, limit_ms=720_000, every_seconds=MATCH_SECONDS
):
    """The two reports of the evening's `number`th match. Even slots are TeamA, who defend first; None: held."""
    start = R1_START + number * every_seconds
    first = {
        "event_id": f"e-{number}-1",
        "map_name": map_name,
        "round_start_unix": start,
        "limit_ms": limit_ms,
        "players": [a_player(slot) for slot in range(PEOPLE)],
    } | _ended(start, r1_ms, limit_ms)
    to_beat_ms = r1_ms or limit_ms
    second_start = first["round_end_unix"] + 35
    second = {
        "event_id": f"e-{number}-2",
        "map_name": map_name,
        "round_start_unix": second_start,
        "limit_ms": to_beat_ms,
        "players": SWAPPED,
        "r1": {"round_start_unix": start},
    } | _ended(second_start, r2_ms, to_beat_ms)
    return a_report(**first), a_second_report(**second)


def _ended(start, took_ms, limit_ms):
    elapsed_ms = took_ms or limit_ms
    held = {
        "winner_team": 1,
        "exit_kind": "timelimit",
        "exit_line": "Exit: Timelimit hit.",
        "end_reason_raw": "Timelimit hit.",
    }
    ended = {"elapsed_ms": elapsed_ms, "next_limit_ms": elapsed_ms, "round_end_unix": start + elapsed_ms // 1000}
    return ended | (held if took_ms is None else {"winner_team": 2})


def settle(door):
    """Let the worker do all that it does about sessions and scores."""
    assignment, keeping = SessionAssignment(door.engine, UTC), ScoreKeeping(door.engine)
    while assignment.assign(NOW) or keeping.keep(NOW):
        pass


def scorings(door):
    """What is shown of every session, by id."""
    ids = [row["id"] for row in door.rows("SELECT id FROM gaming_sessions WHERE rounds_count > 0 ORDER BY started_at")]
    with door.engine.connect() as connection:
        return {one: SessionScores(connection).scoring(one) for one in ids}


def only_scoring(door):
    (scoring,) = scorings(door).values()
    return scoring
