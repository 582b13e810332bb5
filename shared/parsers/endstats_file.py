"""Bytes of an endstats file to awards and duels ("VS lines"), each with its line; nothing that stands in it is lost silently.

Before the first `VS_HEADER` a line is an award, or in older files a duel of nobody knows whom; after it all are duels, even
those whose opponent is called like an award. Map, round and time are in the file's name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.domain.awards import known_award
from shared.domain.vocabulary import ParseStatus, QuarantineReason
from shared.parsers import award_lines
from shared.parsers.award_lines import AwardLine
from shared.parsers.lenient_json import REPLACEMENT
from shared.parsers.notes import LARGEST_COUNT, Notes
from shared.parsers.problem import Problem

LARGEST_BYTES = 1_048_576
MOST_LINES = 10_000
LONGEST_CELL = 256
_VS_HEADER = "VS_HEADER"
_CELLS = 3


@dataclass(frozen=True, slots=True)
class VsLine:
    """One duel from its subject's side. `line` counts from 1; a subject without name and GUID is not told (older files)."""

    line: int
    subject_name: str | None
    subject_guid: str | None
    opponent: str | None
    kills: int
    deaths: int


@dataclass(frozen=True, slots=True)
class EndstatsFile:
    """Everything a file says, in its order. Each duel stands in it twice, once from either side."""

    awards: tuple[AwardLine, ...]
    vs_lines: tuple[VsLine, ...]

    @property
    def richness(self) -> tuple[int, int]:
        """Of two files of one round the one that tells more is kept: awards first, then duels."""
        return len(self.awards), len(self.vs_lines)

    def duels(self) -> tuple[VsLine, ...]:
        """Each pair once, as told first."""
        told: set[tuple[str | None, str | None]] = set()
        once = []
        for duel in self.vs_lines:
            if duel.subject_name is None or (duel.opponent, duel.subject_name) not in told:
                once.append(duel)
                told.add((duel.subject_name, duel.opponent))
        return tuple(once)


@dataclass(frozen=True, slots=True)
class EndstatsReading:
    """What a delivery says. `file` is None exactly when `quarantine_reason` is set; pointers are `/line`."""

    file: EndstatsFile | None
    parse_status: ParseStatus
    problems: tuple[Problem, ...] = ()
    quarantine_reason: QuarantineReason | None = None


@dataclass(slots=True)
class _Subject:
    """Whose duels follow."""

    name: str | None = None
    guid: str | None = None
    is_known: bool = False


def read(body: bytes) -> EndstatsReading:
    """Read one file. Never raises."""
    notes = Notes()
    if len(body) > LARGEST_BYTES:
        notes.drop("", "too_long", f"more than {LARGEST_BYTES} bytes")
        return _quarantined(notes, QuarantineReason.TOO_LARGE)
    text = _told_once(body, notes).decode("utf-8-sig", errors="replace").replace("\0", REPLACEMENT)
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        return _quarantined(notes, QuarantineReason.EMPTY)
    if len(lines) > MOST_LINES:
        notes.drop("", "too_long", f"more than {MOST_LINES} lines")
        return _quarantined(notes, QuarantineReason.TOO_LARGE)
    awards, vs_lines = _sorted(list(_cells(lines, notes)), notes)
    if not awards and not vs_lines:
        return _quarantined(notes, QuarantineReason.SCHEMA_VIOLATION)
    file = EndstatsFile(award_lines.with_faults(awards), tuple(vs_lines))
    return EndstatsReading(file, notes.parse_status, notes.problems)


def _quarantined(notes: Notes, reason: QuarantineReason) -> EndstatsReading:
    return EndstatsReading(None, ParseStatus.FAILED, notes.problems, reason)


def _told_once(body: bytes, notes: Notes) -> bytes:
    """The writer appends; two writings in one second leave the same content twice."""
    half = body[: len(body) // 2]
    if half and body == half * 2:
        notes.drop("", "repeated_content", "the file holds its content twice")
        return half
    return body


def _cells(lines: Sequence[tuple[int, str]], notes: Notes) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines:
        cells = line.split("\t")
        is_bare_header = cells[0] == _VS_HEADER and len(cells) == _CELLS - 1
        if len(cells) < _CELLS and not is_bare_header:
            notes.drop(f"/{number}", "too_few_cells", "three cells are needed here, with tabs between them")
        elif any(len(cell) > LONGEST_CELL for cell in cells):
            notes.drop(f"/{number}", "too_long", f"a cell is longer than {LONGEST_CELL} characters")
        else:
            if len(cells) > _CELLS:
                notes.drop(f"/{number}", "surplus_cells", "only the first three cells are read")
            yield number, cells[:_CELLS]


def _sorted(lines: Sequence[tuple[int, list[str]]], notes: Notes) -> tuple[list[AwardLine], list[VsLine]]:
    awards: list[AwardLine] = []
    vs_lines: list[VsLine] = []
    subject = _Subject()
    for number, cells in lines:
        counts = [_count(cell) for cell in cells[1:]]
        is_duel = None not in counts and len(counts) == _CELLS - 1
        if cells[0] == _VS_HEADER and not is_duel:
            guid = cells[2].upper() if len(cells) == _CELLS else ""
            subject = _Subject(cells[1] or None, guid or None, is_known=True)
        elif is_duel and (subject.is_known or known_award(cells[0]) is None):
            kills, deaths = (count or 0 for count in counts)
            vs_lines.append(VsLine(number, subject.name, subject.guid, cells[0] or None, kills, deaths))
        elif subject.is_known:
            notes.drop(f"/{number}", "no_duel", "an opponent, kills and deaths are needed here")
        else:
            awards.append(award_lines.read(number, *cells))
    return awards, vs_lines


def _count(cell: str) -> int | None:
    is_number = cell.isascii() and cell.isdigit() and len(cell) <= len(str(LARGEST_COUNT))
    return int(cell) if is_number and int(cell) <= LARGEST_COUNT else None
