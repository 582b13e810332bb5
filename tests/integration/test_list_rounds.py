"""The list of rounds: newest first, page by page, each page's rounds once, by map, server, session and status."""

import pytest

from tests.factories import R1_START, a_player, a_report
from tests.integration.session_rounds import HOUR, a_round, assign, play


def listed(door, **asked):
    answer = door.client.get("/api/rounds", params=asked)
    assert answer.status_code == 200
    return answer.json()


def ids(answer):
    return [one["round_id"] for one in answer["rounds"]]


def walked(door, **asked):
    """The ids of every page, one after the other."""
    pages, cursor = [], {}
    while cursor is not None:
        answer = listed(door, **asked, **cursor)
        pages.append(ids(answer))
        cursor = {"cursor": answer["next_cursor"]} if answer["next_cursor"] else None
    return pages


def test_rounds_are_listed_newest_first_whenever_they_came(door):
    first, third, second = play(door, 0, 2, 1)
    assert ids(listed(door)) == [third, second, first]


def test_every_round_stands_on_exactly_one_page(door):
    round_ids = play(door, 0, 1, 2, 30, 31)
    assert walked(door, limit=2) == [round_ids[:2:-1], round_ids[2:0:-1], round_ids[:1]]


def test_rounds_of_one_second_are_told_apart_by_their_ids(door):
    token = door.register("srv2")
    posted = [door.post(a_round(0, R1_START)), door.post(a_round(1, R1_START), token=token)]
    assert walked(door, limit=1) == [[answer.json()["round_id"]] for answer in reversed(posted)]


def test_a_round_that_comes_later_moves_nothing_on_the_next_page(door):
    round_ids = play(door, 0, 1, 2)
    first_page = listed(door, limit=2)
    door.post(a_round(9, R1_START + 9 * HOUR))
    assert ids(listed(door, cursor=first_page["next_cursor"])) == round_ids[:1]


def test_the_last_page_has_no_next_one(door):
    play(door, 0, 1)
    assert listed(door, limit=2)["next_cursor"] is None


def test_only_rounds_of_a_map_are_listed(door):
    play(door, 0)
    other = door.post(a_round(1, R1_START + HOUR, map_name="etl_frostbite")).json()["round_id"]
    assert ids(listed(door, map="etl_frostbite")) == [other]


def test_only_rounds_of_a_server_are_listed(door):
    play(door, 0)
    (other,) = play(door, 0, token=door.register("srv2"))
    assert ids(listed(door, server="srv2")) == [other]


def test_only_rounds_of_a_session_are_listed(door):
    round_ids = play(door, 0, 0.5, 5)
    assign(door)
    session = listed(door)["rounds"][-1]["gaming_session_id"]
    assert ids(listed(door, session=session)) == [round_ids[1], round_ids[0]]


def test_only_rounds_of_a_status_are_listed(door):
    play(door, 0)
    aborted = door.post(a_round(1, R1_START + HOUR, exit_kind="aborted", exit_line=None)).json()["round_id"]
    assert ids(listed(door, status="aborted")) == [aborted]


def test_what_nobody_played_is_an_empty_list(door):
    assert listed(door, map="nowhere") == {"rounds": [], "next_cursor": None}


def test_a_listed_round_has_its_score_with_its_confidence_and_its_times_with_their_sources(door):
    door.post(a_report())
    (told,) = listed(door)["rounds"]
    assert (told["winner_label"], told["round_stopwatch_state"], told["confidence"]) == (
        "Allies",
        "TIME_SET",
        "verified_header",
    )
    assert (told["actual_duration_seconds"], told["duration_source"]) == (456.0, "lua")
    assert (told["limit_seconds"], told["limit_source"]) == (720.0, "lua")


def test_a_name_is_listed_as_it_came(door):
    """The API tells text; whoever draws it makes it safe."""
    door.post(a_report(map_name="<b>", players=[a_player(0), a_player(1)]))
    assert [one["map_name"] for one in listed(door)["rounds"]] == ["<b>"]


def test_who_has_the_list_already_is_not_sent_it_again(door):
    play(door, 0)
    etag = door.client.get("/api/rounds").headers["etag"]
    for offered in (etag, f'"other", W/{etag}'):
        assert door.client.get("/api/rounds", headers={"If-None-Match": offered}).status_code == 304


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"limit": 0}, "/query/limit"),
        ({"limit": 201}, "/query/limit"),
        ({"limit": "many"}, "/query/limit"),
        ({"cursor": "1'--"}, "/query/cursor"),
        ({"cursor": "9" * 30 + ".1"}, "/query/cursor"),
        ({"session": 2**63}, "/query/session"),
        ({"status": "great"}, "/query/status"),
        ({"map": "x\0y"}, "/query/map"),
    ],
)
def test_a_parameter_that_cannot_be_understood_is_a_problem_that_names_it(door, asked, pointer):
    answer = door.client.get("/api/rounds", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter")
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
