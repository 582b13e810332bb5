"""Every round bears the number of its match among those of its map in its session, and its card says so."""

from tests.factories import R1_START, a_report, a_second_report
from tests.integration.session_rounds import HOUR, a_round, assign, remove

# ----- play numbers ---------------------------------------------------------------------------------------------------


def play_number(door, answer):
    return door.round(answer)["play_number"]


def test_a_map_that_is_played_again_is_number_two(door):
    first = [door.post(a_report()), door.post(a_second_report())]
    again = door.post(a_round(3, R1_START + 1800))
    assign(door)
    assert [play_number(door, answer) for answer in (*first, again)] == [1, 1, 2]


def test_the_same_map_another_evening_is_number_one_again(door):
    first, other = door.post(a_round(1, R1_START)), door.post(a_round(2, R1_START + 30 * HOUR))
    assign(door)
    assert [play_number(door, first), play_number(door, other)] == [1, 1]


def test_an_earlier_match_that_becomes_known_late_moves_the_numbers_on(door):
    later = door.post(a_round(1, R1_START + HOUR))
    assign(door)
    earlier = door.post(a_round(2, R1_START))
    assign(door)
    assert [play_number(door, earlier), play_number(door, later)] == [1, 2]


def test_numbers_go_on_when_two_sessions_become_one(door):
    first, last = door.post(a_round(1, R1_START)), door.post(a_round(2, R1_START + 2 * HOUR))
    assign(door)
    door.post(a_round(3, R1_START + HOUR, map_name="frostbite"))
    assign(door)
    assert [play_number(door, first), play_number(door, last)] == [1, 2]


def test_numbers_begin_again_when_a_session_falls_apart(door):
    first, last = door.post(a_round(1, R1_START)), door.post(a_round(2, R1_START + 2 * HOUR))
    between = door.post(a_round(3, R1_START + HOUR, map_name="frostbite")).json()["round_id"]
    assign(door)
    remove(door, between)
    assign(door)
    assert [play_number(door, first), play_number(door, last)] == [1, 1]


def test_numbering_late_in_a_long_session_goes_on_from_what_was_before(door):
    for number in range(12):
        door.post(a_round(number, R1_START + number * HOUR))
    assign(door)
    last = door.post(a_round(99, R1_START + 12 * HOUR))
    assign(door)
    assert play_number(door, last) == 13


def test_an_attempt_that_turns_out_to_be_replaced_bears_the_number_of_what_came_of_it(door):
    first, second = door.post(a_round(1, R1_START)), door.post(a_round(2, R1_START + 1800))
    assign(door)
    door.do("UPDATE rounds SET round_status = 'cancelled' WHERE id = :id", id=first.json()["round_id"])
    assign(door)
    assert [play_number(door, first), play_number(door, second)] == [1, 1]


def test_a_card_that_was_sent_without_its_number_is_edited(door):
    first, again = door.post(a_round(1, R1_START)), door.post(a_round(2, R1_START + 1800))
    door.do("UPDATE publications SET status = 'sent'")
    assign(door)
    assert [door.round(answer)["revision"] for answer in (first, again)] == [1, 2]
    assert [door.publication(answer)["status"] for answer in (first, again)] == ["sent", "pending"]
    assert door.publication(again)["revision"] == 2


def test_a_card_that_shows_no_number_is_left_alone(door):
    answer = door.post(a_round(1, R1_START))
    door.do("UPDATE publications SET status = 'sent'")
    assign(door)
    assert (door.round(answer)["revision"], door.publication(answer)["status"]) == (1, "sent")
