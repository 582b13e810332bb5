"""Gametime files in all their forms beside the facts in them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.vocabulary import Kind, ParseStatus
from shared.parsers import file_name, gametime_file, timing_line
from shared.parsers.stats_message_facts import from_message
from tests.golden.message_told import told

HERE = Path(__file__).parent / "senders" / "gametime"
NOW = datetime(2026, 2, 4, tzinfo=UTC)
R1 = "gametime-etl_frostbite-R1-1770159309.json"
R2 = "gametime-etl_frostbite-R2-1770159704.json"


def seconds(milliseconds):
    return None if milliseconds is None else milliseconds / 1000


def lives_told(stats):
    return {
        "guid": stats.guid.lower(),
        "name": stats.name,
        "spawns": stats.spawns,
        "deaths": stats.deaths,
        "dead_seconds": seconds(stats.dead_ms),
        "avg_respawn": seconds(stats.avg_respawn_ms),
        "max_respawn": seconds(stats.max_respawn_ms),
    }


@pytest.mark.parametrize("path", [R1, R2, f"double-encoded/{R2}"])
def test_a_gametime_file_says_what_its_expected_facts_say(path):
    reading = gametime_file.read((HERE / path).read_bytes())
    message = reading.message
    expected = json.loads((HERE / "expected" / Path(path).name).read_text())
    meta = expected["meta"]

    assert (reading.kind, reading.parse_status, reading.problems) == (Kind.GAMETIME_FILE, ParseStatus.OK, ())
    assert told(message, NOW) == expected["payload"]
    assert [lives_told(stats) for stats in message.spawn_stats] == meta["spawn_stats"]
    assert (message.round_start_unix, message.round_end_unix) == (meta["round_start_unix"], meta["round_end_unix"])


def timing_told(message, facts):
    return {
        "map": facts.map_name,
        "round_number": facts.round_number,
        "round_start_unix": facts.round_start_unix,
        "round_end_unix": facts.round_end_unix,
        "duration_seconds": seconds(facts.elapsed_ms),
        "warmup_seconds": seconds(facts.warmup_ms),
        "pause_count": message.pause_count,
        "pause_seconds": seconds(message.paused_ms),
        "winner_side": facts.winner,
        "defender_side": facts.defender,
        "end_reason_raw": facts.end_reason_raw,
    }


@pytest.mark.parametrize("form", ["key-value", "json", "key-value-aliases"])
def test_a_timing_line_says_what_its_expected_facts_say(form):
    (path,) = (HERE / form).iterdir()
    name = file_name.read(path.name)
    reading = timing_line.read(path.read_bytes(), name.map_name, name.round_number)
    facts = from_message(reading.message, "srv1", NOW, kind=reading.kind)

    assert (reading.parse_status, reading.problems, name.kind) == (ParseStatus.OK, (), Kind.GAMETIME_FILE)
    assert timing_told(reading.message, facts) == json.loads((HERE / "expected" / "timing.json").read_text())[form]
