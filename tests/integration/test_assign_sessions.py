"""Rounds of a real door find their gaming session, and whatever becomes of them later, another one if need be."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError

from ingest_api.services.assign_sessions import REST, SessionAssignment
from shared.db import demo
from shared.db.servers import Servers
from shared.db.sessions import Sessions
from shared.domain.sessions import Span
from tests.factories import R1_START, a_player, a_report
from tests.integration.session_rounds import (
    HOUR,
    NOW,
    a_round,
    alive,
    assign,
    assigned,
    counts,
    instant,
    move,
    play,
    remove,
    session_of,
    sessions_of,
)

# ----- founding, extending, merging, falling apart --------------------------------------------------------------------


def test_the_first_round_founds_a_session(door):
    (round_id,) = play(door, 0)
    assign(door)
    (session,) = alive(door)
    assert session_of(door, round_id) == session["id"]
    assert session | {"id": None} == {
        "id": None,
        "server_id": "srv1",
        "started_at": instant(0),
        "ended_at": instant(0, 456),
        "session_date": date(2026, 2, 3),
        "rounds_count": 1,
        "retired_into": None,
    }


def test_rounds_without_a_long_pause_between_them_share_a_session(door):
    assert len(set(sessions_of(door, assigned(door, 0, 1, 2)))) == 1
    (session,) = alive(door)
    assert (session["started_at"], session["ended_at"], session["rounds_count"]) == (instant(0), instant(2, 456), 3)


def test_a_long_pause_lies_between_two_sessions(door):
    first, second = sessions_of(door, assigned(door, 0, 1.2))
    assert first != second


def test_a_round_that_comes_later_joins_what_is_there(door):
    (first,) = assigned(door, 0)
    (_, second) = assigned(door, 0, 0.5)
    assert session_of(door, first) == session_of(door, second)
    assert counts(door) == [2]


def test_a_round_between_two_sessions_makes_them_one_and_the_lower_id_survives(door):
    late, early = assigned(door, 2, 0)
    ids = sessions_of(door, [early, late])
    between = assigned(door, 2, 0, 1)[-1]
    assert sessions_of(door, [early, between, late]) == [min(ids)] * 3
    assert door.row("SELECT id, rounds_count FROM gaming_sessions WHERE retired_into = :id", id=min(ids)) == {
        "id": max(ids),
        "rounds_count": 0,
    }
    assert counts(door) == [3]


def test_what_was_retired_into_a_session_follows_it_when_that_one_is_retired_too(door):
    for starts in ([0], [0, 4], [0, 4, 6], [0, 4, 6, 5], [0, 4, 6, 5, 1, 2, 3]):
        assigned(door, *starts)
    (survivor,) = alive(door)
    retired = door.rows("SELECT retired_into FROM gaming_sessions WHERE rounds_count = 0")
    assert [row["retired_into"] for row in retired] == [survivor["id"]] * 2


def test_a_round_that_goes_leaves_two_sessions_and_the_earlier_keeps_the_id(door):
    first, between, last = assigned(door, 0, 1, 2)
    before = session_of(door, first)
    remove(door, between)
    assign(door)
    assert session_of(door, first) == before
    assert session_of(door, last) > before
    assert counts(door) == [1, 1]


def test_a_session_that_loses_all_its_rounds_is_over_for_good(door):
    (round_id,) = assigned(door, 0)
    before = session_of(door, round_id)
    remove(door, round_id)
    assign(door)
    play(door, 1)
    assign(door)
    assert [row["id"] > before for row in alive(door)] == [True]


def test_a_round_whose_time_is_corrected_a_little_keeps_its_session(door):
    (round_id,) = assigned(door, 0)
    before = session_of(door, round_id)
    move(door, round_id, 0.01)
    assign(door)
    assert session_of(door, round_id) == before
    assert [row["started_at"] for row in alive(door)] == [instant(0, 36)]


def test_a_round_whose_time_is_corrected_much_goes_where_it_belongs(door):
    stays, goes, there = assigned(door, 0, 0.5, 30)
    before = session_of(door, stays)
    move(door, goes, 30.5)
    assign(door)
    assert session_of(door, stays) == before
    assert session_of(door, goes) == session_of(door, there)
    assert counts(door) == [1, 2]


def test_a_round_that_turns_out_to_be_a_ghost_is_of_no_session_and_ties_nothing_together(door):
    first, between, last = assigned(door, 0, 1, 2)
    door.do("UPDATE rounds SET round_status = 'ghost' WHERE id = :id", id=between)
    assign(door)
    assert session_of(door, between) is None
    assert session_of(door, first) != session_of(door, last)


def test_a_ghost_that_turns_out_to_be_none_ties_together(door):
    first, between, last = play(door, 0, 1, 2)
    door.do("UPDATE rounds SET round_status = 'ghost' WHERE id = :id", id=between)
    assign(door)
    door.do("UPDATE rounds SET round_status = 'completed' WHERE id = :id", id=between)
    assign(door)
    assert len(set(sessions_of(door, [first, between, last]))) == 1


def test_rounds_with_bots_neither_join_nor_tie_together(door):
    first, last = play(door, 0, 2)
    bots = door.post(a_round(9, R1_START + HOUR, players=[a_player(0), a_player(1, is_bot=True)])).json()["round_id"]
    assign(door)
    assert session_of(door, bots) is None
    assert session_of(door, first) != session_of(door, last)


def test_aborted_rounds_join(door):
    answer = door.post(a_round(1, R1_START, exit_kind="aborted", exit_line=None, winner_team=None))
    assign(door)
    assert door.round(answer)["round_status"] == "aborted"
    assert door.round(answer)["gaming_session_id"] is not None


def test_a_round_known_by_its_end_alone_is_placed_by_it(door):
    play(door, 0)
    answer = door.post(a_report(event_id="e-9", round_start_unix=None, round_end_unix=R1_START + HOUR, sequence=9))
    assign(door)
    assert door.round(answer)["round_start_unix"] is None
    assert counts(door) == [2]


def test_a_round_known_by_the_stamp_of_a_file_alone_is_placed_by_it(door):
    first, second = play(door, 0, 1.9)
    stamp = datetime.fromtimestamp(R1_START + HOUR, UTC)
    door.do(
        "UPDATE rounds SET round_start_unix = NULL, round_end_unix = NULL, round_date = :day, round_time = :time WHERE id = :id",
        day=stamp.date(),
        time=stamp.time(),
        id=second,
    )
    assign(door)
    assert len(set(sessions_of(door, [first, second]))) == 1


def test_a_round_at_no_time_is_of_no_session_and_is_not_looked_at_again(door):
    (round_id,) = play(door, 0)
    door.do(
        "UPDATE rounds SET round_start_unix = NULL, round_end_unix = NULL, round_date = NULL, round_time = NULL "
        "WHERE id = :id",
        id=round_id,
    )
    assert SessionAssignment(door.engine, UTC).assign(NOW) == 0
    assert session_of(door, round_id) is None


def test_a_backfilled_file_does_not_land_in_tonights_session(door):
    """P26"""
    tonight, last_year = assigned(door, 0, -6000)
    assert session_of(door, tonight) != session_of(door, last_year)


def test_rounds_of_another_map_do_not_end_a_session(door):
    """P54"""
    first, second = door.post(a_round(1, R1_START)), door.post(a_round(2, R1_START + HOUR, map_name="frostbite"))
    assign(door)
    assert door.round(first)["gaming_session_id"] == door.round(second)["gaming_session_id"]


# ----- two servers ----------------------------------------------------------------------------------------------------


def test_two_servers_never_share_a_session(door):
    """P54"""
    ours = play(door, 0, 0.5)
    theirs = play(door, 0.2, 0.7, token=door.register("srv2"))
    assign(door)
    assert len(set(sessions_of(door, ours))) == len(set(sessions_of(door, theirs))) == 1
    assert [(row["server_id"], row["rounds_count"]) for row in alive(door)] == [("srv1", 2), ("srv2", 2)]


def test_the_database_refuses_a_session_of_another_server(door):
    assigned(door, 0)
    (theirs,) = play(door, 0, token=door.register("srv2"))
    with pytest.raises(IntegrityError, match="rounds_gaming_session_id_server_id_fkey"):
        door.do("UPDATE rounds SET gaming_session_id = (SELECT id FROM gaming_sessions) WHERE id = :id", id=theirs)


def test_the_trouble_of_one_server_does_not_keep_the_others_waiting(door):
    play(door, 0)
    (theirs,) = play(door, 0, token=door.register("srv2"))
    door.do("ALTER TABLE gaming_sessions ADD CONSTRAINT not_today CHECK (server_id <> 'srv1')")
    assignment = SessionAssignment(door.engine, UTC)
    assert assignment.assign(NOW) == 1
    assert session_of(door, theirs) is not None


def test_a_server_in_trouble_is_tried_again_after_a_rest_and_nothing_is_lost(door):
    (round_id,) = play(door, 0)
    door.do("ALTER TABLE gaming_sessions ADD CONSTRAINT not_today CHECK (server_id <> 'srv1')")
    assignment = SessionAssignment(door.engine, UTC)
    assignment.assign(NOW)
    door.do("ALTER TABLE gaming_sessions DROP CONSTRAINT not_today")
    assert assignment.assign(NOW) == 0
    assert assignment.assign(NOW + REST) == 1
    assert session_of(door, round_id) is not None


def test_of_a_place_only_the_sessions_that_meet_it_are_found(door):
    assigned(door, 0, 10, 20)
    with door.engine.connect() as connection:
        found = Sessions(connection, "srv1").near([Span(R1_START + 9 * HOUR, R1_START + 11 * HOUR)])
    assert [one.span.start_unix for one in found] == [R1_START + 10 * HOUR]


# ----- dates ----------------------------------------------------------------------------------------------------------


def test_a_session_goes_by_the_date_where_people_look_at_it(door):
    play(door, 0)
    assign(door, ZoneInfo("Pacific/Auckland"))
    assert [row["session_date"] for row in alive(door)] == [date(2026, 2, 4)]


def test_stored_sessions_get_the_date_of_another_time_zone(door):
    assigned(door, 0)
    assert SessionAssignment(door.engine, ZoneInfo("Pacific/Auckland")).date_all_again() == 1
    assert SessionAssignment(door.engine, ZoneInfo("Pacific/Auckland")).date_all_again() == 0
    assert [row["session_date"] for row in alive(door)] == [date(2026, 2, 4)]


def test_a_session_that_grows_backwards_goes_by_its_new_first_round(door):
    assigned(door, 0)
    assigned(door, 0, *(-number for number in range(1, 24)))
    assert [row["session_date"] for row in alive(door)] == [date(2026, 2, 2)]


# ----- the demo -------------------------------------------------------------------------------------------------------


def test_the_sessions_of_the_demo_go_with_it_and_no_others(door):
    play(door, 0)
    play(door, 0, 5, token=door.register("demo"))
    assign(door)
    door.do(
        "INSERT INTO session_teams (gaming_session_id, team_name, team_slot, player_guids, player_names) "
        "SELECT min(id), 'Red', 'A', '[]', '[]' FROM gaming_sessions WHERE server_id = 'demo'"
    )
    with door.engine.begin() as connection:
        Servers(connection).lock("demo")
        purged = demo.purge(connection, "demo")
    assert (purged.rows["gaming_sessions"], purged.rows["session_teams"]) == (2, 1)
    assert [row["server_id"] for row in alive(door)] == ["srv1"]
    assert door.count("session_changes") == 0
