"""An endstats file with both faults of its writer beside the facts in it."""

import json
from pathlib import Path

from shared.domain.awards import AwardFault
from shared.domain.vocabulary import Kind, ParseStatus
from shared.parsers import file_name
from shared.parsers.endstats_file import read

HERE = Path(__file__).parent / "senders" / "endstats"
FILE = HERE / "2026-02-03-235514-etl_frostbite-round-1-endstats.txt"
EXPECTED = json.loads((HERE / "expected.json").read_text())


def award_told(award):
    as_written = {} if award.name == award.name_as_written else {"award_as_written": award.name_as_written}
    return {
        "award": award.name,
        **as_written,
        "category": award.category,
        "player": award.player,
        "value_text": award.value_text,
        "value_number": award.value_number,
        "trustworthy": award.fault is None,
    }


def test_a_file_says_what_its_expected_facts_say():
    reading = read(FILE.read_bytes())
    dropped = {note["line"] for note in EXPECTED["line_notes"] if note["action"] == "dropped"}

    assert (reading.parse_status, reading.problems) == (ParseStatus.OK, ())
    assert [award_told(award) for award in reading.file.awards if award.line not in dropped] == EXPECTED["awards"]


def test_the_lines_under_a_wrong_label_are_kept_with_that_reason():
    faults = {award.line: award.fault for award in read(FILE.read_bytes()).file.awards if award.fault}
    assert faults == {note["line"]: AwardFault(note["reason"]) for note in EXPECTED["line_notes"]}


def test_each_duel_is_told_twice_and_counted_once():
    file = read(FILE.read_bytes()).file
    rows = [
        {
            "subject": row.subject_name,
            "subject_guid": row.subject_guid,
            "opponent": row.opponent,
            "kills": row.kills,
            "deaths": row.deaths,
        }
        for row in file.vs_lines
    ]
    pairs = [
        {"a": row.subject_name, "b": row.opponent, "a_kills": row.kills, "b_kills": row.deaths} for row in file.duels()
    ]
    assert (rows, pairs) == (EXPECTED["vs_rows"], EXPECTED["vs_pairs"])


def test_the_name_tells_the_round():
    name = file_name.read(FILE.name)
    assert (name.kind, name.map_name, name.round_number) == (Kind.ENDSTATS_FILE, EXPECTED["map"], 1)
    assert f"{name.round_date} {name.round_time}" == EXPECTED["stamp_local"].replace(":", "")
