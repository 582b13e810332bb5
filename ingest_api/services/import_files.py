"""Files that an operator brings, taken as if their server had sent them, except that nothing is posted for them.

A few files are one transaction, and each is one of its own as soon as one of them is not plainly new. So an import may be
broken off and begun again: bytes that are here already are duplicates, looked at and not received again. A file that would
change what is shown of a round that a game server told of is held back unless the operator says otherwise; rounds that only
imports tell of are the import's own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, text

from ingest_api.services.arrival import Arrival, RateLimits, Receipt
from ingest_api.services.evidence import LARGEST_FILE_BYTES
from ingest_api.services.files_to_import import FoundFile
from ingest_api.services.judging import AS_USUAL, Rules
from ingest_api.services.receive import receive_from, receive_within
from shared.db.deliveries import IMPORTED
from shared.db.imports import Imports
from shared.db.servers import Admitted, Servers
from shared.domain.errors import Refused
from shared.domain.vocabulary import EventState, LinkReason, Outcome
from shared.ops.clock import utc_now

_MARK: Mapping[str, str] = {IMPORTED: "1"}
_NO_LIMITS = RateLimits(10**9, 10**9)
_TOGETHER = 25
"""So many files keep their server's own reports waiting for about a quarter of a second."""
# A file whose last commits a crash undid is still in its folder.
_WITHOUT_WAITING_FOR_THE_DISK = text("SET synchronous_commit TO off")


class Mode(StrEnum):
    """What an import may do: nothing, all that leaves the rounds of game servers as they look, or everything."""

    LOOK = "look"
    ADD = "add"
    CHANGE = "change"


class Ending(StrEnum):
    """What became of a file besides the outcomes that a sender is answered with."""

    HELD_BACK = "held_back"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FileEnding:
    """One file's end. `changes`: rounds that a game server told of and that it changes, or would."""

    file: FoundFile
    ending: str
    link: str | None = None
    founds_round: bool = False
    changes: tuple[int, ...] = ()
    problem: str | None = None


@dataclass(slots=True)
class ImportReport:
    """All endings summed up. `links`: of what is new, by reason; `held_back`: file name to the rounds it would change."""

    files: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    rounds_founded: int = 0
    rounds_changed: set[int] = field(default_factory=set)
    held_back: dict[str, Sequence[int]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def add(self, one: FileEnding) -> None:
        """Count one file."""
        self.files += 1
        self.endings[one.ending] += 1
        self.kinds[one.file.kind] += 1
        self.rounds_founded += one.founds_round
        if one.link is not None:
            self.links[one.link] += 1
        if one.ending == Ending.HELD_BACK:
            self.held_back[str(one.file.path)] = one.changes
        else:
            self.rounds_changed |= set(one.changes)
        if one.problem is not None:
            self.problems[str(one.file.path)] = one.problem

    @property
    def has_findings(self) -> bool:
        """Whether an operator has something to look at."""
        return bool(self.held_back or self.problems)


def import_files(
    connection: Connection, server_id: str, files: Sequence[FoundFile], mode: Mode, rules: Rules = AS_USUAL
) -> Iterator[FileEnding]:
    """Take the files in their order, each committed before it is told of; nothing is posted for them."""
    connection.execute(_WITHOUT_WAITING_FOR_THE_DISK)
    connection.commit()
    posts_nothing = rules.without_posting()
    for first in range(0, len(files), _TOGETHER):
        some = files[first : first + _TOGETHER]
        endings = None if mode is Mode.LOOK else _import_together(connection, server_id, some, mode, posts_nothing)
        yield from endings or (_import(connection, server_id, file, mode, posts_nothing) for file in some)


def _import_together(
    connection: Connection, server_id: str, files: Sequence[FoundFile], mode: Mode, rules: Rules
) -> list[FileEnding] | None:
    """Take files in one transaction; None, and nothing is done, when one of them has to be looked at by itself."""
    sender = Servers(connection).lock_by_token(Admitted(server_id))
    taken: list[tuple[FoundFile, Receipt, datetime]] = []
    try:
        for file in files:
            arrival = _arrival(server_id, file)
            receipt = receive_from(connection, sender, arrival, rules, _NO_LIMITS)
            if receipt.outcome is Outcome.DUPLICATE:
                connection.rollback()
                return None
            taken.append((file, receipt, arrival.received_at))
    except (OSError, Refused):
        connection.rollback()
        return None
    changed = Imports(connection).changed_since(server_id, min(at for _, _, at in taken))
    if changed and mode is Mode.ADD:
        connection.rollback()
        return None
    connection.commit()
    return [_ending(file, receipt, tuple(changed.get(at, ()))) for file, receipt, at in taken]


def _import(connection: Connection, server_id: str, file: FoundFile, mode: Mode, rules: Rules) -> FileEnding:
    try:
        arrival = _arrival(server_id, file)
    except OSError as error:
        return FileEnding(file, Ending.UNREADABLE, problem=str(error))
    try:
        receipt = receive_within(connection, arrival, rules, _NO_LIMITS)
    except Refused as refusal:
        connection.rollback()
        return FileEnding(file, refusal.outcome, problem=str(refusal))
    if receipt.outcome is Outcome.DUPLICATE:  # it was looked at only, and is not received again
        connection.rollback()
        return FileEnding(file, Outcome.DUPLICATE)
    changes: tuple[int, ...] = ()
    if receipt.round_id is not None:
        now, delivery_id = arrival.received_at, receipt.delivery_id
        changes = tuple(Imports(connection).changed_rounds(server_id, receipt.round_id, delivery_id, now))
    if mode is Mode.CHANGE or (mode is Mode.ADD and not changes):
        connection.commit()
        return _ending(file, receipt, changes)
    connection.rollback()
    return FileEnding(file, Ending.HELD_BACK, changes=changes) if changes else _ending(file, receipt, changes)


def _arrival(server_id: str, file: FoundFile) -> Arrival:
    """The file as if its server had sent it now. Raises OSError."""
    return Arrival(
        token=Admitted(server_id),
        body=_content(file),
        headers=_MARK,
        remote_hash=None,
        received_at=utc_now(),
        kind=file.kind,
        filename=file.path.name,
    )


def _content(file: FoundFile) -> bytes:
    """At most one byte more than the door takes, so that it can refuse."""
    with file.path.open("rb") as opened:
        return opened.read(LARGEST_FILE_BYTES + 1)


def _ending(file: FoundFile, receipt: Receipt, changes: tuple[int, ...]) -> FileEnding:
    problem: str | None = receipt.quarantine_reason
    if receipt.state is EventState.SEEN:
        problem = "could not be judged; the worker tries again"
    return FileEnding(
        file,
        receipt.outcome,
        link=receipt.link_reason,
        founds_round=receipt.link_reason is LinkReason.CREATED_ROUND,
        changes=changes,
        problem=problem,
    )
