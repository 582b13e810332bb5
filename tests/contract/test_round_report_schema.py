"""The published JSON Schema says what the door takes: whoever writes by it is understood."""

import json
from pathlib import Path

import jsonschema
import pytest

from shared.domain.contract import RoundReport
from tests.factories import a_player, a_report, a_second_report

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "round_report.json").read_text(encoding="utf-8"))
GOLDEN = ROOT / "tests" / "golden" / "round_report"
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_sound():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_what_our_own_reporter_writes_keeps_the_schema(name):
    VALIDATOR.validate(json.loads((GOLDEN / f"{name}.json").read_bytes()))


@pytest.mark.parametrize(
    "report",
    [
        a_report(),
        a_second_report(),
        a_report(winner_team=0, defender_team=None, round_number=0),
        a_report(weather="fog"),
        a_report(players=[a_player(0, side=3)]),
        {"schema_version": 1, "map_name": "supply", "round_number": 2},
    ],
)
def test_what_keeps_the_schema_is_read(report):
    VALIDATOR.validate(report)
    RoundReport.model_validate(report)


@pytest.mark.parametrize(
    "report",
    [
        a_report(winner_team=3),
        a_report(round_number=3),
        a_report(elapsed_ms=-1),
        a_report(schema_version=2),
        a_report(players=[a_player(slot) for slot in range(65)]),
        {"schema_version": 1, "round_number": 2},
    ],
)
def test_what_breaks_the_contract_breaks_the_schema(report):
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(report)
