from datetime import timedelta

import pytest

from shared.domain.fingerprint import END, START, aliases
from shared.domain.linking import KnownAlias, link, next_try_after
from shared.domain.vocabulary import LinkReason, LinkStatus
from tests.factories import R1_END, R1_START, facts


def aliases_of(one):
    return aliases(one.server_id, one.map_name, one.round_number, one.round_start_unix, one.round_end_unix)


def known(tier, round_id=7, round_start_unix=R1_START):
    return KnownAlias(f"rf1:{tier}:x", tier, round_id, round_start_unix)


def decide(one, *found):
    return link(one, aliases_of(one), found)


def test_the_first_evidence_of_a_round_creates_it():
    decision = decide(facts())
    assert decision.creates_round
    assert (decision.status, decision.reason) == (LinkStatus.LINKED, LinkReason.CREATED_ROUND)


def test_an_equal_start_is_the_same_round():
    decision = decide(facts(), known(START))
    assert (decision.round_id, decision.reason) == (7, LinkReason.RESOLVED_EXACT_UNIX_MATCH)
    assert not decision.creates_round


def test_an_equal_end_is_the_same_round_while_one_start_is_unknown():
    decision = decide(facts(round_start_unix=None), known(END))
    assert (decision.round_id, decision.reason) == (7, LinkReason.RESOLVED_FINGERPRINT)


def test_an_equal_end_does_not_make_two_different_starts_one_round():
    """P11"""
    assert decide(facts(), known(END, round_start_unix=R1_START - 300)).creates_round


def test_one_second_between_two_starts_is_two_rounds():
    """P11"""
    assert decide(facts(), known(END, round_start_unix=R1_START + 1)).creates_round


def test_the_strongest_equal_alias_decides_whatever_the_order_they_are_found_in():
    weak, strong = known(END, 8), known(START, 9)
    assert decide(facts(), weak, strong).round_id == decide(facts(), strong, weak).round_id == 9


def test_all_candidates_are_named_with_the_decision():
    assert decide(facts(), known(END, 8), known(START, 3)).candidate_ids == (3, 8)


def test_without_any_usable_time_an_event_waits_unlinked():
    decision = decide(facts(round_start_unix=None, round_end_unix=None))
    assert (decision.status, decision.reason) == (LinkStatus.UNLINKED, LinkReason.TIME_PARSE_FAILED)


def test_a_map_without_a_name_is_refused():
    for nameless in ("", "_", "___"):
        decision = decide(facts(map_name=nameless))
        assert (decision.status, decision.reason) == (LinkStatus.REFUSED, LinkReason.INVALID_INPUT)


def test_the_time_of_an_end_alone_is_enough_to_create_a_round():
    assert decide(facts(round_start_unix=None, round_end_unix=R1_END)).creates_round


@pytest.mark.parametrize(
    ("age_hours", "pace_minutes"), [(0, 5), (5.99, 5), (6, 60), (7 * 24 - 1, 60), (7 * 24, 24 * 60), (10_000, 24 * 60)]
)
def test_an_event_without_a_round_asks_for_it_for_ever_only_more_slowly(age_hours, pace_minutes):
    """P32"""
    assert next_try_after(timedelta(hours=age_hours)) == timedelta(minutes=pace_minutes)
