"""An R2's limit tells how its R1 ended: R1's own row learns of it, and the rows of its players only when they would differ."""

import pytest

from tests.integration.telling import R1, R1_START, R2, R2_END, R2_START, Teller, told_by_reporter

FIRST = "SELECT * FROM rounds WHERE server_id = :server_id AND round_number = 1"
PLAYERS_OF_FIRST = """
SELECT p.* FROM player_comprehensive_stats p JOIN rounds r ON r.id = p.round_id
WHERE r.server_id = :server_id AND r.round_number = 1 ORDER BY p.player_guid
"""
UNFINISHED_R1 = told_by_reporter(
    1,
    round_start_unix=R1_START,
    round_end_unix=R1_START + 700,
    elapsed_ms=700_000,
    limit_ms=720_000,
    next_limit_ms=720_000,
    winner_team=1,
    exit_kind="unknown",
    exit_line=None,
)
"""Its defenders won before the limit, and nobody told that it ended regularly."""
R2_OF_A_HOLD = told_by_reporter(
    2,
    round_start_unix=R2_START + 1000,
    round_end_unix=R2_END + 1000,
    limit_ms=720_000,
    r1={"round_start_unix": R1_START},
)


@pytest.fixture
def teller(engine):
    return Teller(engine)


def test_a_limit_that_differs_is_a_new_revision_of_the_first_round(teller):
    told = teller.new_server()
    told.tell(R1["stats"], R2["stats"])
    (first,) = told.rows(FIRST)
    assert (first["next_timelimit_seconds"], first["revision"]) == (247, 2)


def test_the_players_of_a_first_round_that_only_learns_a_limit_are_not_written_again(teller):
    told = teller.new_server()
    told.tell(R1["stats"])
    before = told.rows(PLAYERS_OF_FIRST)
    told.tell(R2["stats"])
    assert told.rows(PLAYERS_OF_FIRST) == before


def test_a_limit_that_is_known_already_changes_nothing(teller):
    told = teller.new_server()
    told.tell(R1["report"])
    before = told.rows(FIRST)
    told.tell(R2["report"])
    assert told.rows(FIRST) == before


def test_a_round_that_only_its_limit_shows_to_be_finished_is_as_if_it_had_been_known_at_once(teller):
    in_order, the_other_way_round = teller.new_server(), teller.new_server()
    in_order.tell(UNFINISHED_R1, R2_OF_A_HOLD)
    the_other_way_round.tell(R2_OF_A_HOLD, UNFINISHED_R1)
    judgement = in_order.judgement()
    assert [one["round_status"] for one in judgement["rounds"]] == ["completed", "completed"]
    assert judgement == the_other_way_round.judgement()


def test_the_post_of_a_round_that_its_limit_shows_to_be_finished_is_due(teller):
    told = teller.new_server()
    told.tell(UNFINISHED_R1)
    assert told.judgement()["publications"] == []
    told.tell(R2_OF_A_HOLD)
    assert [post["status"] for post in told.judgement()["publications"]] == ["pending", "pending"]
