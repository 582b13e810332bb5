"""Why a round is as it is, over HTTP: everything that arrived, what was believed, and what a broken section costs."""

import pytest

from tests.factories import a_report


def why(door, name):
    answer = door.client.get(f"/api/rounds/{name}/why")
    assert answer.status_code == 200
    return answer.json()


def test_every_delivery_tells_why_it_is_linked_and_what_its_event_went_through(door):
    round_id = door.post(a_report()).json()["round_id"]
    (delivery,) = why(door, round_id)["deliveries"]
    assert (delivery["kind"], delivery["link_reason"], delivery["seconds_apart"]) == (
        "round_report",
        "created_round",
        0,
    )
    assert [move["to_state"] for move in delivery["history"]] == ["seen", "parsed", "linked_round_id", "enriched"]


def test_where_two_reports_disagree_both_values_stand(door):
    door.post(a_report())
    round_id = door.post(a_report(sequence=2, winner_team=1)).json()["round_id"]
    told = why(door, round_id)
    assert len(told["deliveries"]) == 2
    assert [one["field"] for one in told["conflicts"]] == [
        row["field"] for row in door.rows("SELECT field FROM field_conflicts ORDER BY field")
    ]


def test_what_never_came_is_named(door):
    round_id = door.post(a_report()).json()["round_id"]
    assert "R2 of its match" in why(door, round_id)["missing"]


def test_a_rounds_score_is_explained_with_its_confidence(door):
    told = why(door, door.post(a_report()).json()["round_id"])["round"]
    assert (told["winner_label"], told["confidence"]) == ("Allies", "verified_header")


def test_any_fingerprint_leads_to_the_same_story(door):
    answer = door.post(a_report()).json()
    assert why(door, answer["round_fingerprint"]) == why(door, answer["round_id"])


@pytest.mark.parametrize("name", ["999999", "rf1:1:nobody", "delivery:1"])
def test_of_nothing_there_is_no_story(door, name):
    door.post(a_report())
    answer = door.client.get(f"/api/rounds/{name}/why")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_section_that_cannot_be_read_is_null_and_named_and_costs_no_other(door):
    where = "/api" + door.post(a_report()).headers["location"]
    door.do("ALTER TABLE lua_spawn_stats RENAME TO elsewhere")
    told = door.client.get(where).json()
    assert (told["players"], told["status"]) == (None, "warning")
    assert told["errors"] == [{"section": "players", "code": "section_failed"}]
    assert (told["confidence"], len(told["sources"])) == ("verified_header", 1)


def test_a_whole_answer_says_so(door):
    told = door.client.get("/api" + door.post(a_report()).headers["location"]).json()
    assert (told["status"], told["errors"]) == ("ok", [])
