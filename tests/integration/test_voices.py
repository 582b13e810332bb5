"""One round told by everybody who can: whatever comes first, twice or a day late, it is one round with one post."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shared.domain.vocabulary import LinkReason, LinkStatus
from tests.integration.telling import R1, R1_END, R1_START, R2, Teller


@pytest.fixture
def teller(engine):
    return Teller(engine)


ORDERS = st.permutations(range(len(R1) + len(R2)))
SECOND_ROUND_KILLS = """
SELECT r2_basis, kills FROM player_comprehensive_stats p JOIN rounds r ON r.id = p.round_id
WHERE r.server_id = :server_id AND p.round_number = 2 ORDER BY player_guid
"""
FOUR = ("report", "stats", "endstats", "proximity")


def test_all_orders_of_four_voices_give_the_same_database(teller):
    """P14"""
    judgements = []
    for order in itertools.permutations(FOUR):
        told = teller.new_server()
        told.tell(*(R1[name] for name in order))
        judgements.append(told.judgement())
    assert all(judgement == judgements[0] for judgement in judgements)
    assert [len(judgements[0][table]) for table in ("rounds", "lua", "events", "publications")] == [1, 1, 4, 1]


def test_any_order_of_all_voices_of_both_rounds_told_twice_gives_the_same_database(teller):
    voices = [*R1.values(), *R2.values()]
    expected = teller.new_server()
    expected.tell(*voices)
    judgement = expected.judgement()

    @settings(max_examples=20, deadline=None, phases=[Phase.generate])
    @given(ORDERS, ORDERS, st.sampled_from([1, 51, 600, 86_400]))
    def tell(first, again, apart_seconds):
        told = teller.new_server()
        told.tell(*(voices[n] for n in (*first, *again)), apart=timedelta(seconds=apart_seconds))
        assert told.judgement() == judgement

    tell()
    assert [round_["round_status"] for round_ in judgement["rounds"]] == ["completed", "completed"]
    assert [publication["status"] for publication in judgement["publications"]] == ["pending", "pending"]


def test_every_voice_of_a_round_is_linked_to_it(teller):
    told = teller.new_server()
    receipts = told.tell(*R1.values())
    assert {event["link_status"] for event in told.judgement()["events"]} == {LinkStatus.LINKED}
    assert len({receipt.round_id for receipt in receipts}) == 1
    assert [receipt.link_reason for receipt in receipts][:2] == [
        LinkReason.CREATED_ROUND,
        LinkReason.RESOLVED_EXACT_UNIX_MATCH,
    ]


def test_a_stats_file_is_found_by_its_stamp_and_founds_a_round_that_a_report_then_names(teller):
    told = teller.new_server()
    founded, joined = told.tell(R1["stats"], R1["report"])
    (round_,) = told.judgement()["rounds"]
    assert (founded.fingerprint_tier, joined.fingerprint_tier) == (3, 1)
    assert (round_["round_start_unix"], round_["round_end_unix"]) == (R1_START, R1_END)
    assert joined.link_reason == LinkReason.RESOLVED_STAMP_WINDOW


def test_an_r2s_stats_file_counts_only_what_its_r1s_did_not(teller):
    both = teller.new_server()
    both.tell(R2["stats"], R1["stats"])
    alone = teller.new_server()
    alone.tell(R2["stats"])
    assert [tuple(row.values()) for row in both.rows(SECOND_ROUND_KILLS)] == [("raw", 1), ("diff", 6)]
    assert [tuple(row.values()) for row in alone.rows(SECOND_ROUND_KILLS)] == [("raw", 1), ("raw", 16)]


def test_who_may_not_found_a_round_waits_for_it_and_is_linked_the_moment_it_comes(teller):
    """P12"""
    told = teller.new_server()
    waiting = told.tell(R1["endstats"], R1["proximity"], R1["notice"])
    assert [receipt.link_reason for receipt in waiting] == [LinkReason.NO_ROWS_FOR_MAP_ROUND_YET] * 3
    assert told.judgement()["rounds"] == []
    told.tell(R1["message"], apart=timedelta(days=1))
    assert {event["link_status"] for event in told.judgement()["events"]} == {LinkStatus.LINKED}
