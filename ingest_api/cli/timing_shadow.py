"""`roundwire timing shadow`: time dead by stats files (OLD) beside Lua's (NEW), and the gate of the cut-over."""

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ingest_api.cli.database import open_database
from ingest_api.cli.instants import instant
from ingest_api.cli.output import add_json_option, print_json, print_table
from shared.db.timing import all_round_times, counting_round_ids
from shared.domain import fingerprint
from shared.domain.figures import plural
from shared.domain.shadow import (
    GATE_PERCENT,
    MOST_TOP,
    TOP_SHOWN,
    Gate,
    Shadow,
    by_player,
    dead_words,
    gate,
    shadows,
    top,
)
from shared.domain.text import clean_name
from shared.domain.timing_session import safe_cell
from shared.domain.units import MS_PER_SECOND, seconds
from shared.ops.settings import Settings

NOT_MET = 1
_HEADS = ("ROUND", "MAP", "NUMBER", "PLAYER", "DEAD", "DELTA", "DENIED NEW", "REASONS")
_PLAYER_HEADS = ("GUID", "PLAYER", "DEAD", "DELTA", "COVERED")
_CSV_HEADS = (
    "round_id map_name round_number guid name played_seconds old_dead_seconds new_dead_seconds delta_seconds "
    "old_denied_seconds new_denied_seconds reasons"
).split()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which rounds, and how many of them must have Lua's lives."""
    parser.add_argument("--since", metavar="WHEN", type=instant, help="only rounds played since then (UTC)")
    parser.add_argument("--server", metavar="ID", help="only of that game server")
    parser.add_argument(
        "--gate",
        metavar="PERCENT",
        type=float,
        default=GATE_PERCENT,
        help=f"more than this share of rounds must have spawn statistics ({GATE_PERCENT:.0f})",
    )
    parser.add_argument(
        "--top", metavar="N", type=int, default=TOP_SHOWN, help=f"so many of the largest differences (1-{MOST_TOP})"
    )
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write every player of every round there")
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compare: 1 when the gate is not met. Raises StartError."""
    server_id = None if arguments.server is None else fingerprint.server_id(arguments.server)
    with open_database(settings) as engine, engine.connect() as connection:
        read = all_round_times(connection, counting_round_ids(connection, arguments.since, server_id))
    lines = [line for times in read.rounds for line in shadows(times, is_lua_unreadable=read.is_lua_unreadable)]
    verdict = gate(read.rounds, lines, arguments.gate)
    if arguments.csv is not None:
        _write_csv(arguments.csv, lines)
    if arguments.as_json:
        print_json(_told(verdict, lines, arguments.top, is_dual=settings.show_timing_dual))
    else:
        _show(verdict, lines, arguments.top, is_dual=settings.show_timing_dual)
    return 0 if verdict.is_met else NOT_MET


def _write_csv(path: Path, lines: Sequence[Shadow]) -> None:
    with path.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(_CSV_HEADS)
        for line in lines:
            row = _row(line) | {"reasons": " ".join(line.reasons)}
            writer.writerow([safe_cell(row[head]) for head in _CSV_HEADS])


def _row(line: Shadow) -> dict[str, object]:
    return {
        "round_id": line.round_id,
        "map_name": line.map_name,
        "round_number": line.round_number,
        "guid": line.guid,
        "name": line.name,
        "played_seconds": seconds(line.played_ms),
        "old_dead_seconds": seconds(line.old_dead_ms),
        "new_dead_seconds": seconds(line.new_dead_ms),
        "delta_seconds": seconds(line.delta_ms),
        "old_denied_seconds": seconds(line.old_denied_ms),
        "new_denied_seconds": seconds(line.new_denied_ms),
        "reasons": list(line.reasons),
    }


def _told(verdict: Gate, lines: Sequence[Shadow], count: int, *, is_dual: bool) -> dict[str, object]:
    return {
        "rounds": verdict.rounds,
        "covered": verdict.covered,
        "coverage_pct": verdict.coverage_percent,
        "gate_pct": verdict.needed_percent,
        "is_met": verdict.is_met,
        "is_dual": is_dual,
        "median_seconds": None if verdict.median_ms is None else verdict.median_ms / MS_PER_SECOND,
        "p95_seconds": seconds(verdict.p95_ms),
        "reasons": _reasons(lines),
        "uncovered": verdict.uncovered,
        "players": [
            {
                "guid": one.guid,
                "name": one.name,
                "old_dead_seconds": seconds(one.old_dead_ms),
                "new_dead_seconds": seconds(one.new_dead_ms),
                "delta_seconds": seconds(one.delta_ms),
                "covered": one.covered,
                "rounds": one.rounds,
            }
            for one in by_player(lines)
        ],
        "top": list(map(_row, top(lines, count))),
    }


def _show(verdict: Gate, lines: Sequence[Shadow], count: int, *, is_dual: bool) -> None:
    largest = [
        (
            line.round_id,
            line.map_name,
            f"R{line.round_number}",
            clean_name(line.name),
            dead_words(line.old_dead_ms, line.new_dead_ms, is_dual=is_dual),
            _signed(line.delta_ms),
            None if line.new_denied_ms is None else f"{line.new_denied_ms / MS_PER_SECOND:.0f} s",
            ", ".join(line.reasons),
        )
        for line in top(lines, count)
    ]
    if largest:
        print_table(_HEADS, largest)
        print()
    if players := by_player(lines):
        print_table(
            _PLAYER_HEADS,
            [
                (
                    one.guid,
                    clean_name(one.name),
                    dead_words(one.old_dead_ms, one.new_dead_ms, is_dual=is_dual),
                    _signed(one.delta_ms),
                    f"{one.covered}/{one.rounds}",
                )
                for one in players
            ],
        )
        print()
    _conclude(verdict, lines)


def _conclude(verdict: Gate, lines: Sequence[Shadow]) -> None:
    coverage = "unknown" if verdict.coverage_percent is None else f"{verdict.coverage_percent:.1f} %"
    print(f"{plural(verdict.rounds, 'round')}, {verdict.covered} with spawn statistics: {coverage}.")
    if verdict.median_ms is not None and verdict.p95_ms is not None:
        median, p95 = verdict.median_ms / MS_PER_SECOND, verdict.p95_ms / MS_PER_SECOND
        print(f"|delta|: median {median:.1f} s, 95th percentile {p95:.1f} s.")
    for reason, times in _reasons(lines).items():
        print(f"{reason}: {times}")
    if verdict.is_met:
        print(f"The gate of {verdict.needed_percent:g} % is met: SHOW_TIMING_DUAL=false is lawful.")
        return
    print(f"The gate of {verdict.needed_percent:g} % is not met: keep showing both. Rounds without spawn statistics:")
    print("  " + (", ".join(map(str, verdict.uncovered)) or "there are no rounds"))


def _reasons(lines: Sequence[Shadow]) -> dict[str, int]:
    return dict(sorted(Counter(str(reason) for line in lines for reason in line.reasons).items()))


def _signed(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else f"{milliseconds / MS_PER_SECOND:+.1f} s"
