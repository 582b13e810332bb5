from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest_api.web.overview_view import CONFIDENCE_MEANINGS, STATE_MEANINGS, STATUS_MEANINGS, overview
from shared.db.health import Vitals
from shared.db.overview import RoundLine
from shared.domain.diagnostics import Status
from shared.domain.vocabulary import (
    Confidence,
    DurationSource,
    EventState,
    RoundOutcome,
    RoundStatus,
    Side,
    StopwatchState,
)

NOW = datetime(2026, 2, 16, 20, 4, tzinfo=UTC)
WELL = Vitals(
    rounds_24h=2,
    newest_round_end_unix=int(NOW.timestamp()) - 300,
    pending_publications=0,
    dead_publications=0,
    oldest_pending_at=None,
    unjudged=0,
    quarantined=0,
    quarantined_last_hour=0,
)
LINE = RoundLine(
    round_id=7,
    round_fingerprint="rf1:1:4430f4bbb377f4c9f343b879582b9fb1",
    server_id="srv1",
    map_name="supply",
    play_number=None,
    round_number=2,
    round_end_unix=int(NOW.timestamp()) - 300,
    duration_seconds=391.25,
    duration_source=DurationSource.LUA,
    limit_seconds=456.0,
    winner_side=Side.ALLIES,
    outcome=RoundOutcome.TIME_SET,
    stopwatch_state=StopwatchState.TIME_SET,
    score_confidence=Confidence.VERIFIED_HEADER,
    round_status=RoundStatus.COMPLETED,
    ingest_state=EventState.PUBLISHED,
    player_count=12,
)


def row(**facts):
    (found,) = overview(WELL, [replace(LINE, **facts)], NOW).rounds
    return found


def seen(**facts):
    return overview(replace(WELL, **facts), [], NOW)


def tile(label, **facts):
    (found,) = [one for one in seen(**facts).tiles if one.label == label]
    return found


def test_all_well_is_one_sentence():
    assert (seen().status, seen().sentence) == (Status.OK, "Everything that arrived is judged and told.")


@pytest.mark.parametrize(
    ("facts", "status", "words"),
    [
        ({"oldest_pending_at": NOW - timedelta(minutes=3), "pending_publications": 1}, Status.WARNING, "Cards wait"),
        ({"quarantined": 1, "quarantined_last_hour": 1}, Status.WARNING, "1 report of the last hour"),
        ({"dead_publications": 2}, Status.WARNING, "2 cards could not be sent"),
        ({"quarantined": 5, "quarantined_last_hour": 5}, Status.ERROR, "5 reports of the last hour"),
    ],
)
def test_what_is_amiss_is_named(facts, status, words):
    found = seen(**facts)
    assert found.status is status
    assert words in found.sentence


def test_before_the_first_round_it_is_ready():
    assert seen(newest_round_end_unix=None).sentence == "Ready. No round has arrived yet."


def test_a_trouble_does_not_hide_another():
    sentence = seen(dead_publications=1, quarantined=1, quarantined_last_hour=1).sentence
    assert "could not be sent" in sentence
    assert "could not be understood" in sentence


def test_a_card_that_waits_says_for_how_long():
    found = tile("Cards waiting", pending_publications=1, oldest_pending_at=NOW - timedelta(minutes=11))
    assert (found.value, found.note, found.mood) == ("1", "oldest for 11 min", "bad")


def test_a_card_that_could_not_be_sent_is_bad_though_nothing_waits():
    found = tile("Cards waiting", dead_publications=1)
    assert (found.value, found.note, found.mood) == ("0", "none is on its way; 1 could not be sent", "bad")


def test_the_newest_round_is_told_by_its_age_and_its_hour():
    found = tile("Newest round")
    assert (found.value, found.note) == ("5 min ago", "ended at 19:59 UTC")


def test_without_a_database_no_figure_is_made_up():
    """P44: unknown, not 0."""
    found = overview(None, None, NOW)
    assert (found.status, found.rounds) == (Status.ERROR, None)
    assert not any(character.isdigit() for one in found.tiles for character in one.value)


def test_a_round_of_today_has_its_hour_and_its_age():
    assert (row().ended, row().ended_ago) == ("19:59", "5 min ago")


def test_a_round_of_another_day_has_its_date_instead_of_an_age():
    yesterday = row(round_end_unix=int((NOW - timedelta(hours=21)).timestamp()))
    assert (yesterday.ended, yesterday.ended_ago) == ("15 Feb 23:04", "")


def test_a_round_whose_end_nobody_told_says_so():
    assert (row(round_end_unix=None).ended, row(round_end_unix=None).ended_ago) == ("unknown", "")


def test_a_round_is_a_line_of_words():
    found = row()
    assert (found.winner, found.outcome, found.duration, found.limit) == ("Allies", "time set", "6:31", "7:36")


def test_unknown_is_said_once():
    found = row(winner_side=None, outcome=None)
    assert (found.winner, found.outcome) == ("unknown", "")


def test_a_known_winner_without_an_outcome_says_what_is_missing():
    assert row(outcome=None).outcome == "outcome unknown"


def test_only_a_round_that_is_not_completed_has_its_status_shown():
    assert row().status is None
    assert row(round_status=RoundStatus.ABORTED).status is RoundStatus.ABORTED


def test_every_word_of_the_table_is_explained():
    assert (set(CONFIDENCE_MEANINGS), set(STATE_MEANINGS)) == (set(Confidence), set(EventState))
    assert set(STATUS_MEANINGS) == set(RoundStatus) - {RoundStatus.COMPLETED}
