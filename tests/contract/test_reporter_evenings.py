"""Random but lawful evenings: the reports are the rounds that were played, each once and as it was."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.vocabulary import ParseStatus
from shared.parsers import round_report
from tests.contract.evening_truth import HEARTBEAT_MS, seats_in
from tests.contract.evenings import Evening
from tests.contract.reporter_world import LUA_KINDS, World, strict_json

EXAMPLES = 5_000 if settings.get_current_profile_name() == "long" else 100
"""For each kind of Lua; `--hypothesis-profile=long` is the long form."""


def holder(world):
    """Holds the rounds so far against the spool; those it has seen it does not read again."""
    seen = 0

    def hold(played):
        nonlocal seen
        expected = [told for told in played if told.had_players]
        paths = world.spooled()
        assert len(paths) == len(expected), [(told.number, told.kind, told.reason) for told in expected]
        for path, told in zip(paths[seen:], expected[seen:], strict=True):
            hold_body(path.read_bytes(), told)
        seen = len(expected)
        assert "error" not in world.console()

    return hold


def hold_body(body, told):
    reading = round_report.read(body)
    assert (reading.parse_status, reading.sanitised) == (ParseStatus.OK, False), reading.problems
    assert reading.unknown_fields == ()
    hold_report(strict_json(body), told)


def hold_report(report, told):
    """A report against what was done."""
    assert (
        report["map_name"], report["round_number"], report["attempt"], report["exit_kind"], report["end_reason_raw"],
        report["winner_team"], report["defender_team"], report["round_start_unix"], report["limit_raw"],
        report["inconsistent"], report["health"]["internal_errors"],
    ) == (
        told.map_name, told.number, told.attempt, told.kind, told.reason, told.winner, told.defender, told.start_unix,
        told.limit_raw, False, 0,
    )  # fmt: skip
    assert (report["r1"] and report["r1"]["round_start_unix"]) == told.r1_start_unix
    if told.died:
        assert told.elapsed_ms - HEARTBEAT_MS <= report["elapsed_ms"] <= told.elapsed_ms
        return
    assert report["elapsed_ms"] == told.elapsed_ms
    pauses = [
        (pause["start_elapsed_ms"], None if pause["open_at_end"] else pause["length_ms"]) for pause in report["pauses"]
    ]
    assert pauses == list(told.pauses)
    assert seats_in(report) == told.people
    assert len(report["players"]) == len(told.people)
    assert report["clock_stepped"] is told.is_stepped
    # Each further attempt that began within the second of the one before is named by the next one.
    wall_seconds = pytest.approx(told.wall_ms / 1000, abs=1 + told.attempt)
    assert report["round_end_unix"] - report["round_start_unix"] == wall_seconds


@pytest.mark.parametrize("lua", LUA_KINDS)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_a_random_evening_is_told_round_by_round(lua, data):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), lua)
        Evening(world, data.draw, holder(world)).take_place()
