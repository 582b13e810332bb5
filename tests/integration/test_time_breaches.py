"""What is wrong with a round's times stands with the round from the moment it is written."""

from tests.factories import a_player, a_report, a_second_report
from tests.integration.telling import R1, Teller


def breaches(door, answer):
    return door.round(answer)["flags"]


def players(door, answer):
    rows = door.rows(
        "SELECT * FROM player_comprehensive_stats WHERE round_id = :id ORDER BY player_guid",
        id=answer.json()["round_id"],
    )
    return {row["clean_name"]: row for row in rows}


def test_a_whole_match_breaks_nothing(door):
    in_time = [a_player(slot, alive_ms=335_250) for slot in range(4)]
    first, second = door.post(a_report()), door.post(a_second_report(players=in_time))

    assert (breaches(door, first), breaches(door, second)) == (None, None)
    assert [row["flags"] for row in players(door, first).values()] == [None] * 4


def test_a_player_who_outlasted_his_round_is_noted(door):
    door.post(a_report())
    answer = door.post(a_second_report())

    assert breaches(door, answer) == {"breaches": {"played_within_duration": 4}}


def test_a_duration_that_its_clock_contradicts_is_noted_and_kept(door):
    answer = door.post(a_report(elapsed_ms=400_000))

    assert breaches(door, answer) == {"breaches": {"duration_fits_clock": 1}}
    assert float(door.round(answer)["actual_duration_seconds"]) == 400.0


def test_dead_time_above_played_time_is_capped_kept_beside_and_noted(door):
    """P36"""
    too_dead = a_player(0, alive_ms=0, dead_ms=500_000, counters=played(456_000))
    answer = door.post(a_report(players=[too_dead, a_player(1)]))
    row = players(door, answer)["player0"]

    dead_seconds = [round(row[name] * 60) for name in ("time_dead_minutes", "time_dead_minutes_original")]
    assert dead_seconds == [456, 500]
    assert row["flags"] == {"breaches": ["dead_within_played"]}
    assert breaches(door, answer) == {"breaches": {"dead_within_played": 1}}


def played(milliseconds):
    raw = {"kills": 1, "deaths": 5, "damage_given": 100, "damage_received": 500}
    return {
        "raw": raw | {"time_axis": milliseconds, "time_allies": 0},
        "baseline": dict.fromkeys((*raw, "time_axis", "time_allies"), 0),
    }


def test_a_breach_is_counted_once_for_each_player(door):
    short = [a_player(slot, alive_ms=0, dead_ms=0) for slot in range(4)]

    assert breaches(door, door.post(a_report(players=short))) == {"breaches": {"played_positive": 4}}


def test_a_breach_that_a_later_report_heals_is_gone(door):
    broken = door.post(a_report(elapsed_ms=400_000))
    healed = door.post(a_report(sequence=2, event_id="e-1b"))

    assert healed.json()["round_id"] == broken.json()["round_id"]
    assert breaches(door, healed) is None


def test_a_players_lives_are_kept_with_his_numbers(door):
    row = players(door, door.post(a_report()))["player0"]

    assert (row["time_alive_seconds"], row["avg_respawn_seconds"], row["longest_death_seconds"]) == (400, 11.2, 20)
    assert row["longest_life_seconds"] is None


def test_whose_time_nobody_told_is_taken_to_have_played_it_all_and_it_is_said(door):
    silent = a_player(0, alive_ms=None, dead_ms=None)
    row = players(door, door.post(a_report(players=[silent, a_player(1)])))["player0"]

    assert (row["time_played_seconds"], row["played_source"]) == (456, "duration")
    assert round(row["dpm"], 2) == 223.68
    assert row["time_dead_minutes"] is None


def test_dead_seconds_of_lua_stay_luas_where_a_stats_file_counts_the_player(engine):
    """The two are what a comparison of old and new dead times compares."""
    told = Teller(engine).new_server()
    told.tell(R1["gametime"], R1["stats"])
    rows = told.rows("""
        SELECT p.player_guid, p.played_source, s.dead_seconds FROM player_comprehensive_stats p
        JOIN rounds r ON r.id = p.round_id JOIN lua_spawn_stats s USING (round_id, player_guid)
        WHERE r.server_id = :server_id ORDER BY 1""")
    alone = Teller(engine).new_server("alone")
    alone.tell(R1["gametime"])
    by_lua = alone.rows("""
        SELECT s.player_guid, s.dead_seconds FROM lua_spawn_stats s JOIN rounds r ON r.id = s.round_id
        WHERE r.server_id = :server_id ORDER BY 1""")

    assert {row["played_source"] for row in rows} == {"stats_file"}
    assert [row["dead_seconds"] for row in rows] == [row["dead_seconds"] for row in by_lua]
