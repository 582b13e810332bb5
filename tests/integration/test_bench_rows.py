from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bench.databases import Databases
from bench.fill import fill
from bench.reports import SERVERS, Reports, server_id
from bench.rows import Fresh, stored_rounds

TABLES = (
    *("deliveries", "delivery_receipts", "rounds", "round_events", "round_event_moves", "round_fingerprints"),
    *("lua_round_teams", "lua_spawn_stats", "player_comprehensive_stats", "weapon_comprehensive_stats"),
    "publications",
)


@pytest.fixture
def judged(door):
    """Two rounds of a match, as the door leaves them."""
    reports, token = Reports(1_760_000_000), door.register(server_id(0))
    for number in (0, SERVERS):
        assert door.post(reports.body(number), token=token).status_code == 201
    return door


def counts(door):
    return {table: door.count(table) for table in TABLES}


def write_again(database_url, number):
    """What the bare loop does, once for every stored round."""
    with psycopg.connect(database_url, cursor_factory=psycopg.RawCursor) as connection:
        for statements in stored_rounds(database_url, 2):
            ids: dict[Fresh, int] = {}
            for statement in statements:
                cursor = connection.execute(statement.sql, statement.parameters(ids, number))
                if statement.returns:
                    ((ids[statement.returns],),) = cursor.fetchall()


def test_rows_written_by_hand_are_as_many_in_every_table_as_the_service_wrote(judged, database_url):
    before = counts(judged)

    write_again(database_url, 1)

    assert counts(judged) == {table: 2 * count for table, count in before.items()}


def test_rows_written_by_hand_keep_the_bytes_of_the_body(judged, database_url):
    write_again(database_url, 1)

    (kinds,) = judged.rows(
        "SELECT count(DISTINCT body) AS bodies, count(DISTINCT content_sha256) AS digests FROM deliveries"
    )
    assert kinds == {"bodies": 2, "digests": 4}


def test_a_round_can_be_written_by_hand_again_and_again(judged, database_url):
    for number in (1, 2, 3):
        write_again(database_url, number)

    assert judged.count("rounds") == 8


def test_filling_copies_every_row_of_every_table(judged, database_url):
    before = counts(judged)

    fill_to(judged, database_url, 20)

    assert counts(judged) == {table: 10 * count for table, count in before.items()}


def test_what_is_filled_can_be_filled_further(judged, database_url):
    fill_to(judged, database_url, 6)
    fill_to(judged, database_url, 30)

    assert judged.count("rounds") == 30


def test_copies_belong_to_their_own_rounds(judged, database_url):
    fill_to(judged, database_url, 20)

    strays = judged.rows("""
        SELECT e.id FROM round_events e JOIN rounds r ON r.id = e.round_id JOIN deliveries d ON d.id = e.delivery_id
        JOIN round_fingerprints f ON f.round_fingerprint = r.round_fingerprint AND f.round_id = r.id
        JOIN publications p ON p.subject = r.id::text
        WHERE e.round_start_unix <> r.round_start_unix OR d.received_at <> e.received_at
           OR right(r.match_id, 10)::bigint > r.round_start_unix
    """)
    assert strays == []


def test_the_door_goes_on_after_a_filling(judged, database_url):
    fill_to(judged, database_url, 20)

    assert judged.post(Reports(1_760_000_000).body(1), token=judged.register(server_id(1))).status_code == 201


def fill_to(door, database_url, rounds):
    door.engine.dispose()
    fill(Databases(database_url, Path("/nowhere")), make_url(database_url).database, rounds)
