"""One round told by everybody who can: whatever comes first, twice or a day late, it is one round with one post."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shared.domain.vocabulary import Kind, LinkReason, LinkStatus
from tests.integration.telling import R1, R1_END, R1_START, R2, Teller, Voice, told_by_reporter


@pytest.fixture
def teller(engine):
    return Teller(engine)


ORDERS = st.permutations(range(len(R1) + len(R2)))
SECOND_ROUND_KILLS = """
SELECT r2_basis, kills FROM player_comprehensive_stats p JOIN rounds r ON r.id = p.round_id
WHERE r.server_id = :server_id AND p.round_number = 2 ORDER BY player_guid
"""
OF_THE_ROUND = ("rounds", "players", "weapons", "spawns", "conflicts", "publications")
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


def test_files_that_the_reporter_wrote_for_other_tools_count_nothing_once_it_spoke(teller):
    """What such a file cannot say must not come back as fact."""
    times = {"round_start_unix": R1_START, "round_end_unix": R1_END, "elapsed_ms": 247_050, "limit_ms": 720_000}
    names = [R1[voice].filename for voice in ("gametime", "stats")]
    report = told_by_reporter(1, files=names, **times)
    alone = teller.new_server()
    alone.tell(report)
    for order in itertools.permutations([report, R1["gametime"], R1["stats"]]):
        told = teller.new_server()
        told.tell(*order)
        judgement = told.judgement()
        assert {table: judgement[table] for table in OF_THE_ROUND} == {
            table: alone.judgement()[table] for table in OF_THE_ROUND
        }


def test_a_disagreement_is_kept_with_both_values(teller):
    told = teller.new_server()
    told.tell(told_by_reporter(1, round_start_unix=R1_START, round_end_unix=R1_END, limit_ms=600_000), R1["stats"])
    conflicts = {row["field"]: row for row in told.judgement()["conflicts"]}
    limit = conflicts["limit_seconds"]
    assert (limit["kept_value"], limit["kept_source"]) == ("600.000", "round_report")
    assert (limit["other_value"], limit["other_source"]) == ("720.000", "stats_file")
    assert told.judgement()["rounds"][0]["limit_seconds"] == 600


def test_a_further_voice_that_changes_nothing_people_see_makes_no_new_revision(teller):
    told = teller.new_server()
    told.tell(R1["report"], R1["suite"])
    before = told.rows("SELECT revision FROM rounds WHERE server_id = :server_id")
    told.tell(R1["endstats"], R1["proximity"], R1["notice"], R1["report"])
    assert told.rows("SELECT revision FROM rounds WHERE server_id = :server_id") == before


def test_two_plays_of_a_map_are_never_one_round_however_near(teller):
    """P11, P13"""
    told = teller.new_server()
    times = {"round_end_unix": R1_END, "elapsed_ms": 247_050}
    told.tell(
        told_by_reporter(1, event_id="a", round_start_unix=R1_START, **times),
        told_by_reporter(1, event_id="b", round_start_unix=R1_START + 4, **times),
    )
    assert len(told.judgement()["rounds"]) == 2


def test_a_file_between_two_rounds_that_both_fit_waits(teller):
    """P11"""
    told = teller.new_server()
    told.tell(
        told_by_reporter(1, event_id="a", round_start_unix=R1_START, round_end_unix=R1_END),
        told_by_reporter(1, event_id="b", round_start_unix=R1_START + 20, round_end_unix=R1_END + 20),
    )
    (receipt,) = told.tell(R1["stats"])
    assert (receipt.link_status, receipt.link_reason) == (LinkStatus.AMBIGUOUS, LinkReason.AMBIGUOUS_TIE)
    assert receipt.round_id is None


def test_servers_never_lend_each_other_a_round(teller):
    """P54"""
    one, other = teller.new_server(), teller.new_server()
    for voice in R1.values():
        one.tell(voice)
        other.tell(voice)
    assert one.judgement() == other.judgement()
    assert [len(server.judgement()["rounds"]) for server in (one, other)] == [1, 1]


def test_a_time_of_day_that_comes_twice_finds_the_round_by_either_reading(engine):
    """P15"""
    autumn_end = 1_792_890_600  # 2026-10-25 01:10 UTC, the second 02:10 in Paris
    for end_unix in (autumn_end, autumn_end - 3600):
        told = Teller(engine, time_zone="Europe/Paris").new_server(f"autumn{end_unix}")
        told.now = datetime.fromtimestamp(autumn_end + 7200, UTC)
        stats = Voice(Kind.STATS_FILE, R1["stats"].body, "2026-10-25-021003-etl_frostbite-round-1.txt")
        report = told_by_reporter(1, round_start_unix=end_unix - 247, round_end_unix=end_unix)
        told.tell(report, stats)
        assert [len(told.judgement()[table]) for table in ("rounds", "players")] == [1, 2]


def test_a_file_of_another_evening_waits_on_when_a_round_of_its_map_comes(teller):
    told = teller.new_server()
    told.tell(replace(R1["endstats"], filename="2026-02-01-235514-etl_frostbite-round-1-endstats.txt"), R1["report"])
    (event,) = [event for event in told.judgement()["events"] if event["kind"] == "endstats_file"]
    assert (event["link_status"], event["state"]) == (LinkStatus.UNLINKED, "parsed")
