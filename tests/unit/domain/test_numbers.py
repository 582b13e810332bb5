"""True and false are no numbers, in whatever field of a report a number belongs."""

import json

import pytest

from shared.domain.vocabulary import ParseStatus, QuarantineReason
from shared.parsers import gametime_file
from shared.parsers.round_report import read
from tests.factories import a_player, a_report

FIELDS = {
    "/elapsed_ms": a_report,
    "/round_start_unix": a_report,
    "/round_end_unix": a_report,
    "/sequence": a_report,
    "/round_number_raw": a_report,
    "/game_type": a_report,
    "/instance": a_report,
    "/winner_team": a_report,
    "/defender_team": a_report,
    "/actual_duration_seconds": a_report,
    "/timelimit_seconds": a_report,
}
OF_A_PLAYER = {
    "side": {"side": ...},
    "class": {"class": ...},
    "slot": {"slot": ...},
    "alive_ms": {"alive_ms": ...},
    "counters/raw/kills": {"counters": {"raw": {"kills": ...}}},
    "counters/raw/xp": {"counters": {"raw": {"xp": ...}}},
    "weapons/0/shots": {"weapons": [{"index": 3, "shots": ...}]},
    "engine/rank": {"engine": {"rank": ...}},
    "engine/medals/0": {"engine": {"medals": [...]}},
    "engine/xp_by_skill/0": {"engine": {"xp_by_skill": [...]}},
    "sides/0/side": {"sides": [{"side": ...}]},
}


def body(report, truth=None):
    return json.dumps(report, default=lambda _asked: truth).encode()


@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("pointer", FIELDS)
def test_true_and_false_cost_a_field_of_a_report(pointer, truth):
    reading = read(body(a_report(**{pointer[1:]: truth}), truth))

    assert (reading.parse_status, [problem.pointer for problem in reading.problems]) == (ParseStatus.PARTIAL, [pointer])
    assert getattr(reading.report, pointer[1:]) is None


@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("field", OF_A_PLAYER)
def test_true_and_false_cost_a_field_of_a_player(field, truth):
    players = [a_player(0) | OF_A_PLAYER[field], a_player(1)]
    reading = read(body(a_report(players=players), truth))

    assert [problem.pointer for problem in reading.problems] == [f"/players/0/{field}"]
    assert len(reading.report.players) == 2


def test_a_version_and_a_number_of_a_round_that_are_true_are_not_guessed_at():
    assert read(body(a_report(schema_version=True))).quarantine_reason is QuarantineReason.UNSUPPORTED_VERSION
    assert read(body(a_report(round_number=True))).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION


def test_a_report_in_a_file_is_read_as_strictly():
    reading = gametime_file.read(body(a_report(elapsed_ms=True)))

    assert [problem.pointer for problem in reading.problems] == ["/elapsed_ms"]


@pytest.mark.parametrize("number", [5, 5.0, "5"])
def test_a_number_in_other_clothes_is_still_one(number):
    assert read(body(a_report(elapsed_ms=number))).report.elapsed_ms == 5
