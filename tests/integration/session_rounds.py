"""Rounds of an evening for the tests of sessions: played at a real door, moved, removed, and put into sessions."""

from datetime import UTC, datetime

from ingest_api.services.assign_sessions import SessionAssignment
from tests.factories import R1_START, a_report

NOW = datetime(2026, 2, 4, 12, tzinfo=UTC)
HOUR = 3600


def a_round(number, start_unix, **changes):
    """The R1 of a match of its own, 456 s long."""
    times = {"round_start_unix": start_unix, "round_end_unix": start_unix + 456}
    return a_report(event_id=f"e-{number}", sequence=number, **times | changes)


def play(door, *starts, token=None):
    """Rounds that begin so many hours into the evening; answers their ids."""
    posted = [
        door.post(a_round(number, R1_START + round(hours * HOUR)), token=token) for number, hours in enumerate(starts)
    ]
    return [answer.json()["round_id"] for answer in posted]


def assign(door, zone=UTC):
    assignment = SessionAssignment(door.engine, zone)
    while assignment.assign(NOW):
        pass


def session_of(door, round_id):
    return door.row("SELECT gaming_session_id FROM rounds WHERE id = :id", id=round_id)["gaming_session_id"]


def sessions_of(door, round_ids):
    return [session_of(door, round_id) for round_id in round_ids]


def alive(door):
    return door.rows("SELECT * FROM gaming_sessions WHERE rounds_count > 0 ORDER BY server_id, started_at")


def counts(door):
    return [row["rounds_count"] for row in alive(door)]


def instant(hours, seconds=0):
    return datetime.fromtimestamp(R1_START + hours * HOUR + seconds, UTC)


def move(door, round_id, hours):
    """A round turns out to have been at another time."""
    start_unix = R1_START + round(hours * HOUR)
    door.do(
        "UPDATE rounds SET round_start_unix = :start, round_end_unix = :start + 456 WHERE id = :id",
        start=start_unix,
        id=round_id,
    )


def remove(door, round_id):
    door.do("UPDATE round_events SET round_id = NULL WHERE round_id = :id", id=round_id)
    for table in ("round_fingerprints", "lua_round_teams", "lua_spawn_stats", "player_comprehensive_stats"):
        door.do(f"DELETE FROM {table} WHERE round_id = :id", id=round_id)
    door.do("DELETE FROM rounds WHERE id = :id", id=round_id)


def assigned(door, *starts):
    round_ids = play(door, *starts)
    assign(door)
    return round_ids
