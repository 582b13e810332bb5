"""The heads of two proximity files beside the facts in them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.vocabulary import Kind, ParseStatus
from shared.parsers import file_name
from shared.parsers.proximity_header import read, to_facts

HERE = Path(__file__).parent / "senders" / "proximity"
NAME = "2026-02-03-235510-etl_frostbite-round-1_engagements.txt"


@pytest.mark.parametrize("folder", [".", "v6.11"])
def test_a_head_says_what_its_expected_facts_say(folder):
    expected = json.loads((HERE / folder / "expected.json").read_text())
    told = expected["header"]
    reading = read((HERE / folder / NAME).read_bytes())
    header = reading.header

    assert (reading.parse_status, reading.problems) == (ParseStatus.OK, ())
    assert (header.banner_version, header.map_name) == (expected["banner_version"], told["map"])
    assert (header.round_number, header.round_start_unix) == (told["round"], told["round_start_unix"])
    assert (header.round_end_unix, header.tracker_version) == (
        told["round_end_unix"],
        told.get("tracker_version_full"),
    )
    assert header.capabilities == told.get("capabilities")
    assert header.is_test_mode is (bool(told["test_mode"]) if "test_mode" in told else None)


def test_a_file_is_filed_under_its_round():
    header = read((HERE / NAME).read_bytes()).header
    facts = to_facts(header, file_name.read(NAME), None, "srv1", datetime(2026, 2, 4, tzinfo=UTC))
    assert (facts.kind, facts.map_name, facts.round_number) == (Kind.PROXIMITY_FILE, "etl_frostbite", 1)
    assert (facts.round_start_unix, facts.round_end_unix) == (1_770_159_062, 1_770_159_309)
