"""What arrived, by outcome, at this moment: what the database counted, and what waits in the spool to come to it.

While the database is away the last known counts of it stand beside the spool, so that no total ever shrinks. A record of
the spool counts there until its receipt is in the database, and from then on there: never twice, never not at all.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine

from ingest_api.services.health import UNREACHABLE
from ingest_api.services.spool import Spool, SpoolState
from shared.db.counting import Counting
from shared.db.drained import Drained
from shared.domain.spool_record import SpoolHead
from shared.domain.vocabulary import Kind, Outcome
from shared.ops.data_folder import write_private

log = structlog.get_logger()
COUNT_EVERY = timedelta(seconds=5)
FILE = "counted.json"
Group = tuple[Kind | None, Outcome, int]
"""Kind (None when nothing was kept), outcome, answer."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database held at an instant, and which records of the spool were among it."""

    at: datetime
    groups: Mapping[Group, int]
    drained: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Totals:
    """Every arrival once. `counted_at`: as of when the database was counted; None when it never was.

    `became`: what spooled deliveries turned out to be once they had come; None while the database cannot be asked.
    """

    groups: Mapping[Group, int]
    counted_at: datetime | None
    is_database_there: bool
    spool: SpoolState
    became: Mapping[Outcome, int] | None

    @property
    def received(self) -> int:
        """All of them."""
        return sum(self.groups.values())

    @property
    def outcomes(self) -> dict[Outcome, int]:
        """By outcome; each is there, with 0 when there was none."""
        found: Counter[Outcome] = Counter()
        for (_kind, outcome, _code), count in self.groups.items():
            found[outcome] += count
        return {outcome: found[outcome] for outcome in Outcome}


class DeliveryTotals:
    """Counts for one process; what it knew last lies in the data folder, for a start without the database."""

    def __init__(self, engine: Engine, spool: Spool, data_folder: Path) -> None:
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ")
        self._spool, self._file = spool, data_folder / FILE
        self._counting, self._counting_alone = Counting(), threading.Lock()
        self._last: Counted | None = None
        self._kept: Counted | None = None

    def read(self, now: datetime) -> Totals:
        """The totals of this moment."""
        heads = self._spool.heads()  # first: what comes to the database after this is known there by its ledger
        became: Mapping[Outcome, int] | None = None
        try:
            with self._engine.connect() as connection:
                counted = self._count(connection, heads, now)
                became = Drained(connection).became()
        except UNREACHABLE:
            counted = None
        known = counted or self._last or self._written()
        waiting = [head for head in heads if known is None or head.spool_id not in known.drained]
        groups = Counter(known.groups if known else {})
        for head in waiting:
            if head.outcome is not None and head.answer_code is not None:
                groups[head.kind, head.outcome, head.answer_code] += 1
        return Totals(groups, known.at if known else None, counted is not None, self._spool.state(waiting), became)

    def keep_known(self, now: datetime) -> None:
        """Remember what the database holds, for when it cannot be asked."""
        if self._kept is not None and now - self._kept.at < COUNT_EVERY:
            return
        before = self._kept
        try:
            with self._engine.connect() as connection:
                counted = self._count(connection, self._spool.heads(), now)
        except UNREACHABLE:
            return
        self._kept = counted
        if before is None or counted.groups != before.groups:
            try:
                write_private(self._file, _encode(counted))
            except OSError as error:
                log.warning("totals_not_written", reason=error.strerror)

    def _count(self, connection: Connection, heads: Iterable[SpoolHead], now: datetime) -> Counted:
        drained = Drained(connection).known([head.spool_id for head in heads])
        with self._counting_alone:
            found = self._counting.deliveries(connection)
        groups = {(one.kind, one.outcome, one.answer_code): one.count for one in found}
        self._last = Counted(now, groups, frozenset(drained))
        return self._last

    def _written(self) -> Counted | None:
        """What an earlier process knew last; None when nothing usable is written there."""
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            groups = {
                (Kind(kind) if kind else None, Outcome(outcome), int(code)): int(count)
                for kind, outcome, code, count in told["groups"]
            }
            return Counted(datetime.fromisoformat(told["at"]), groups, frozenset(told["drained"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _encode(counted: Counted) -> str:
    groups = [[kind, outcome, code, count] for (kind, outcome, code), count in counted.groups.items()]
    return json.dumps({"at": counted.at.isoformat(), "groups": groups, "drained": sorted(counted.drained)}) + "\n"
