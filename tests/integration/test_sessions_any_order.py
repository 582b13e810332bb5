"""Sessions come out the same whatever the history, and whoever is at work at the same time."""

import random
import threading
from datetime import UTC

import pytest

from ingest_api.services.assign_sessions import SessionAssignment, assign_batch
from shared.db.servers import Servers
from shared.domain.session_dates import session_date
from shared.domain.sessions import Span, Stretch, regroup
from tests.factories import R1_START
from tests.integration.session_rounds import (
    HOUR,
    NOW,
    a_round,
    alive,
    assign,
    assigned,
    counts,
    move,
    play,
    remove,
    session_of,
    sessions_of,
)

# ----- in any order ---------------------------------------------------------------------------------------------------


def partition(door):
    together = {}
    for row in door.rows("SELECT id, gaming_session_id FROM rounds WHERE gaming_session_id IS NOT NULL"):
        together.setdefault(row["gaming_session_id"], set()).add(row["id"])
    return sorted(together.values(), key=min)


def from_scratch(door):
    rows = door.rows("SELECT id, round_start_unix, round_end_unix FROM rounds")
    groups = regroup(Stretch(Span(r["round_start_unix"], r["round_end_unix"]), None, 1, r["id"]) for r in rows)
    return sorted(({stretch.round_id for stretch in group.stretches} for group in groups), key=min)


@pytest.mark.parametrize("seed", range(4))
def test_after_any_history_the_sessions_are_those_of_the_rounds_that_are_there(door, seed):
    """P26"""
    chance = random.Random(seed)
    for step in range(40):
        happen(door, chance, step)
    assign(door)
    assert partition(door) == from_scratch(door)
    assert {row["id"]: row["rounds_count"] for row in alive(door)} == {
        row["gaming_session_id"]: row["n"]
        for row in door.rows("SELECT gaming_session_id, count(*) AS n FROM rounds GROUP BY 1")
    }
    assert door.count("session_changes") == 0


def happen(door, chance, step):
    """Something happens to a server's rounds; now and then the worker comes by, however little it manages."""
    known = [row["id"] for row in door.rows("SELECT id FROM rounds ORDER BY id")]
    hours = chance.uniform(0, 30)
    happens = chance.choice(["new", "new", "new", "moved", "gone"]) if known else "new"
    if happens == "new":
        start_unix = R1_START + round(hours * HOUR)
        end_unix = start_unix + chance.choice([456, 456, 9000])
        door.post(a_round(step, start_unix, map_name=f"map{step}", round_end_unix=end_unix))
    elif happens == "moved":
        move(door, chance.choice(known), hours)
    else:
        remove(door, chance.choice(known))
    if chance.random() < 0.4:
        with door.engine.begin() as connection:
            Servers(connection).lock("srv1")
            assign_batch(connection, "srv1", lambda at: session_date(at, UTC), NOW, limit=chance.choice([1, 2, 500]))


def test_once_everything_is_assigned_there_is_nothing_to_do(door):
    assigned(door, 0, 1, 5)
    assert SessionAssignment(door.engine, UTC).assign(NOW) == 0


# ----- races ----------------------------------------------------------------------------------------------------------


def test_two_workers_at_once_found_one_session(door):
    play(door, *(number / 4 for number in range(12)))
    workers = [threading.Thread(target=assign, args=(door,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert counts(door) == [12]
    assert door.count("gaming_sessions") == 1


def test_rounds_that_arrive_while_sessions_are_assigned_are_all_assigned(door):
    posted = threading.Event()

    def work():
        while not posted.is_set():
            assign(door)

    worker = threading.Thread(target=work)
    worker.start()
    round_ids = play(door, *random.Random(1).sample([number / 2 for number in range(24)], 24))
    posted.set()
    worker.join()
    assign(door)
    assert len(set(sessions_of(door, round_ids))) == 1
    assert counts(door) == [24]


def test_what_changes_while_nobody_has_committed_yet_is_not_forgotten(door):
    first, second = assigned(door, 0, 0.5)
    with door.engine.connect() as elsewhere:
        elsewhere.exec_driver_sql(f"UPDATE rounds SET round_start_unix = round_start_unix + 99999 WHERE id = {second}")
        assign(door)
        elsewhere.commit()
    assign(door)
    assert session_of(door, first) != session_of(door, second)
