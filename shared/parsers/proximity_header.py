"""The head of a proximity tracker's file: what tells which round it is of. Its sections are not looked at here."""

import re
from dataclasses import dataclass
from datetime import datetime

from shared.domain import fingerprint
from shared.domain.instants import plausible
from shared.domain.round_facts import RoundFacts, Stamp
from shared.domain.vocabulary import ExitKind, Kind, ParseStatus, QuarantineReason
from shared.parsers.file_name import FileName
from shared.parsers.lenient_json import REPLACEMENT
from shared.parsers.notes import Notes
from shared.parsers.problem import Problem

LONGEST_HEAD_BYTES = 65_536
LONGEST_MAP_NAME = 64
_BANNER = re.compile(r"# PROXIMITY_TRACKER_V([0-9]) *")
_HEADER_LINE = re.compile(r"# ([a-z0-9_]+)=(.*)")
_BLANK_OR_COMMENT = re.compile(r"(#(?! [A-Z][A-Z0-9_]*$).*)?")


@dataclass(frozen=True, slots=True)
class ProximityHeader:
    """What the head says. `round_number` is read at the round's start and may be wrong; the file's name is the better one.

    `capabilities`: which measurements were on; None when the tracker does not say (before 6.11).
    """

    banner_version: int
    map_name: str | None
    round_number: int | None
    round_start_unix: int | None
    round_end_unix: int | None
    tracker_version: str | None
    is_test_mode: bool | None
    capabilities: dict[str, bool] | None


@dataclass(frozen=True, slots=True)
class ProximityReading:
    """What a delivery says. `header` is None exactly when `quarantine_reason` is set; pointers are `/line`."""

    header: ProximityHeader | None
    parse_status: ParseStatus
    problems: tuple[Problem, ...] = ()
    quarantine_reason: QuarantineReason | None = None


def read(body: bytes) -> ProximityReading:
    """Read the head of one file, or of its first bytes. Never raises."""
    text = body[:LONGEST_HEAD_BYTES].decode("utf-8-sig", errors="replace").replace("\0", REPLACEMENT)
    lines = [line.rstrip("\r") for line in text.split("\n")]
    notes = Notes()
    if not text.strip():
        return _quarantined(notes, QuarantineReason.EMPTY)
    banner = _BANNER.fullmatch(lines[0])
    if banner is None:
        notes.drop("/1", "no_banner", "the first line names the tracker and its version")
        return _quarantined(notes, QuarantineReason.MALFORMED_HEADER)
    header = _header(int(banner[1]), _values(lines), notes)
    return ProximityReading(header, notes.parse_status, notes.problems)


def to_facts(
    header: ProximityHeader, name: FileName, stamp: Stamp | None, server_id: str, now: datetime
) -> RoundFacts | None:
    """Which round the file is of: its map by the head, its number by the name. None when neither tells one of them."""
    map_name, round_number = header.map_name or name.map_name, name.round_number or header.round_number
    if map_name is None or round_number is None:
        return None
    return RoundFacts(
        server_id=server_id,
        map_name=fingerprint.map_name(map_name),
        round_number=round_number,
        round_start_unix=plausible(header.round_start_unix, now),
        round_end_unix=plausible(header.round_end_unix, now),
        exit_kind=ExitKind.UNKNOWN,
        has_exit_line=False,
        sender_version=header.tracker_version,
        kind=Kind.PROXIMITY_FILE,
        stamp=stamp,
    )


def _quarantined(notes: Notes, reason: QuarantineReason) -> ProximityReading:
    return ProximityReading(None, ParseStatus.FAILED, notes.problems, reason)


def _values(lines: list[str]) -> dict[str, tuple[str, str]]:
    """The values up to the first section, each with its line; of a key that stands twice the first counts."""
    values: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(lines[1:], 2):
        if found := _HEADER_LINE.fullmatch(line):
            values.setdefault(found[1], (found[2].strip(), f"/{number}"))
        elif not _BLANK_OR_COMMENT.fullmatch(line):
            break
    return values


def _header(banner_version: int, values: dict[str, tuple[str, str]], notes: Notes) -> ProximityHeader:
    at = {name: values.get(name, ("", "")) for name in ("map", "round", "tracker_version_full", "test_mode")}
    none = ("", "")
    number = notes.whole(*at["round"], most=2)
    start_unix, end_unix = notes.span_unix(values.get("round_start_unix", none), values.get("round_end_unix", none))
    test_mode = notes.whole(*at["test_mode"], most=1)
    return ProximityHeader(
        banner_version=banner_version,
        map_name=notes.text(*at["map"], longest=LONGEST_MAP_NAME),
        round_number=None if number is None else fingerprint.round_number(number),
        round_start_unix=start_unix,
        round_end_unix=end_unix,
        tracker_version=notes.text(*at["tracker_version_full"]),
        is_test_mode=None if test_mode is None else bool(test_mode),
        capabilities=_capabilities(*values["capabilities"], notes) if "capabilities" in values else None,
    )


def _capabilities(text: str, pointer: str, notes: Notes) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for item in filter(None, text.split(",")):
        name, _, flag = item.strip().partition(":")
        if flag in ("0", "1"):
            found[name] = flag == "1"
        else:
            notes.drop(pointer, "no_flag", "`name:0` or `name:1` is needed here")
    return found
