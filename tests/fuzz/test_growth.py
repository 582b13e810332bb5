"""What is made to keep a reader busy for ever is read in the time of its length: nothing grows with the square of it.

What is linear takes a fraction of a second here; of the square, hours. The bound lies far from both.
"""

import contextlib
import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from shared.domain import text
from shared.domain.errors import NotAHandshake, NotJson
from shared.domain.vocabulary import Kind
from shared.parsers import duration_text, file_name, hello, lenient_json, suite_text, webhook_message
from shared.parsers.understanding import understand
from shared.parsers.understood import Origin
from tests.fuzz.patience import at_most_cpu_seconds
from tests.fuzz.test_parsers import LAWFUL, NAMES

LENGTH, MANY = 1 << 18, 20_000
MEBIBYTE = 1 << 20
PATIENCE_CPU_SECONDS = 20
NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
UNITS = (
    " ", "\t", "\n", "\r\n", "\0", "0", "9", "1.", "1:", "-", "a", "é", "^", "^^7", "`", "`.txt", ".txt", "\\", "\\\\", '\\"',
    "\\u{e9}", "\\ud800", '"', '""', "[", "{", "[]", "{}", "[[", "[0,", "{},", '{"a":', '{"a":0,"a":', "1,", "null,", '"x",',
    "# ", "# x=\n", "# A\n", "a\tb\tc\n", "VS_HEADER\ta\tb\n", "a\t1\t2\n", "Longest killing spree\tx\t9\n", "winner", "/",
    "~", "\u0301", "@", "<", "||", "1 2 3 ", "- -", "a-round-", "-R1-", "analysis.", "..",
)  # fmt: skip
FILE_KINDS = [Kind.STATS_FILE, Kind.ENDSTATS_FILE, Kind.PROXIMITY_FILE]
MESSAGE_KINDS = [Kind.ROUND_REPORT, Kind.STATS_MESSAGE, Kind.SUITE_JSON]
FILLINGS = {
    "text": json.dumps("a" * LENGTH),
    "escapes": json.dumps("\0" * (LENGTH // 6)),
    "lists": json.dumps([[]] * MANY),
    "objects": json.dumps([{}] * MANY),
    "members": json.dumps(dict.fromkeys(map(str, range(MANY)), 1)),
}


def filled(unit: str) -> bytes:
    return (unit * (LENGTH // len(unit.encode()))).encode()


def read_patiently(kind: Kind, body: bytes) -> None:
    with at_most_cpu_seconds(PATIENCE_CPU_SECONDS), contextlib.suppress(NotJson):
        understand(kind, body, Origin("srv1", NOON, NAMES.get(kind)))


@pytest.mark.parametrize("kind", Kind)
def test_one_thing_again_and_again_does_not_keep_a_reader_busy(kind):
    for unit in UNITS:
        read_patiently(kind, filled(unit))


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_nor_does_it_behind_the_first_line_of_a_file(kind):
    head = LAWFUL[kind].splitlines(keepends=True)[0]
    for unit in UNITS:
        read_patiently(kind, head + filled(unit))


@pytest.mark.parametrize("filling", FILLINGS.values(), ids=FILLINGS)
@pytest.mark.parametrize("kind", MESSAGE_KINDS)
def test_nor_does_it_in_any_member_of_a_message(kind, filling):
    for member in json.loads(LAWFUL[kind]):
        read_patiently(kind, with_member(kind, member, filling))


def with_member(kind: Kind, member: str, written: str) -> bytes:
    """The lawful message with one member told again; of a name that stands twice the last counts."""
    return LAWFUL[kind].rstrip()[:-1] + f', "{member}": {written}}}'.encode()


@pytest.mark.parametrize("member", ["pauses", "players", "score_lines", "health"])
def test_the_largest_report_takes_no_more_than_a_hundred_times_its_length(member):
    body = with_member(Kind.ROUND_REPORT, member, json.dumps([[]] * 300_000, separators=(",", ":")))
    tracemalloc.start()
    try:
        read_patiently(Kind.ROUND_REPORT, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * MEBIBYTE


def test_awards_nobody_knows_do_not_make_each_spree_dearer():
    unknown = "".join(f"award {number}\tx\t1\n" for number in range(4_000))
    read_patiently(Kind.ENDSTATS_FILE, (unknown + "Longest killing spree\tx\t9\n" * 5_000).encode())


READERS_OF_TEXT = {
    "colours": text.strip_colors,
    "a visible name": text.clean_name,
    "marks": text.flatten,
    "markdown": text.escape_markdown,
    "what a card shows": text.shown,
    "a file's name": file_name.read,
    "a path": file_name.last_part,
    "a duration": duration_text.duration_ms,
    "a named file": webhook_message.named_file,
    "escapes": suite_text.unescaped,
    "a GUID": suite_text.guid_of,
}


@pytest.mark.parametrize("read", READERS_OF_TEXT.values(), ids=READERS_OF_TEXT)
def test_a_long_text_does_not_keep_a_rule_busy(read):
    for unit in UNITS:
        with at_most_cpu_seconds(PATIENCE_CPU_SECONDS):
            read(filled(unit).decode())


@pytest.mark.parametrize("read", [lenient_json.parse, lenient_json.is_sound, hello.read])
def test_nor_a_reader_of_json(read):
    for unit in UNITS:
        with at_most_cpu_seconds(PATIENCE_CPU_SECONDS), contextlib.suppress(NotJson, NotAHandshake):
            read(filled(unit))
