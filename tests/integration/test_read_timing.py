"""Times over HTTP: the same that the views and the command line tell."""

import json

from tests.factories import a_report, a_second_report
from tests.integration.session_rounds import assign


def an_evening(door):
    answers = [door.post(a_report()), door.post(a_second_report())]
    assign(door)
    return [answer.json()["round_id"] for answer in answers]


def test_a_round_tells_each_time_with_its_source(door):
    first, _second = an_evening(door)
    timing = door.client.get(f"/api/rounds/{first}").json()["timing"]

    assert timing["quantities"]["duration"] == {"value": 456.0, "source": "lua", "divergence": "single"}
    assert (timing["link_status"], timing["lua_data"], timing["breaches"]) == ("linked", None, [])
    assert (timing["actual_duration_seconds"], timing["duration_source"]) == (456.0, "lua")


def test_a_round_without_lua_data_says_so(door):
    """P10"""
    first, _second = an_evening(door)
    door.do("DELETE FROM lua_round_teams")

    assert door.client.get(f"/api/rounds/{first}").json()["timing"]["lua_data"] == "NO LUA DATA"


def test_times_that_cannot_be_read_leave_the_round_as_it_is(door):
    first, _second = an_evening(door)
    door.do("ALTER TABLE lua_round_teams RENAME COLUMN link_reason TO gone")
    told = door.client.get(f"/api/rounds/{first}").json()

    assert told["timing"]["actual_duration_seconds"] == 456.0
    assert "quantities" not in told["timing"]
    assert "timing" in [error["section"] for error in told["errors"]]


def test_the_command_line_and_the_api_tell_the_same_times(door, run):
    first, _second = an_evening(door)
    (session,) = door.rows("SELECT DISTINCT gaming_session_id AS id FROM rounds")
    by_api = door.client.get(f"/api/sessions/{session['id']}/timing").json()
    by_command = json.loads(run("timing", "session", session["id"], "--json")[1])

    assert (by_api["rounds"], by_api["summary"]) == (by_command["rounds"], by_command["summary"])
    assert json.loads(run("timing", "round", first, "--json")[1])["timing"].items() <= (
        door.client.get(f"/api/rounds/{first}").json()["timing"].items()
    )


def test_a_session_tells_its_rounds_in_the_order_they_were_played(door):
    rounds = an_evening(door)
    (session,) = door.rows("SELECT DISTINCT gaming_session_id AS id FROM rounds")
    told = door.client.get(f"/api/sessions/{session['id']}/timing").json()

    assert [row["round_id"] for row in told["rounds"]] == rounds
    assert (told["summary"]["rounds_with_lua"], told["summary"]["rounds"]) == (2, 2)


def test_there_is_no_timing_of_a_session_that_never_was(door):
    assert door.client.get("/api/sessions/77/timing").status_code == 404
