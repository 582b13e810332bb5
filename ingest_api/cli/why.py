"""`roundwire why`: where a round came from, what was believed of it, and what is missing."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from ingest_api.cli.database import open_database
from ingest_api.cli.output import add_json_option, plain_line, print_json, print_table
from ingest_api.services.explain import RoundStory, explain, notes_in_words
from shared.db.round_story import Record
from shared.domain.vocabulary import LinkStatus
from shared.ops.settings import Settings

_DELIVERY_HEADS = ("DELIVERY", "KIND", "SOURCE", "TIER", "APART", "LINK", "STATE", "OUTCOME", "RECEIVED", "FILE")
_CONFLICT_HEADS = ("FIELD", "BELIEVED", "OF", "NOT BELIEVED", "OF", "REASON")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One subject."""
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        help="a fingerprint (rf1:…), a round's id, a match (m1:…), a file's name, or delivery:ID",
    )
    add_json_option(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Tell the story. Raises StartError, NothingKnown."""
    with open_database(settings) as engine, engine.connect() as connection:
        story = explain(connection, arguments.subject)
    if arguments.as_json:
        print_json(story)
        return 0
    for told in story.rounds:
        _print_round(told)
    if story.deliveries_without_round:
        print("Of no round:")
        _print_deliveries(story.deliveries_without_round)
    return 0


def _print_round(told: RoundStory) -> None:
    row = told.round
    print(plain_line(f"Round {row['round_id']}: R{row['round_number']} of {row['map_name']} on {row['server_id']}"))
    for name, value in _facts(row):
        print(plain_line(f"  {name:<12}  {value}"))
    for alias in told.aliases[1:]:
        print(f"  {'also':<12}  {alias['round_fingerprint']} (tier {alias['tier']}, {alias['source']})")
    print(f"  {'missing':<12}  {', '.join(told.missing) or 'nothing'}")
    print()
    _print_deliveries(told.deliveries)
    if told.conflicts:
        print("Where the sources disagree:")
        print_table(_CONFLICT_HEADS, [tuple(conflict.values()) for conflict in told.conflicts])
        print()


def _facts(row: Record) -> Sequence[tuple[str, str]]:
    why = f" ({row['invalid_reason']})" if row["invalid_reason"] else ""
    return (
        ("match", row["match_id"]),
        ("fingerprint", f"{row['round_fingerprint']} (tier {row['fingerprint_tier']})"),
        ("played", _played(row)),
        ("status", f"{row['round_status']}{why}, {row['exit_kind']}, score {row['score_confidence']}"),
        ("duration", _with_source(row["actual_duration_seconds"], row["duration_source"])),
        ("limit", _with_source(row["limit_seconds"], row["limit_source"])),
        ("sides", _with_source(_sides(row), row["sides_source"])),
        ("state", f"{row['ingest_state']}, revision {row['revision']}, post {row['publication_status'] or 'none'}"),
    )


def _played(row: Record) -> str:
    if row["stamp_end_unix"] is not None:
        return f"until about {_moment(row['stamp_end_unix'])} UTC, as its files' stamps tell"
    return f"{_moment(row['round_start_unix'])} to {_moment(row['round_end_unix'])} UTC"


def _sides(row: Record) -> str | None:
    if row["winner_team"] is None and row["defender_team"] is None:
        return None
    return f"winner {row['winner_team'] or 'unknown'}, defender {row['defender_team'] or 'unknown'}"


def _with_source(value: object, source: str | None) -> str:
    return "unknown" if value is None else f"{value}{f' ({source})' if source else ''}"


def _moment(unix: int | None) -> str:
    return "unknown" if unix is None else f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M:%S}"


def _print_deliveries(deliveries: Sequence[Record]) -> None:
    print_table(
        _DELIVERY_HEADS,
        [
            (
                one["delivery_id"],
                one["kind"],
                one["source"],
                one["fingerprint_tier"],
                None if one.get("seconds_apart") is None else f"{one['seconds_apart']:+d} s",
                one["link_reason"],
                one["state"],
                ",".join(one["outcomes"] or ()),
                one["received_at"],
                one["filename"],
            )
            for one in deliveries
        ],
    )
    for one in deliveries:
        open_question = (
            one["link_details"] if one["link_status"] != LinkStatus.LINKED else _conflict(one["link_details"])
        )
        for line in [*_link_in_words(open_question), *notes_in_words(one["parse_notes"])]:
            print(plain_line(f"  delivery {one['delivery_id']}: {line}"))
    print()


def _conflict(details: Record | None) -> Record | None:
    ids = (details or {}).get("conflicting_ids")
    return {"conflicting_ids": ids} if ids else None


def _link_in_words(details: Record | None) -> list[str]:
    return [
        f"{name.replace('_', ' ')}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in (details or {}).items()
    ]
