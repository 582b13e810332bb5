"""Every value that is stored or sent is explained in the glossary, and nothing else is."""

import re
from enum import Enum
from pathlib import Path

import pytest

from shared.domain import vocabulary

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ENUMS = [one for one in vars(vocabulary).values() if isinstance(one, type) and issubclass(one, Enum) and len(one) > 0]


def explained(enum: type[Enum]) -> dict[str, str]:
    """Value and meaning, in order, of the table under the heading that names an enumeration."""
    (table,) = re.findall(rf"^### [^\n]*\(`{enum.__name__}`\)\n(.*?)(?=^##)", GLOSSARY, flags=re.DOTALL | re.MULTILINE)
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    return {cells[1].strip().strip("`"): cells[2].strip() for cells in rows}


@pytest.mark.parametrize("enum", ENUMS)
def test_every_value_of_the_vocabulary_is_explained_in_its_order(enum):
    assert list(explained(enum)) == [str(one.value) for one in enum]


@pytest.mark.parametrize("enum", ENUMS)
def test_no_value_is_without_a_meaning(enum):
    assert [value for value, meaning in explained(enum).items() if not meaning] == []


def test_no_enumeration_is_explained_that_does_not_exist():
    assert set(re.findall(r"^### .*\(`(\w+)`\)$", GLOSSARY, flags=re.MULTILINE)) == {one.__name__ for one in ENUMS}


def test_no_word_is_explained_twice():
    words = re.findall(r"^\| ([a-zA-Z_ ,]+) \|", GLOSSARY.partition("## Values")[0], flags=re.MULTILINE)
    single = [word.strip() for entry in words for word in entry.split(",") if word.strip() != "Word"]
    assert sorted(single) == sorted(set(single))
