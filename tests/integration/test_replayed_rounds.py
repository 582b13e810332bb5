"""Rounds that were begun again: the earlier attempt is cancelled, or a substitution, and whatever comes when, it stays so."""

import random

import pytest

from tests.factories import R1_START, a_player, a_report, a_second_report
from tests.integration.scored import only_scoring, settle

MINUTE = 60
CUT = {
    "winner_team": None,
    "exit_kind": "aborted",
    "exit_line": None,
    "end_reason_raw": "map_restart",
    "next_limit_ms": None,
}
SWAPPED = [a_player(slot, side=2 - slot % 2) for slot in range(4)]
OTHERS = [a_player(slot) for slot in range(1, 5)]


def first(minutes, number=1, **changes):
    """An R1 that began so long after the evening did and took six minutes."""
    start = R1_START + minutes * MINUTE
    times = {"round_start_unix": start, "round_end_unix": start + 360, "elapsed_ms": 360_000, "next_limit_ms": 360_000}
    return a_report(event_id=f"first-{minutes}", sequence=number, **times | changes)


def second(minutes, of_minutes, **changes):
    start = R1_START + minutes * MINUTE
    times = {"round_start_unix": start, "round_end_unix": start + 300, "elapsed_ms": 300_000, "limit_ms": 360_000}
    named = {"r1": {"round_start_unix": R1_START + of_minutes * MINUTE}, "players": SWAPPED}
    return a_second_report(event_id=f"second-{minutes}", **times | named | changes)


def statuses(door):
    rows = door.rows("SELECT round_number, round_status FROM rounds ORDER BY round_start_unix")
    return [(row["round_number"], row["round_status"]) for row in rows]


def posted(door, *reports):
    for report in reports:
        assert door.post(report).status_code == 201
    return statuses(door)


def test_an_attempt_that_was_broken_off_and_begun_again_is_cancelled(door):
    """Case 20."""
    found = posted(door, first(0, **CUT), first(8), second(16, 8))
    assert found == [(1, "cancelled"), (1, "completed"), (2, "completed")]
    settle(door)
    scoring = only_scoring(door)
    assert (scoring["score"], len(scoring["maps"])) == ("1:0", 1)
    assert [one["round_status"] for one in scoring["uncounted_rounds"]] == ["cancelled"]


def test_an_attempt_that_was_broken_off_sets_no_time_though_another_took_its_place(door):
    """P46"""
    posted(door, first(0, **CUT), first(8))
    row = door.row("SELECT * FROM rounds ORDER BY round_start_unix LIMIT 1")
    assert (row["round_status"], row["round_stopwatch_state"], row["time_to_beat_seconds"]) == ("cancelled", None, None)


def test_an_attempt_that_nobody_began_again_in_time_stays_aborted(door):
    assert posted(door, first(0, **CUT), first(22)) == [(1, "aborted"), (1, "completed")]


def test_a_first_round_that_was_played_out_and_played_again_is_cancelled_and_its_post_taken_back(door):
    answer = door.post(first(0))
    assert door.publication(answer)["status"] == "pending"
    assert posted(door, first(10)) == [(1, "cancelled"), (1, "completed")]
    assert door.publication(answer) is None


def test_played_again_by_others_it_is_a_substitution(door):
    assert posted(door, first(0), first(10, players=OTHERS)) == [(1, "substitution"), (1, "completed")]


def test_when_its_people_become_known_later_the_word_for_it_follows(door):
    again = first(10, players=OTHERS)
    posted(door, first(0), again | {"players": []})
    door.post(again | {"sequence": 2})
    assert statuses(door) == [(1, "substitution"), (1, "completed")]


def test_a_round_whose_match_is_complete_is_never_cancelled_for_being_played_again(door):
    """P22"""
    found = posted(door, first(0), second(7, 0), first(13), second(20, 13))
    assert found == [(1, "completed"), (2, "completed"), (1, "completed"), (2, "completed")]
    settle(door)
    assert only_scoring(door)["score"] == "2:0"


def test_the_other_half_that_arrives_late_makes_a_cancelled_round_count_again(door):
    """P22"""
    posted(door, first(0), first(13))
    assert posted(door, second(7, 0)) == [(1, "completed"), (2, "completed"), (1, "completed")]


@pytest.mark.parametrize("seed", range(4))
def test_in_whatever_order_they_arrive_the_same_rounds_are_cancelled(door, seed):
    """P14"""
    evening = [
        first(0, **CUT), first(2), first(12), second(20, 12, **CUT), second(22, 12),
        first(40, players=OTHERS), first(50), second(58, 50),
    ]  # fmt: skip
    random.Random(seed).shuffle(evening)
    assert posted(door, *evening) == [
        (1, "cancelled"), (1, "cancelled"), (1, "completed"), (2, "cancelled"), (2, "completed"),
        (1, "substitution"), (1, "completed"), (2, "completed"),
    ]  # fmt: skip


def test_replaying_the_evidence_cancels_the_same_rounds(door, run):
    found = posted(door, first(0, **CUT), first(2), first(12, players=OTHERS), second(20, 12))
    status, said, _err = run("replay")
    assert (status, statuses(door)) == (0, found), said
