"""How commands answer: a table for people, or one JSON document with `--json`."""

import argparse
import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def add_json_option(*parsers: argparse.ArgumentParser, default: bool | str = False) -> None:
    """`--json`, in every command that answers with facts."""
    for parser in parsers:
        parser.add_argument(
            "--json", action="store_true", dest="as_json", default=default, help="answer with one JSON document"
        )


def print_json(answer: Any) -> None:
    """One document on stdout: dataclasses as objects, days and instants as ISO 8601."""
    print(json.dumps(answer, default=_plain, ensure_ascii=False, indent=1))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as what stands in them; unknown is a dash."""
    cells = [list(heads), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def plain_line(words: str) -> str:
    """Words of which some came from a sender, as one line that does nothing to a terminal."""
    return "".join(character if character.isprintable() else "?" for character in words)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return plain_line(str(value))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")
