"""What our own reporter writes, beside what it means: every fact of both rounds of one match, reviewed by hand."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.contract import RoundReport
from shared.domain.fingerprint import aliases
from shared.domain.pairing import Place
from shared.domain.scoring import judge
from shared.parsers.report_facts import from_report
from shared.parsers.round_report import read

HERE = Path(__file__).parent / "round_report"
SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "round_report.json"
NOW = datetime(2026, 2, 4, tzinfo=UTC)


def text_of(tree) -> str:
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def meaning_of(body: bytes):
    """Facts, judgement and identity of one report, without what is unknown."""
    reading = read(body)
    facts = from_report(reading.report, "srv1", NOW)
    known = aliases(facts.server_id, facts.map_name, facts.round_number, facts.round_start_unix, facts.round_end_unix)
    tree = {
        "parse_status": reading.parse_status,
        "fingerprints": [alias.text for alias in known],
        "facts": asdict(facts) | {"players": [_player(player) for player in facts.players]},
        "judgement": asdict(judge(facts, Place("m"))),
    }
    return _without_unknown(tree)


def _player(player):
    return player._asdict() | {"weapons": [weapon._asdict() for weapon in player.weapons]}


def _without_unknown(tree):
    if isinstance(tree, dict):
        return {name: _without_unknown(value) for name, value in tree.items() if value is not None}
    if isinstance(tree, list | tuple):
        return [_without_unknown(item) for item in tree]
    return tree


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_a_real_report_means_what_was_reviewed(name, golden_file):
    golden_file(HERE / f"{name}.facts.json", text_of(meaning_of((HERE / f"{name}.json").read_bytes())))


def test_the_published_schema_is_the_contract_in_force(golden_file):
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    golden_file(SCHEMA, text_of(dialect | RoundReport.model_json_schema()))
