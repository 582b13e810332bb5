"""What `status` and `--dry-run` say: what was shipped, what waits and why, what was refused, what would be sent."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from game_server.shipper.console import shown
from game_server.shipper.entry import Entry, FileOutcome
from game_server.shipper.folders import Folder
from game_server.shipper.standing import TO_SEND, Standing
from game_server.shipper.survey import Seen

LONGEST_LIST = 20
_IN_TROUBLE = frozenset(
    {Standing.REFUSED, Standing.UNSENDABLE, Standing.TOO_LARGE, Standing.WAITING, Standing.DUE, Standing.EMPTY}
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file that could not be shipped so far. next_attempt_unix: null when it is tried as soon as possible, or never."""

    path: str
    standing: Standing
    attempts: int
    status: int | None
    next_attempt_unix: float | None
    answer: str


@dataclass(frozen=True, slots=True)
class Report:
    """The state of things. files: how many are there by standing. missing_folders: path and reason."""

    is_at_work: bool
    files: dict[str, int]
    missing_folders: dict[str, str]
    last_taken_unix: float | None
    wait_until_unix: float | None
    troubles: list[Trouble]

    @property
    def is_well(self) -> bool:
        """Whether everything there has been taken or will be, as far as anybody can tell."""
        return not self.troubles and not self.missing_folders


def make_report(
    seen: Sequence[Seen],
    entries: Sequence[Entry],
    folders: Sequence[Folder],
    wait_until_unix: float | None,
    *,
    is_at_work: bool,
) -> Report:
    """Sum up one look through the folders and the checkpoint."""
    counts = Counter(one.standing for one in seen)
    return Report(
        is_at_work=is_at_work,
        files={standing.value: counts[standing] for standing in Standing},
        missing_folders={str(folder.path): folder.absence for folder in folders if folder.absence},
        last_taken_unix=max(
            (entry.noted_unix for entry in entries if entry.outcome is FileOutcome.TAKEN), default=None
        ),
        wait_until_unix=wait_until_unix,
        troubles=[_trouble(one) for one in seen if one.standing in _IN_TROUBLE],
    )


def as_json(report: Report) -> str:
    """One document."""
    return json.dumps(asdict(report), indent=1)


def as_text(report: Report) -> str:
    """For people."""
    lines = ["at work" if report.is_at_work else "not at work"]
    lines += [f"{count:>7} {standing}" for standing, count in report.files.items() if count]
    lines += [f"folder {shown(path)}: {reason}" for path, reason in report.missing_folders.items()]
    lines.append(f"last taken: {_moment(report.last_taken_unix)}")
    if report.wait_until_unix is not None:
        lines.append(f"the service asked to wait until {_moment(report.wait_until_unix)}")
    lines += [_trouble_line(trouble) for trouble in report.troubles[:LONGEST_LIST]]
    if (more := len(report.troubles) - LONGEST_LIST) > 0:
        lines.append(f"and {more} more; --json lists them all")
    return "\n".join(lines)


def plan_lines(seen: Sequence[Seen]) -> list[str]:
    """What a run now would send, in its order."""
    ready = [one for one in seen if one.standing in TO_SEND]
    lines = [f"would send {shown(one.found.path)} {one.found.stamp.size_bytes} bytes, {one.standing}" for one in ready]
    size = sum(one.found.stamp.size_bytes for one in ready)
    return [*lines, f"{len(ready)} of {len(seen)} files, {size / 1024 / 1024:.1f} MiB; nothing was sent"]


def _trouble(one: Seen) -> Trouble:
    entry = one.entry
    if entry is None or entry.stamp != one.found.stamp:
        return Trouble(one.found.path, one.standing, 0, None, None, "")
    return Trouble(one.found.path, one.standing, entry.attempts, entry.status, entry.next_attempt_unix, entry.answer)


def _trouble_line(trouble: Trouble) -> str:
    words = [trouble.standing.value, shown(trouble.path)]
    if trouble.attempts:
        words += [f"after {trouble.attempts} attempts,", f"status {trouble.status or '-'}:", shown(trouble.answer)]
    if trouble.next_attempt_unix is not None:
        words.append(f"(again at {_moment(trouble.next_attempt_unix)})")
    return " ".join(words)


def _moment(unix: float | None) -> str:
    return "never" if unix is None else f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M:%S} UTC"
