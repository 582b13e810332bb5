"""What was read is remembered for a while, and nothing else is."""

import pytest

from ingest_api.services.reading_memory import ReadingMemory
from shared.domain.vocabulary import Kind
from shared.parsers.understood import Understanding

READING, ANOTHER = Understanding(Kind.STATS_FILE, None), Understanding(Kind.ENDSTATS_FILE, None)


def never():
    raise AssertionError("it is remembered")


def failing():
    raise ValueError("unreadable")


def test_what_was_read_is_not_read_again():
    memory = ReadingMemory(1)
    memory.recall("one", lambda: READING)
    assert memory.recall("one", never) is READING


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    memory = ReadingMemory(2)
    for name in ("one", "two", "one", "three"):
        memory.recall(name, lambda: READING)
    assert memory.recall("one", never) is READING
    assert memory.recall("two", lambda: ANOTHER) is ANOTHER


def test_what_could_not_be_read_is_tried_again():
    memory = ReadingMemory(1)
    with pytest.raises(ValueError, match="unreadable"):
        memory.recall("one", failing)
    assert memory.recall("one", lambda: READING) is READING
