"""Leaderboards and players: only what counts, by GUID, sums before ratios, one unit each."""

import pytest

from tests.factories import R1_START, a_player, a_report, a_second_report
from tests.integration.ingesting import opened_door
from tests.integration.session_rounds import HOUR, a_round

GUIDS = [f"{slot + 1:08X}" for slot in range(4)]


def a_killer(slot, kills, **changes):
    told = {"kills": kills, "deaths": 5, "damage_given": 1700, "damage_received": 1500}
    counters = {"raw": told, "baseline": dict.fromkeys(told, 0)}
    return a_player(slot, guid=GUIDS[slot] * 4, counters=counters, **changes)


def board(door, metric, **asked):
    answer = door.client.get(f"/api/leaderboards/{metric}", params={"since": "2026-01-01", "least_rounds": 1} | asked)
    assert answer.status_code == 200
    return answer.json()


def values(door, metric, **asked):
    return {one["guid"]: one["value"] for one in board(door, metric, **asked)["players"]}


def test_kills_are_summed_over_a_players_rounds(door):
    door.post(a_round(0, R1_START, players=[a_killer(0, 10), a_killer(1, 3)]))
    door.post(a_round(1, R1_START + HOUR, players=[a_killer(0, 5), a_killer(1, 20)]))
    told = board(door, "kills")
    assert [(one["rank"], one["guid"], one["value"], one["rounds"]) for one in told["players"]] == [
        (1, GUIDS[1], 23.0, 2),
        (2, GUIDS[0], 15.0, 2),
    ]
    assert (told["unit"], told["least_rounds"]) == ("kills", 1)


def test_a_player_with_two_names_is_one_player_under_his_newest(door):
    """P40."""
    door.post(a_round(0, R1_START, players=[a_killer(0, 1, name="old"), a_killer(1, 1)]))
    door.post(a_round(1, R1_START + 30 * HOUR, players=[a_killer(0, 1, name="new"), a_killer(1, 1)]))
    assert [one["name"] for one in board(door, "kills")["players"] if one["guid"] == GUIDS[0]] == ["new"]


def test_an_orphaned_r2_makes_no_record(door):
    """P23."""
    door.post(a_report(players=[a_killer(0, 1), a_killer(1, 2)]))
    door.post(a_second_report(map_name="radar", r1=None, players=[a_killer(0, 78), a_killer(1, 49)]))
    assert values(door, "kills") == {GUIDS[0]: 1.0, GUIDS[1]: 2.0}


@pytest.mark.parametrize(
    "told",
    [
        {"exit_kind": "aborted", "exit_line": None},
        {"elapsed_ms": 20_000, "exit_kind": "unknown", "exit_line": None},
        {"map_name": "mp_sillyctf"},
    ],
    ids=["aborted", "ghost", "filler"],
)
def test_what_does_not_count_makes_no_record(door, told):
    door.post(a_report(players=[a_killer(0, 50), a_killer(1, 2)], **told))
    assert values(door, "kills") == {}


def test_rounds_with_bots_make_no_record(door):
    """P41."""
    door.post(a_report(players=[a_killer(0, 50), a_killer(1, 2, is_bot=True, name="[BOT]x")]))
    assert values(door, "kills") == {}


def test_who_only_watched_is_not_ranked(door):
    door.post(a_report(players=[a_killer(0, 5), a_killer(1, 5), a_killer(2, 0, side=3)]))
    assert sorted(values(door, "kills")) == GUIDS[:2]


def test_only_rounds_of_the_span_are_summed(door):
    door.post(a_round(0, R1_START, players=[a_killer(0, 1), a_killer(1, 1)]))
    door.post(a_round(1, R1_START + 48 * HOUR, players=[a_killer(0, 10), a_killer(1, 10)]))
    assert values(door, "kills", until="2026-02-04")[GUIDS[0]] == 1
    assert values(door, "kills", since="2026-02-05")[GUIDS[0]] == 10
    assert values(door, "kills", server="srv2") == {}
    assert values(door, "kills", map="supply")[GUIDS[0]] == 11


def test_a_ratio_is_not_ranked_below_its_least_rounds(door):
    door.post(a_report(players=[a_killer(0, 9), a_killer(1, 9)]))
    told = door.client.get("/api/leaderboards/kd", params={"since": "2026-01-01"}).json()
    assert (told["least_rounds"], told["ranked"], told["not_ranked"], told["players"]) == (10, 0, 2, [])


def test_a_metric_that_does_not_exist_is_not_found_and_told_which_do(door):
    answer = door.client.get("/api/leaderboards/score")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "headshot_kills" in answer.json()["detail"]


def test_a_player_is_told_with_all_his_names_and_figures(door):
    door.post(a_round(0, R1_START, players=[a_killer(0, 10, name="^1old"), a_killer(1, 1)]))
    door.post(a_round(1, R1_START + 30 * HOUR, players=[a_killer(0, 20, name="new"), a_killer(1, 1)]))
    told = door.client.get(f"/api/players/{GUIDS[0].lower() * 4}").json()
    assert (told["guid"], told["guid_full"], told["name"]) == (GUIDS[0], GUIDS[0] * 4, "new")
    assert [one["name"] for one in told["names"]] == ["new", "old"]
    assert (told["rounds"], told["first_date"], told["last_date"]) == (2, "2026-02-03", "2026-02-05")
    assert (told["figures"]["kills"]["value"], told["figures"]["kd"]["value"]) == (30, 3)
    assert told["figures"]["headshots"]["value"] is None
    assert told["errors"] == []


def test_a_players_rounds_are_told_newest_first_with_their_confidence(door):
    door.post(a_round(0, R1_START, players=[a_killer(0, 10), a_killer(1, 1)]))
    door.post(a_round(1, R1_START + HOUR, players=[a_killer(0, 20), a_killer(1, 1)]))
    rounds = door.client.get(f"/api/players/{GUIDS[0]}").json()["newest_rounds"]
    assert [(one["kills"], one["round"]["confidence"]) for one in rounds] == [
        (20, "verified_header"),
        (10, "verified_header"),
    ]


@pytest.mark.parametrize("guid", ["00000000", "#", "' OR 1=1", "%F0%9F%92%A9"])
def test_of_nobody_there_is_nothing(door, guid):
    answer = door.client.get(f"/api/players/{guid}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_who_asks_too_often_is_told_when_to_ask_again(engine, database_url):
    with opened_door(engine, database_url, reads_per_minute=2) as door:
        answers = [door.client.get("/api/rounds") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2].json()["code"], int(answers[2].headers["retry-after"]) > 0) == ("rate_limited", True)


@pytest.mark.parametrize("until", ["0001-01-01", "0001-03-31", "9999-12-31"])
def test_a_leaderboard_can_end_on_any_date_of_the_calendar(door, until):
    answer = door.client.get("/api/leaderboards/kills", params={"until": until})
    assert (answer.status_code, answer.json()["until"]) == (200, until)


@pytest.mark.parametrize("day", ["0", "1770159025", "2026-02-04T00:00:00", "2026-2-4", "yesterday", ""])
def test_a_date_is_written_out(door, day):
    answer = door.client.get("/api/leaderboards/kills", params={"since": day})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/since")
