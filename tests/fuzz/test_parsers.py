"""Whatever comes, every reader answers facts or a reason, the same ones each time, and nothing no database can hold."""

import dataclasses
import json
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotAHandshake, NotJson
from shared.domain.vocabulary import Kind
from shared.parsers import file_name, hello, lenient_json, suite_submit, webhook_message
from shared.parsers.understanding import understand
from shared.parsers.understood import Origin, Understanding
from tests.fuzz.mutations import any_json, mutated
from tests.fuzz.service import GOLDEN, SENDERS

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
STATS_NAME = "2026-02-03-235512-etl_frostbite-round-1.txt"
NAMES = {
    Kind.STATS_FILE: STATS_NAME,
    Kind.ENDSTATS_FILE: STATS_NAME.replace(".txt", "-endstats.txt"),
    Kind.GAMETIME_FILE: "gametime-etl_frostbite-R1-1770159309.json",
    Kind.PROXIMITY_FILE: STATS_NAME.replace(".txt", "_engagements.txt"),
    Kind.DEMO_ANALYSIS: "analysis.json",
    Kind.UNKNOWN_FILE: "notes.md",
}
LAWFUL = {
    Kind.ROUND_REPORT: (GOLDEN / "round_report" / "r2.json").read_bytes(),
    Kind.STATS_MESSAGE: (SENDERS / "stats_message" / "r1.json").read_bytes(),
    Kind.SUITE_JSON: (SENDERS / "suite" / "r1-minimal.json").read_bytes(),
    Kind.GAMETIME_FILE: (SENDERS / "gametime" / NAMES[Kind.GAMETIME_FILE]).read_bytes(),
    Kind.STATS_FILE: (GOLDEN / "stats_file" / "9-field" / STATS_NAME).read_bytes(),
    Kind.ENDSTATS_FILE: next((SENDERS / "endstats").glob("*.txt")).read_bytes(),
    Kind.PROXIMITY_FILE: next((SENDERS / "proximity").glob("*.txt")).read_bytes(),
    Kind.FILENAME_NOTICE: (SENDERS / "filename_notice" / "r1-stats.json").read_bytes(),
}
JSON_KINDS = (Kind.ROUND_REPORT, Kind.STATS_MESSAGE, Kind.SUITE_JSON, Kind.FILENAME_NOTICE)
seeds = st.integers(0, 2**32 - 1)


def understood(kind: Kind, body: bytes) -> Understanding | None:
    """What a delivery is understood to say; None when it is no JSON at all. Nothing else may happen."""
    try:
        return understand(kind, body, Origin("srv1", NOON, NAMES.get(kind)))
    except NotJson:
        return None


def hold(kind: Kind, body: bytes) -> None:
    told = understood(kind, body)
    assert told == understood(kind, body)
    if told is not None:
        assert (told.facts is None) or (told.quarantine_reason is None)
        hold_storable(told)


def hold_storable(part: object) -> None:
    """Every text is UTF-8 without NUL, every whole number fits 64 bits."""
    if dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            hold_storable(getattr(part, field.name))
    elif isinstance(part, dict):
        for key, value in part.items():
            hold_storable(key)
            hold_storable(value)
    elif isinstance(part, list | tuple | set | frozenset):
        for value in part:
            hold_storable(value)
    elif isinstance(part, str):
        assert "\0" not in part
        part.encode()
    elif isinstance(part, int):
        assert -(2**63) <= part < 2**63


@pytest.mark.parametrize("kind", LAWFUL)
@given(seed=seeds)
def test_of_a_damaged_delivery_facts_or_a_reason_are_told_and_can_be_stored(kind, seed):
    hold(kind, mutated(LAWFUL[kind], Random(seed)))


@pytest.mark.parametrize("kind", Kind)
@given(body=st.binary(max_size=300))
def test_of_any_bytes_facts_or_a_reason_are_told_and_can_be_stored(kind, body):
    hold(kind, body)


@pytest.mark.parametrize("kind", JSON_KINDS)
@given(seed=seeds)
def test_of_any_json_facts_or_a_reason_are_told_and_can_be_stored(kind, seed):
    rng = Random(seed)
    members = {name: any_json(rng) for name in json.loads(LAWFUL[kind]) if rng.random() < 0.5}
    hold(kind, json.dumps(rng.choice((any_json(rng), members))).encode())


@pytest.mark.parametrize("kind", JSON_KINDS)
@given(seed=seeds)
def test_what_is_understood_stays_the_same_when_the_same_tree_is_written_anew(kind, seed):
    body = mutated(LAWFUL[kind], Random(seed))
    try:
        tree = lenient_json.parse(body)
    except NotJson:
        return
    first, again = understood(kind, body), understood(kind, json.dumps(tree, indent=1).encode())
    assert (first and first.facts) == (again and again.facts)
    assert (first and first.quarantine_reason) == (again and again.quarantine_reason)


@given(seed=seeds, sizes=st.lists(st.integers(1, 5000), max_size=20))
def test_a_submit_says_the_same_in_chunks_of_any_size(seed, sizes):
    body = mutated(LAWFUL[Kind.SUITE_JSON], Random(seed))
    chunks, at = [], 0
    for size in sizes:
        chunks.append(body[at : at + size])
        at += size
    assert submit_of([*chunks, body[at:]]) == submit_of([body])


def submit_of(chunks: list[bytes]) -> object:
    try:
        return suite_submit.read(chunks)
    except NotJson:
        return None


@given(seed=seeds)
def test_a_handshake_is_read_or_refused(seed):
    rng = Random(seed)
    greeting = {"instance": "27960", "boot_id": "b", "config_problems": ["x"], "spool": {"files": 1, "bytes": 2}}
    body = mutated(json.dumps(greeting).encode(), rng)
    try:
        hold_storable(hello.read(body))
    except (NotJson, NotAHandshake):
        return


@given(seed=seeds)
def test_every_posted_tree_is_of_some_kind(seed):
    assert webhook_message.kind_of(any_json(Random(seed))) in Kind


@given(name=st.text(max_size=300) | st.from_regex(r"\d{4}-\d{2}-\d{2}-\d{6}-.{1,60}-round-.{1,4}\.txt", fullmatch=True))
def test_every_name_is_read_and_a_path_gives_away_no_more_than_its_last_part(name):
    found = file_name.read(name)
    assert (found.name, found.kind in Kind) == (name, True)
    last = file_name.last_part(name)
    assert file_name.last_part(last) == last
    assert not set(last) & set("/\\")
