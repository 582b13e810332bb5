"""Analyses of demos: which rounds, and what strangers make of them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.domain.vocabulary import ParseStatus, QuarantineReason, Side
from shared.parsers.demo_analysis import MOST_ROUNDS, read
from tests.messages import as_bytes

ROUND = {"start_ms": 100, "end_ms": 347, "duration_ms": 247, "winner": "allies", "first_place_score": 1}


def reading_of(metadata=None, **changes):
    known = {"filename": "2026-02-03-supply.dm_84", "map": "supply", "rounds": [ROUND]}
    return read([as_bytes({"schema_version": "1.0.0", "metadata": known | (metadata or {}), **changes})])


def rounds_of(*rounds):
    return reading_of({"rounds": list(rounds)}).analysis.rounds


def test_kills_and_highlights_of_any_number_are_passed_over():
    kills = [{"t_ms": -1, "type": "kill"}] * 20_000
    reading = reading_of(timeline=kills, highlights=[{}], player_stats={"x": {}})
    assert (reading.analysis, reading.parse_status) == (reading_of().analysis, ParseStatus.OK)


@pytest.mark.parametrize(
    ("filename", "date"),
    [
        ("2026-02-03-supply.dm_84", "2026-02-03"),
        ("x_2026_02_03.tv_84", "2026-02-03"),
        ("2026-02-30-supply.dm_84", None),
        ("12026-02-03.dm_84", None),
        ("supply.dm_84", None),
        (None, None),
    ],
)
def test_the_date_is_the_names(filename, date):
    assert reading_of({"filename": filename}).analysis.filename_date == date


@pytest.mark.parametrize("rounds", [None, []])
def test_an_analysis_may_hold_no_round(rounds):
    reading = reading_of({"rounds": rounds})
    assert (reading.analysis.rounds, reading.parse_status) == ((), ParseStatus.OK)


def test_a_duration_of_0_is_unknown_and_a_negative_time_too():
    (one,) = rounds_of(ROUND | {"duration_ms": 0, "start_ms": -5})
    assert (one.duration_ms, one.start_ms, one.winner) == (None, None, Side.ALLIES)


def test_scores_may_be_named_in_either_way():
    (one,) = rounds_of({"firstPlaceScore": 2, "secondPlaceScore": 1})
    assert one.scores == (2, 1)


@pytest.mark.parametrize("rounds", [{}, "x", [ROUND] * (MOST_ROUNDS + 1)])
def test_rounds_that_are_none_cost_themselves(rounds):
    reading = reading_of({"rounds": rounds})
    assert (reading.analysis.rounds, reading.parse_status) == ((), ParseStatus.PARTIAL)


def test_players_without_a_name_are_left_out_and_namesakes_are_two():
    players = [{"name": "x"}, {"name": "x"}, {"name": None}, {"name": ""}, {}, 7]
    assert reading_of(players=players).analysis.player_names == ("x", "x")


@pytest.mark.parametrize("version", ["2.0.0", "0.9", "x"])
def test_another_version_waits_in_quarantine(version):
    assert reading_of(schema_version=version).quarantine_reason is QuarantineReason.UNSUPPORTED_VERSION


@pytest.mark.parametrize("metadata", [None, [], "x", {}, {"map": ""}, {"map": "x" * 65}])
def test_an_analysis_without_a_map_waits_in_quarantine(metadata):
    reading = read([as_bytes({"schema_version": "1.0.0", "metadata": metadata})])
    assert (reading.analysis, reading.quarantine_reason) == (None, QuarantineReason.SCHEMA_VIOLATION)


@pytest.mark.parametrize("body", [b"[]", b"7", b"{}"])
def test_json_that_is_no_analysis_waits_in_quarantine(body):
    assert read([body]).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION


@given(body=st.binary(max_size=100))
def test_no_bytes_whatever_raise_anything_but_that_they_are_no_json(body):
    with contextlib.suppress(NotJson):
        read([body])
