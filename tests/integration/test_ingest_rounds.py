"""What a report becomes: rows, matches, ranks, publications, whatever the order the reports arrive in."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import permutations

import pytest

from tests.factories import R1_END, R1_START, R2_END, R2_START, a_player, a_report, a_second_report
from tests.integration.ingesting import opened_door

HOUR = 3600
ABORTED = {"exit_kind": "aborted", "exit_line": None, "end_reason_raw": "map_restart", "winner_team": None}


def match_ids(door):
    return {row["match_id"] for row in door.rows("SELECT match_id FROM rounds")}


def statuses(door):
    found = door.rows("SELECT round_start_unix, round_status FROM rounds ORDER BY round_start_unix")
    return [row["round_status"] for row in found]


def later(report, seconds):
    """The same round played so much later."""
    moved = {name: report[name] + seconds for name in ("round_start_unix", "round_end_unix")}
    return report | moved | {"event_id": f"later-{seconds}"}


# ----- exact values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit_ms", "seconds"), [(456_000, "456.000"), (634_020, "634.020")])
def test_a_fractional_limit_is_stored_exactly(door, limit_ms, seconds):
    """P1"""
    answer = door.post(a_second_report(limit_ms=limit_ms, elapsed_ms=391_250))
    stored = door.round(answer)
    lua = door.row("SELECT * FROM lua_round_teams")
    assert (stored["limit_seconds"], lua["timelimit_seconds"]) == (Decimal(seconds), Decimal(seconds))
    assert stored["actual_duration_seconds"] == Decimal("391.250")


MORE_THAN_CAN_BE = [
    ({"pauses": [{"length_ms": 86_400_000}] * 20}, "SELECT total_pause_seconds FROM rounds"),
    (
        {"players": [a_player(0, weapons=[{"index": index, "shots": 2**31 - 1} for index in (3, 4)])]},
        "SELECT bullets_fired FROM player_comprehensive_stats",
    ),
]


@pytest.mark.parametrize(("changes", "question"), MORE_THAN_CAN_BE, ids=["pauses", "shots"])
def test_numbers_that_add_up_to_more_than_can_be_cost_their_sum_and_not_the_round(door, changes, question):
    """P55"""
    answer = door.post(a_report(**changes))
    assert (answer.json()["state"], list(door.row(question).values())) == ("enriched", [None])


def test_the_wires_round_0_is_stored_as_round_2(door):
    """P4"""
    answer = door.post(a_second_report(round_number=0))
    stored = door.round(answer)
    named_2 = door.post(a_second_report(round_number=2, sequence=9))
    assert stored["round_number"] == 2
    assert (named_2.json()["outcome"], named_2.json()["round_id"]) == ("revised", stored["id"])


def test_the_stopwatch_fields_of_a_set_time(door):
    stored = door.round(door.post(a_report()))
    assert (stored["round_stopwatch_state"], stored["round_outcome"]) == ("TIME_SET", "TIME_SET")
    assert (stored["time_to_beat_seconds"], stored["next_timelimit_seconds"]) == (Decimal(456), Decimal(456))
    assert (stored["next_timelimit_minutes"], stored["end_reason"]) == (8, "NORMAL")
    assert (stored["score_confidence"], stored["round_status"], stored["is_valid"]) == (
        "verified_header",
        "completed",
        True,
    )


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
@pytest.mark.parametrize(
    ("start_unix", "date", "clock"),
    [
        (1_770_159_025, "2026-02-03", "22:50:25"),
        (1_743_296_400, "2025-03-30", "01:00:00"),
        (1_761_440_399, "2025-10-26", "00:59:59"),
        (1_761_440_400, "2025-10-26", "01:00:00"),
    ],
)
def test_date_and_time_are_utc_wherever_the_service_runs(
    engine, database_url, monkeypatch, zone, start_unix, date, clock
):
    """P15: also in the hours that both changes of the clock skip or repeat."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        with opened_door(engine, database_url) as door:
            report = a_report(round_start_unix=start_unix, round_end_unix=start_unix + 456)
            stored = door.round(door.post(report))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (str(stored["round_date"]), str(stored["round_time"])) == (date, clock)


# ----- every column (P3) ----------------------------------------------------------------------------------------------

FULL = {
    "sender_version": "1.0.0",
    "exit_line": "Exit: Allies Surrender",
    "exit_kind": "surrender_allies",
    "end_reason_raw": "Allies Surrender",
    "winner_team": 1,
    "defender_team": 1,
    "elapsed_ms": 250_250,
    "limit_ms": 634_020,
    "score_lines": ["score: 1  ping: 2  client: 0 x", "axis:1  allies:2"],
    "surrender": {"team": 2, "caller_guid": "C" * 32, "caller_name": "^1quitter"},
    "warmup": {"start_unix": R1_START - 25, "warmup_ms": 25_092, "countdown_ms": 9_992},
    "pauses": [
        {
            "number": 1,
            "start_unix": R1_START + 60,
            "end_unix": R1_START + 90,
            "start_elapsed_ms": 60_000,
            "length_ms": 30_250,
            "requested_by": "axis",
            "open_at_end": False,
        }
    ],
    "players": [a_player(0, name="^1Zoë\n"), a_player(1)],
}


def test_every_column_of_the_lua_round_is_written_and_read_back(door):
    """P3"""
    answer = door.post(a_report(**FULL))
    row = door.row("SELECT * FROM lua_round_teams")
    unnamed = {name for name, value in row.items() if value is None}
    assert unnamed == set()
    receipt = answer.json()
    del row["id"], row["captured_at"]
    assert row == {
        "round_id": receipt["round_id"],
        "delivery_id": receipt["delivery_id"],
        "match_id": f"m1:srv1:supply:s{R1_START}",
        "round_number": 1,
        "map_name": "supply",
        "source": "stats_ready",
        "round_start_unix": R1_START,
        "round_end_unix": R1_END,
        "actual_duration_seconds": Decimal("250.250"),
        "timelimit_seconds": Decimal("634.020"),
        "total_pause_seconds": Decimal("30.250"),
        "pause_count": 1,
        "lua_pause_events": [
            {
                "number": 1,
                "start_unix": R1_START + 60,
                "end_unix": R1_START + 90,
                "start_elapsed_seconds": 60.0,
                "length_seconds": 30.25,
                "requested_by": "axis",
                "open_at_end": False,
            }
        ],
        "winner_team": 1,
        "defender_team": 1,
        "exit_line": "Exit: Allies Surrender",
        "exit_kind": "surrender_allies",
        "end_reason": "SURRENDER",
        "end_reason_raw": "Allies Surrender",
        "surrender_team": 2,
        "surrender_caller_guid": "C" * 32,
        "surrender_caller_name": "^1quitter",
        "axis_players": [{"guid": f"{1:032X}", "name": "^1Zoë\n"}],
        "allies_players": [{"guid": f"{2:032X}", "name": "^1player1"}],
        "axis_score": 1,
        "allies_score": 2,
        "lua_warmup_seconds": Decimal("25.092"),
        "lua_warmup_start_unix": R1_START - 25,
        "lua_version": "1.0.0",
        "link_reason": "created_round",
    }


def test_every_column_of_the_spawn_statistics_is_written_and_read_back(door):
    """P3"""
    answer = door.post(a_report(**FULL))
    first, second = door.rows("SELECT * FROM lua_spawn_stats ORDER BY player_guid")
    captured = door.row("SELECT received_at FROM deliveries")["received_at"]
    assert second["player_name"] == "^1player1"
    del first["id"]
    assert first == {
        "round_id": answer.json()["round_id"],
        "match_id": f"m1:srv1:supply:s{R1_START}",
        "round_number": 1,
        "map_name": "supply",
        "round_end_unix": R1_END,
        "player_guid": "00000000",
        "player_name": "^1Zoë\n",
        "spawn_count": 6,
        "death_count": 5,
        "dead_seconds": Decimal("56.000"),
        "avg_respawn_seconds": Decimal("11.200"),
        "max_respawn_seconds": Decimal("19.500"),
        "captured_at": captured,
    }


def test_what_was_not_measured_is_null_in_every_column(door):
    bare = {"schema_version": 1, "map_name": "supply", "round_number": 1, "round_start_unix": R1_START}
    door.post(bare)
    row = door.row("SELECT * FROM lua_round_teams")
    known = {name for name, value in row.items() if value is not None}
    assert known == {
        "id",
        "round_id",
        "delivery_id",
        "match_id",
        "round_number",
        "map_name",
        "source",
        "round_start_unix",
        "exit_kind",
        "end_reason",
        "link_reason",
        "captured_at",
    }
    assert row["exit_kind"] == "unknown"


# ----- matches --------------------------------------------------------------------------------------------------------

R1 = a_report()
R2 = a_second_report()
UNNAMED_R2 = a_second_report(r1=None)
REPLAYED_R2 = a_second_report(round_start_unix=R2_START + 600, round_end_unix=R2_END + 600, event_id="e-3", sequence=3)
ABORTED_R2 = a_second_report(
    round_start_unix=R2_START - 20, round_end_unix=R2_START - 5, elapsed_ms=15_000, event_id="e-4", **ABORTED
)


@pytest.mark.parametrize("second", [R2, UNNAMED_R2], ids=["named", "unnamed"])
@pytest.mark.parametrize("r1_first", [True, False])
def test_both_rounds_share_their_match_in_either_order_of_arrival(door, second, r1_first):
    """P14"""
    for report in (R1, second) if r1_first else (second, R1):
        assert door.post(report).status_code == 201
    assert match_ids(door) == {f"m1:srv1:supply:s{R1_START}"}
    assert statuses(door) == ["completed", "completed"]
    lua = door.rows("SELECT DISTINCT match_id FROM lua_round_teams UNION SELECT DISTINCT match_id FROM lua_spawn_stats")
    assert [row["match_id"] for row in lua] == [f"m1:srv1:supply:s{R1_START}"]


def test_an_unnamed_r2_alone_is_an_orphan_until_its_r1_comes(door):
    """P23"""
    second = door.post(UNNAMED_R2)
    alone = door.round(second)
    assert (alone["round_status"], alone["invalid_reason"], alone["match_id"]) == (
        "orphan_r2",
        "orphan_r2",
        f"m1:srv1:supply:r2s{R2_START}",
    )
    assert door.publication(second) is None
    door.post(R1)
    healed = door.round(second)
    assert (healed["round_status"], healed["is_valid"]) == ("completed", True)
    assert door.publication(second)["status"] == "pending"


def test_a_replayed_r2_cancels_the_one_before_it_and_its_message_is_edited(door):
    door.post(R1)
    first = door.post(R2)
    door.do("UPDATE publications SET status = 'sent', posted_to = 'discord:1', message_id = '77'")
    replay = door.post(REPLAYED_R2)
    replaced, counted = door.round(first), door.round(replay)
    assert (replaced["round_status"], replaced["invalid_reason"]) == ("cancelled", "superseded_same_r1")
    assert replaced["match_id"] == f"{counted['match_id']}/x1"
    edit = door.publication(first)
    assert (edit["status"], edit["message_id"], edit["revision"]) == ("pending", "77", 2)
    assert edit["revision"] == replaced["revision"]
    assert door.publication(replay)["revision"] == 1


def test_a_round_that_stops_counting_before_it_was_posted_is_never_posted(door):
    first = door.post(a_second_report())
    door.post(later(a_second_report(), 600))
    assert (door.round(first)["round_status"], door.publication(first)) == ("cancelled", None)


def test_a_round_that_may_have_been_posted_before_it_stopped_counting_stays_in_the_outbox(door):
    first = door.post(a_second_report())
    door.do("UPDATE publications SET attempts = 1")
    door.post(later(a_second_report(), 600))
    assert (door.publication(first)["status"], door.publication(first)["revision"]) == ("pending", 2)


def test_an_r2_played_after_an_aborted_one_holds_the_slot(door):
    """Case 26."""
    for report in (R1, ABORTED_R2, R2):
        door.post(report)
    assert statuses(door) == ["completed", "cancelled", "completed"]
    assert door.row("SELECT match_id FROM rounds WHERE round_status = 'cancelled'")["match_id"].endswith("/x1")


def test_the_order_of_arrival_never_changes_what_is_stored(door):
    """P14: every order of an R1, an R2 that does not name it, an aborted and a replayed one that do; each order a day."""
    for day, order in enumerate(permutations([R1, UNNAMED_R2, REPLAYED_R2, ABORTED_R2])):
        shift = -day * 24 * HOUR
        for report in order:
            named = {"r1": {"round_start_unix": R1_START + shift}} if report.get("r1") else {}
            door.post(later(report | named, shift))
        found = door.rows(
            "SELECT round_start_unix - :shift AS start, match_id, round_status, is_valid, round_stopwatch_state"
            " FROM rounds WHERE round_start_unix < :next_day ORDER BY 1",
            shift=shift,
            next_day=R1_START + shift + 12 * HOUR,
        )
        anchor = f"m1:srv1:supply:s{R1_START + shift}"
        assert [tuple(row.values()) for row in found] == [
            (R1_START, anchor, "completed", True, "TIME_SET"),
            (R2_START - 20, f"{anchor}/x1", "cancelled", False, None),
            (R2_START, f"m1:srv1:supply:r2s{R2_START + shift}", "cancelled", False, "TIME_SET"),
            (R2_START + 600, anchor, "completed", True, "TIME_SET"),
        ]
    door.histories()


def test_a_round_played_hours_later_leaves_a_paired_match_alone(door):
    door.post(R1)
    paired = door.post(UNNAMED_R2)
    for seconds in range(HOUR, 6 * HOUR, HOUR // 2):
        door.post(later(R1, seconds))
    assert (door.round(paired)["round_status"], door.round(paired)["revision"]) == ("completed", 1)
    assert door.round(paired)["match_id"] == f"m1:srv1:supply:s{R1_START}"


def test_two_servers_playing_the_same_map_at_once_never_mix(door):
    """P54"""
    other = door.register("srv2")
    door.post(R1)
    door.post(later(R1, 20), token=other)
    door.post(UNNAMED_R2)
    door.post(later(UNNAMED_R2, 20), token=other)
    assert match_ids(door) == {f"m1:srv1:supply:s{R1_START}", f"m1:srv2:supply:s{R1_START + 20}"}


@pytest.mark.parametrize("r1_first", [True, False], ids=["r1 first", "r2 first"])
def test_an_r1_whose_start_nobody_saw_pairs_with_the_r2_after_its_end(door, r1_first):
    reports = [a_report(round_start_unix=None), a_second_report(r1=None)]
    for report in reports if r1_first else reports[::-1]:
        door.post(report)
    assert len(match_ids(door)) == 1
    assert {row["round_status"] for row in door.rows("SELECT * FROM rounds")} == {"completed"}


TEN_MINUTES_ON = {"round_start_unix": R2_START + 600, "round_end_unix": R2_END + 600}
REPLAYS = [
    pytest.param({"round_start_unix": None}, TEN_MINUTES_ON, id="the first start unknown"),
    pytest.param({}, TEN_MINUTES_ON | {"round_start_unix": None}, id="the second start unknown"),
    pytest.param({}, {name: at + 20 * HOUR for name, at in TEN_MINUTES_ON.items()}, id="on the next day"),
]


@pytest.mark.parametrize(("before", "after"), REPLAYS)
@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "reversed"])
def test_a_replayed_r2_of_whatever_time_cancels_the_one_before_it(door, before, after, in_order):
    door.post(a_report())
    reports = [a_second_report(**before), a_second_report(**after, event_id="again")]
    for report in reports if in_order else reports[::-1]:
        door.post(report)
    found = door.rows("SELECT round_status, match_id FROM rounds WHERE round_number = 2 ORDER BY round_end_unix")
    assert [row["round_status"] for row in found] == ["cancelled", "completed"]
    assert found[0]["match_id"] == f"{found[1]['match_id']}/x1"


@pytest.mark.parametrize("hours", [3, 20])
def test_an_r2_that_named_no_r1_makes_room_for_one_that_does_however_late(door, hours):
    door.post(R1)
    unnamed = door.post(UNNAMED_R2)
    named = door.post(later(R2, hours * HOUR))
    assert door.round(named)["match_id"] == f"m1:srv1:supply:s{R1_START}"
    assert door.round(unnamed)["match_id"] != door.round(named)["match_id"]


def test_a_replaced_r2_stays_replaced_by_one_that_a_third_round_is_too_far_from_to_see(door):
    door.post(R1)
    replaced = door.post(R2)
    door.post(later(R2, 3 * HOUR))
    stray = door.post(later(UNNAMED_R2 | ABORTED, -HOUR * 3 // 2))
    assert stray.json()["state"] == "enriched"
    assert door.round(replaced)["round_status"] == "cancelled"


def test_an_r2_aborted_again_on_the_next_day_stands_beside_its_match_too(door):
    door.post(a_report())
    door.post(a_second_report(**ABORTED))
    answer = door.post(later(a_second_report(**ABORTED), 20 * HOUR))
    assert door.round(answer)["match_id"].endswith("/x2")


def test_an_r2_of_another_map_does_not_close_an_open_r1(door):
    """P54"""
    door.post(R1)
    door.post(a_second_report(map_name="radar", r1=None, round_start_unix=R1_END + 5, round_end_unix=R1_END + 20))
    assert door.round(door.post(UNNAMED_R2))["match_id"] == f"m1:srv1:supply:s{R1_START}"


def test_an_r2_after_midnight_belongs_to_the_r1_before_it(door):
    """P16: R1 23:53, R2 00:00."""
    before = 1_770_162_780
    first = a_report(round_start_unix=before, round_end_unix=before + 360, elapsed_ms=360_000, next_limit_ms=360_000)
    second = a_second_report(
        r1=None, round_start_unix=before + 420, round_end_unix=before + 700, elapsed_ms=280_000, limit_ms=360_000
    )
    stored = [door.round(door.post(first)), door.round(door.post(second))]
    assert [str(one["round_date"]) for one in stored] == ["2026-02-03", "2026-02-04"]
    assert stored[0]["match_id"] == stored[1]["match_id"]


def test_a_replay_of_the_same_map_is_its_own_match(door):
    """P11"""
    for report in (R1, R2, later(R1, 1200), later(a_second_report(r1={"round_start_unix": R1_START + 1200}), 1200)):
        door.post(report)
    assert match_ids(door) == {f"m1:srv1:supply:s{R1_START}", f"m1:srv1:supply:s{R1_START + 1200}"}
    assert statuses(door) == ["completed"] * 4


# ----- several reports of one round -----------------------------------------------------------------------------------

BETTER_AND_WORSE = [
    pytest.param({"nextmap": "b"}, ABORTED | {"nextmap": "a", "sequence": 9}, id="finished over aborted"),
    pytest.param({"nextmap": "b"}, {"nextmap": "a", "attempt": "x", "sequence": 9}, id="whole over partial"),
    pytest.param({"nextmap": "b", "sequence": 2}, {"nextmap": "a" * 50}, id="the later over the earlier"),
    pytest.param({"nextmap": "b" * 50}, {"nextmap": "a"}, id="the longer over the shorter"),
]


@pytest.mark.parametrize(("better", "worse"), BETTER_AND_WORSE)
@pytest.mark.parametrize("better_first", [True, False])
def test_rank_decides_between_two_reports_of_a_round_whatever_comes_first(door, better, worse, better_first):
    """P14"""
    good, bad = a_report(elapsed_ms=456_000, **better), a_report(elapsed_ms=400_000, next_limit_ms=None, **worse)
    answers = [door.post(report) for report in ((good, bad) if better_first else (bad, good))]
    assert [answer.status_code for answer in answers] == [201, 200]
    believed = answers[0 if better_first else 1].json()["delivery_id"]
    stored = door.round(answers[0])
    assert (stored["actual_duration_seconds"], stored["round_status"]) == (Decimal(456), "completed")
    assert door.row("SELECT delivery_id FROM lua_round_teams")["delivery_id"] == believed
    assert (door.count("rounds"), door.count("lua_round_teams"), door.count("publications")) == (1, 1, 1)
    door.histories()


def test_a_worse_report_changes_nothing_that_is_shown(door):
    first = door.post(a_report(sequence=5))
    before = door.round(first)
    door.post(a_report(sequence=4, players=[], elapsed_ms=1))
    assert door.round(first) == before
    assert door.publication(first)["revision"] == 1


def test_a_better_report_edits_the_message_and_posts_no_second_one(door):
    first = door.post(a_report())
    door.do("UPDATE publications SET status = 'sent', message_id = '77', sent_at = now()")
    door.do("UPDATE round_events SET state = 'published'")
    door.do(
        "INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)"
        " SELECT id, 'enriched', 'published', 'sent', now() FROM round_events"
    )
    door.post(a_report(sequence=2, elapsed_ms=455_000))
    edit = door.publication(first)
    assert (door.count("publications"), edit["status"], edit["message_id"], edit["revision"]) == (1, "pending", "77", 2)
    assert door.round(first)["revision"] == 2
    assert ["seen", "parsed", "linked_round_id", "enriched", "published", "enriched"] in door.histories()


def test_a_start_that_comes_later_makes_the_rounds_identity_stronger_and_keeps_the_weaker(door):
    weak = door.post(a_report(round_start_unix=None))
    strong = door.post(a_report(sequence=2))
    assert (weak.json()["fingerprint_tier"], strong.json()["fingerprint_tier"]) == (2, 1)
    assert (strong.json()["round_id"], strong.json()["link_reason"]) == (
        weak.json()["round_id"],
        "resolved_fingerprint",
    )
    stored = door.round(weak)
    assert (stored["round_fingerprint"], stored["round_start_unix"]) == (strong.json()["round_fingerprint"], R1_START)
    aliases = door.rows("SELECT round_fingerprint, tier FROM round_fingerprints ORDER BY tier")
    assert [row["round_fingerprint"] for row in aliases] == [
        strong.json()["round_fingerprint"],
        weak.json()["round_fingerprint"],
    ]


def test_an_aborted_round_that_turns_out_finished_is_posted_once(door):
    first = door.post(a_report(**ABORTED))
    assert door.publication(first) is None
    door.post(a_report(sequence=2))
    assert (door.round(first)["round_status"], door.publication(first)["status"]) == ("completed", "pending")


# ----- what is not posted ---------------------------------------------------------------------------------------------

NOT_POSTED = [
    (ABORTED, "aborted"),
    ({"elapsed_ms": 12_000, "exit_line": None, "exit_kind": None, "winner_team": 2}, "ghost"),
    ({"elapsed_ms": 731_000}, "ghost"),
    ({"players": []}, "no_players"),
    ({"players": [a_player(0, side=3)]}, "no_players"),
    ({"players": [a_player(0), a_player(1, guid="OMNIBOT0" + "0" * 24)]}, "bot_round"),
    ({"players": [a_player(0), a_player(1), a_player(2, name="[BOT]x", side=3)]}, "bot_round"),
    ({"map_name": "mp_sillyctf"}, "filler_map"),
    ({"game_type": 2}, "not_stopwatch"),
]


@pytest.mark.parametrize(("changes", "reason"), NOT_POSTED)
def test_a_round_that_does_not_count_is_kept_with_its_reason_and_never_posted(door, changes, reason):
    """P37, P41, P46, P76"""
    answer = door.post(a_report(**changes))
    stored = door.round(answer)
    assert (answer.status_code, stored["is_valid"], stored["invalid_reason"]) == (201, False, reason)
    assert (door.count("publications"), door.count("lua_round_teams")) == (0, 1)


def test_a_round_with_a_bot_neither_closes_an_r1_nor_stands_for_its_r2(door):
    door.post(R1)
    bots = [a_player(0), a_player(1, is_bot=True)]
    with_bot = door.post(a_second_report(players=bots, round_start_unix=R2_START - 30, round_end_unix=R2_START - 1))
    played = door.post(R2)
    assert (door.round(with_bot)["is_bot_round"], door.round(with_bot)["match_id"][-3:]) == (True, "/x1")
    assert door.round(played)["match_id"] == f"m1:srv1:supply:s{R1_START}"


def test_without_autopost_a_round_waits_in_the_outbox_unposted(engine, database_url):
    with opened_door(engine, database_url, autopost=False) as door:
        assert door.publication(door.post(a_report()))["status"] == "autopost_off"


# ----- at the same time -----------------------------------------------------------------------------------------------


def test_fifty_identical_posts_at_once_make_one_round_and_one_publication(door):
    """P31"""
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _number: door.post(a_report()), range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["round_id"] for answer in answers}) == 1
    tables = ("deliveries", "round_events", "rounds", "lua_round_teams", "publications")
    assert [door.count(table) for table in tables] == [1] * 5
    assert door.outcomes() == {"accepted": 1, "duplicate": 49}


def test_many_different_reports_of_one_round_at_once_make_one_round_and_one_publication(door):
    """P5"""
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda number: door.post(a_report(sequence=number)), range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [201]
    assert [door.count(table) for table in ("deliveries", "rounds", "lua_round_teams", "publications")] == [12, 1, 1, 1]
    best = door.row(
        "SELECT event_id, facts ->> 'sequence' AS n FROM round_events JOIN lua_round_teams USING (delivery_id)"
    )
    assert best["n"] == "11"
    door.histories()


def test_an_evening_arriving_all_at_once_is_stored_as_if_it_came_in_order(door):
    """P14"""
    evening = [
        later(report, number * 1800)
        for number in range(6)
        for report in (R1, a_second_report(r1={"round_start_unix": R1_START + number * 1800}))
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(door.post, evening[::-1]))
    assert {answer.status_code for answer in answers} == {201}
    assert statuses(door) == ["completed"] * 12
    assert len(match_ids(door)) == 6
    door.histories()


def test_which_maps_only_fill_pauses_is_a_setting(engine, database_url):
    """P41"""
    with opened_door(engine, database_url, filler_maps="Radar, goldrush") as door:
        filler, played = door.post(a_report(map_name="radar")), door.post(a_report(map_name="mp_sillyctf"))
        assert [door.round(answer)["invalid_reason"] for answer in (filler, played)] == ["filler_map", None]
