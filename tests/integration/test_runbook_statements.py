"""The operators' statements run letter by letter as they are written down, and tell the truth."""

import pytest

from shared.db import migrate
from tests.factories import R1_START, R2_START, a_report, a_second_report

Q1 = "SELECT now(), (SELECT COUNT(*) FROM lua_round_teams), (SELECT COUNT(*) FROM lua_spawn_stats);"
Q2 = "SELECT captured_at, map_name, round_number, winner_team, match_id FROM lua_round_teams ORDER BY captured_at DESC LIMIT 10;"
Q3 = "SELECT r.id, r.round_date, r.round_time, r.map_name, r.round_number, CASE WHEN EXISTS (SELECT 1 FROM lua_round_teams l WHERE l.round_id = r.id OR (l.match_id = r.match_id AND l.round_number = r.round_number)) THEN 'HAS_LUA' ELSE 'MISSING_LUA' END AS lua_status FROM rounds r WHERE r.round_date >= '2026-02-18' AND r.round_number IN (0,2) ORDER BY r.id DESC LIMIT 20;"
Q4 = "SELECT r.id, r.match_id, r.map_name, r.round_number FROM rounds r WHERE r.round_date >= '2026-02-18' AND r.round_number IN (0,2) AND NOT EXISTS (SELECT 1 FROM lua_round_teams l WHERE l.round_id = r.id OR (l.match_id = r.match_id AND l.round_number = r.round_number)) ORDER BY r.id DESC LIMIT 20;"
Q5 = "SELECT round_number, COUNT(*) FROM lua_round_teams GROUP BY round_number"
Q6 = "SELECT round_number, COUNT(*) FROM lua_round_teams WHERE captured_at > NOW() - INTERVAL '1 day' GROUP BY round_number"
Q7 = """  SELECT 'lua_round_teams' AS tbl, COUNT(*) FROM lua_round_teams
  UNION ALL
  SELECT 'lua_spawn_stats', COUNT(*) FROM lua_spawn_stats
  UNION ALL
  SELECT 'rounds', COUNT(*) FROM rounds WHERE round_date >= '2026-02-20'
"""
Q8 = """  SELECT r.id, r.map_name, r.round_number,
         COALESCE(l.id::text, 'MISSING') AS lua_id,
         COALESCE(l.actual_duration_seconds::text, 'NULL') AS lua_duration
  FROM rounds r
  LEFT JOIN lua_round_teams l ON l.round_id = r.id
  WHERE r.round_date >= CURRENT_DATE
  ORDER BY r.id DESC LIMIT 20
"""
Q9 = """-- Add per-player time columns to player_comprehensive_stats
ALTER TABLE player_comprehensive_stats ADD COLUMN IF NOT EXISTS time_alive_seconds INTEGER;
ALTER TABLE player_comprehensive_stats ADD COLUMN IF NOT EXISTS avg_respawn_seconds FLOAT;
ALTER TABLE player_comprehensive_stats ADD COLUMN IF NOT EXISTS longest_life_seconds INTEGER;
ALTER TABLE player_comprehensive_stats ADD COLUMN IF NOT EXISTS longest_death_seconds INTEGER;
-- All default NULL for backward compatibility
"""
Q10 = """ALTER TABLE player_comprehensive_stats DROP COLUMN IF EXISTS time_alive_seconds;
ALTER TABLE player_comprehensive_stats DROP COLUMN IF EXISTS avg_respawn_seconds;
ALTER TABLE player_comprehensive_stats DROP COLUMN IF EXISTS longest_life_seconds;
ALTER TABLE player_comprehensive_stats DROP COLUMN IF EXISTS longest_death_seconds;
"""
LATER = 1_772_000_000 - R1_START  # 2026-02-25, after every date written in the statements


@pytest.fixture
def stored(door):
    """One match of 2026-02-25, and an R2 of that day whose Lua data is gone."""
    shift = {"round_start_unix": R1_START + LATER, "round_end_unix": R1_START + LATER + 456}
    door.post(a_report(**shift))
    second = {"round_start_unix": R2_START + LATER, "round_end_unix": R2_START + LATER + 391}
    door.post(a_second_report(r1={"round_start_unix": R1_START + LATER}, **second))
    lost = {"round_start_unix": R2_START + LATER + 9000, "round_end_unix": R2_START + LATER + 9391}
    answer = door.post(a_second_report(r1=None, map_name="radar", **lost))
    for table in ("lua_round_teams", "lua_spawn_stats"):
        door.do(f"DELETE FROM {table} WHERE round_id = :id", id=answer.json()["round_id"])
    return door


def ask(door, statement):
    with door.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_q1_counts_what_there_is_now(stored):
    ((_now, rounds, spawns),) = ask(stored, Q1)
    assert (rounds, spawns) == (2, 8)


def test_q2_shows_the_newest_lua_rows_with_their_match(stored):
    rows = ask(stored, Q2)
    assert [row[1:4] for row in rows] == [("supply", 2, 2), ("supply", 1, 2)]
    assert {row[4] for row in rows} == {f"m1:srv1:supply:s{R1_START + LATER}"}


def test_q3_tells_which_r2_has_lua_data(stored):
    rows = ask(stored, Q3)
    assert [(row[3], row[4], row[5]) for row in rows] == [("radar", 2, "MISSING_LUA"), ("supply", 2, "HAS_LUA")]
    assert {str(row[1]) for row in rows} == {"2026-02-25"}


def test_q4_lists_the_r2_that_lacks_it(stored):
    assert [row[2:] for row in ask(stored, Q4)] == [("radar", 2)]


def test_q5_and_q6_count_by_round_number(stored):
    assert sorted(ask(stored, Q5)) == [(1, 1), (2, 1)]
    assert sorted(ask(stored, Q6)) == [(1, 1), (2, 1)]


def test_q7_is_the_baseline_of_three_tables(stored):
    assert dict(ask(stored, Q7)) == {"lua_round_teams": 2, "lua_spawn_stats": 8, "rounds": 3}


def test_q8_names_the_lua_row_of_each_round_of_today(stored):
    stored.do("UPDATE rounds SET round_date = CURRENT_DATE")
    rows = ask(stored, Q8)
    assert [(row[1], row[2], row[3] == "MISSING", row[4]) for row in rows] == [
        ("radar", 2, True, "NULL"),
        ("supply", 2, False, "391.250"),
        ("supply", 1, False, "456.000"),
    ]


TIMES_OF_LIVES = {"time_alive_seconds", "avg_respawn_seconds", "longest_life_seconds", "longest_death_seconds"}


def times_of_lives(door):
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'player_comprehensive_stats'"
    return TIMES_OF_LIVES & {name for (name,) in ask(door, columns)}


def test_q10_takes_four_columns_away_and_q9_adds_them_again_null_for_what_is_there(stored):
    stored.do(Q10)
    assert times_of_lives(stored) == set()
    stored.do(Q9)
    assert times_of_lives(stored) == TIMES_OF_LIVES
    assert stored.row("SELECT count(avg_respawn_seconds) AS n FROM player_comprehensive_stats")["n"] == 0


def test_rounds_come_with_and_without_the_four_columns(stored):
    stored.do(Q10)
    assert stored.post(a_report(map_name="railgun")).json()["state"] == "enriched"
    stored.do(Q9)
    assert stored.post(a_report(map_name="adlernest")).json()["state"] == "enriched"


def test_the_migration_of_the_four_columns_goes_back_and_forward_after_either_statement(stored, database_url):
    stored.do(Q10)
    migrate.downgrade(database_url, "0008")
    stored.do(Q9)
    migrate.upgrade(database_url)
    assert times_of_lives(stored) == TIMES_OF_LIVES
    migrate.downgrade(database_url, "0008")
    assert times_of_lives(stored) == set()
    migrate.upgrade(database_url)
