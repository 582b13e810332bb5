"""The contract as people read it is the contract in force."""

import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from shared.domain import contract, errors
from shared.domain.vocabulary import ExitKind, ParseStatus
from shared.parsers.round_report import read

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "contract.md"
GOLDEN = ROOT / "tests" / "golden" / "round_report"
SHOWN_PLAYERS = 2
TABLES = {
    "The report": contract.RoundReport,
    "`warmup`": contract.Warmup,
    "`pauses[]`": contract.Pause,
    "`r1`": contract.FirstRound,
    "`surrender`": contract.Surrender,
    "`surrender_votes[]`": contract.SurrenderVote,
    "`players[]`": contract.Player,
    "`players[].sides[]`": contract.SideSpan,
    "`players[].death_causes[]`": contract.DeathCause,
    "`players[].counters`": contract.Counters,
    "`players[].counters.raw` and `.baseline`": contract.CounterValues,
    "`players[].weapons[]`": contract.Weapon,
    "`players[].engine`": contract.EngineNumbers,
}


def document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^##+ ", document().partition(f"\n### {heading}\n")[2], flags=re.MULTILINE)[0]


def first_cells(text: str) -> set[str]:
    return {
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    }


def example(name: str) -> str:
    """One golden report, one field a line, with its first players only."""
    tree = json.loads((GOLDEN / name).read_bytes())
    tree["players"] = tree["players"][:SHOWN_PLAYERS]
    lines = [f"  {json.dumps(key)}: {_shown(key, value)}" for key, value in tree.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _shown(key, value) -> str:
    if key != "players":
        return json.dumps(value, ensure_ascii=False)
    players = [
        "    {\n"
        + ",\n".join(
            f"      {json.dumps(name)}: {json.dumps(item, ensure_ascii=False)}" for name, item in player.items()
        )
        + "\n    }"
        for player in value
    ]
    return "[\n" + ",\n".join(players) + "\n  ]"


def with_examples(text: str) -> str:
    for name in ("r1.json", "r2.json"):
        begin = f"<!-- {name}: written by `make golden` -->\n"
        before, _, rest = text.partition(begin)
        after = rest.partition("<!-- end -->")[2]
        text = f"{before}{begin}```json\n{example(name)}\n```\n<!-- end -->{after}"
    return text


def test_its_examples_are_what_the_reporter_writes(golden_file):
    golden_file(DOCUMENT, with_examples(document()))


def test_every_example_in_it_is_understood_whole():
    examples = re.findall(r"```json\n(.*?)```", document(), flags=re.DOTALL)
    readings = [read(one.encode()) for one in examples]
    assert [(one.parse_status, one.unknown_fields) for one in readings] == [(ParseStatus.OK, ())] * 3


@pytest.mark.parametrize(("heading", "part"), TABLES.items())
def test_it_describes_every_field_and_no_other(heading, part):
    assert first_cells(section(heading)) == TypeAdapter(part).json_schema()["properties"].keys()


def test_it_names_every_way_a_round_may_end():
    (row,) = [line for line in section("The report").splitlines() if line.startswith("| `exit_kind`")]
    assert set(re.findall(r"`(\w+)`", row)) == {"exit_kind", *ExitKind}


def test_it_states_the_limits_in_force():
    stated = [
        f"{contract.LARGEST_BODY_BYTES:,} bytes",
        f"| `players` | {contract.MOST_PLAYERS} |",
        f"{contract.LONGEST_NAME_BYTES} raw bytes",
        f"| `event_id`, `map_name` | {contract.LONGEST_EVENT_ID} characters |",
    ]
    assert [one for one in stated if one not in document()] == []


@pytest.mark.parametrize(
    "refusal", [errors.NotAuthenticated, errors.TooLarge, errors.UnsupportedEncoding, errors.NotJson, errors.TooMany]
)
def test_it_names_the_code_of_every_refusal_at_this_door(refusal):
    assert f"`{refusal.code}`" in document().partition("## Answers")[2]
