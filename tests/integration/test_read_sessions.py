"""Gaming sessions over HTTP: the list, one by id or by date, the figures its graphs are drawn from."""

import pytest

from tests.factories import R1_START, a_player, a_report, a_second_report
from tests.integration.session_rounds import HOUR, a_round, alive, assign, assigned


def listed(door, **asked):
    answer = door.client.get("/api/sessions", params=asked)
    assert answer.status_code == 200
    return answer.json()


def session_ids(answer):
    return [one["session_id"] for one in answer["sessions"]]


def graphs(door, name):
    answer = door.client.get(f"/api/sessions/{name}/graphs")
    assert answer.status_code == 200
    return answer.json()


def test_sessions_are_listed_newest_first_one_line_each(door):
    """P27: an evening that goes on after midnight is one line."""
    assigned(door, -24, 0, 0.5, 1, 1.5)
    told = listed(door)["sessions"]
    assert [(one["date"], one["rounds"]) for one in told] == [("2026-02-03", 4), ("2026-02-02", 1)]


def test_every_session_stands_on_exactly_one_page(door):
    assigned(door, 0, 5, 10, 15, 20)
    pages, cursor = [], {}
    while cursor is not None:
        page = listed(door, limit=2, **cursor)
        pages.append(session_ids(page))
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == [row["id"] for row in reversed(alive(door))]


def test_only_sessions_of_a_server_are_listed(door):
    assigned(door, 0)
    door.post(a_round(7, R1_START), token=door.register("srv2"))
    assign(door)
    assert [one["server_id"] for one in listed(door, server="srv2")["sessions"]] == ["srv2"]


def test_a_session_tells_what_was_played_in_it(door):
    door.post(a_report())
    door.post(a_second_report())
    door.post(a_report(event_id="e-3", sequence=3, map_name="radar", round_start_unix=R1_START + HOUR // 2,
                       round_end_unix=R1_START + HOUR // 2 + 456))  # fmt: skip
    assign(door)
    (told,) = listed(door)["sessions"]
    assert (told["rounds"], told["maps"], told["maps_played"], told["players"]) == (3, 2, ["supply", "radar"], 4)
    assert told["total_kills"] == 3 * 4 * 10
    assert (told["axis_wins"], told["allies_wins"]) == (0, 3)
    assert told["lua_coverage_pct"] == 100
    assert (told["timing"]["rounds_with_lua"], told["timing"]["source"]) == (3, "lua")
    assert told["timing"]["duration_seconds"] == pytest.approx(456 + 391.25 + 456)


def test_rounds_that_do_not_count_are_told_apart_and_enter_no_total(door):
    door.post(a_report())
    door.post(a_round(2, R1_START + HOUR // 2, exit_kind="aborted", exit_line=None))
    assign(door)
    (told,) = listed(door)["sessions"]
    assert (told["rounds"], told["rounds_not_counted"], told["total_kills"]) == (1, 1, 40)


def test_wins_by_side_are_never_a_teams_score(door):
    """P42."""
    assigned(door, 0)
    (told,) = listed(door)["sessions"]
    assert told["allies_wins"] == 1
    assert (told["scores"], told["map_wins_a"], told["winning_team"], told["confidence"]) == (
        None,
        None,
        None,
        "missing",
    )


def test_a_session_of_yesterday_says_so_in_words(door):
    assigned(door, 0)
    (told,) = listed(door)["sessions"]
    assert told["formatted_date"] == "Tue 3 Feb 2026"
    assert told["time_ago"].endswith(" ago")


@pytest.mark.parametrize("name", ["2026-02-05", "999", "tomorrow", "2026-13-40", "9" * 20, "²"])
def test_a_session_nobody_played_is_not_found(door, name):
    assigned(door, 0)
    answer = door.client.get(f"/api/sessions/{name}/graphs")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_date_names_one_session_and_the_others_by_their_ids(door):
    """P27."""
    assigned(door, 0, -5)
    first, second = (row["id"] for row in alive(door))
    told = graphs(door, "2026-02-03")
    assert (told["gaming_session_id"], told["gaming_session_ids"]) == (second, [first, second])
    assert graphs(door, first)["gaming_session_id"] == first


def test_a_retired_id_leads_to_the_session_it_became_part_of(door):
    assigned(door, 0, 3)
    before = [row["id"] for row in alive(door)]
    for number, hours in enumerate((0.8, 1.6, 2.4), start=5):
        door.post(a_round(number, R1_START + round(hours * HOUR)))
    assign(door)
    assert [graphs(door, one)["gaming_session_id"] for one in before] == [before[0]] * 2


def test_graphs_know_a_player_by_his_guid_and_a_missed_round_as_a_gap(door):
    """P65."""
    door.post(a_round(0, R1_START, players=[a_player(0, name="old"), a_player(1)]))
    door.post(a_round(1, R1_START + HOUR // 2, players=[a_player(0, name="new"), a_player(3)]))
    assign(door)
    players = graphs(door, "2026-02-03")["players"]
    assert [one["name"] for one in players].count("new") == 1
    timelines = {one["name"]: [point["dpm"] is None for point in one["dpm_timeline"]] for one in players}
    assert timelines == {"new": [False, False], "player1": [False, True], "player3": [True, False]}


def test_graphs_tell_figures_of_sums(door):
    door.post(a_report())
    door.post(a_second_report())
    assign(door)
    told = graphs(door, "2026-02-03")["players"][0]
    assert (told["combat_offense"]["kills"], told["combat_offense"]["kd"]) == (20, 2)
    assert told["playstyle"] in {"balanced", "slayer", "fragger", "tank", "rusher"}
    assert told["form"] is None
