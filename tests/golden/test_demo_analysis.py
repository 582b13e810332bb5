"""The analysis of a demo beside what tells its round."""

import json
from pathlib import Path

from shared.domain.vocabulary import ParseStatus
from shared.parsers.demo_analysis import read

HERE = Path(__file__).parent / "senders" / "demo_analysis"


def test_an_analysis_says_what_its_expected_facts_say():
    expected = json.loads((HERE / "expected.json").read_text())
    reading = read([(HERE / "analysis.json").read_bytes()])
    analysis = reading.analysis

    assert (reading.parse_status, reading.problems) == (ParseStatus.OK, ())
    assert (analysis.map_name, analysis.filename_date) == (expected["map"], expected["filename_date"])
    assert sorted(analysis.player_names) == expected["players"]
    assert [
        {"duration_seconds": one.duration_ms / 1000, "winner_side": one.winner, "scores": list(one.scores)}
        for one in analysis.rounds
    ] == expected["rounds"]
