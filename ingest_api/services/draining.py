"""Emptying the spool into the database: in the order of arrival, each record once, whatever dies meanwhile.

A segment is removed only after all of its records are durable elsewhere. What a sender was answered stays its outcome:
draining adds none.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ingest_api.services.bringing import bring, count_refusals
from ingest_api.services.judging import Rules
from ingest_api.services.spool import DELIVERIES, FOLDER, REFUSALS
from ingest_api.services.spooled_arrival import NotBrought
from shared.db.drained import Drained
from shared.domain.errors import Refused
from shared.ops.spool_reader import Contents, SegmentFile, Waiting, opened

log = structlog.get_logger()
PASS_SECONDS = 2.0
HANDS = 5
"""So many servers' records are brought at once: while the database writes some, the next is understood."""
_REFUSALS_AT_ONCE = 500
_TOGETHER = 16
_LONGEST_DELAY = timedelta(seconds=30)


@dataclass(slots=True)
class _Postponed:
    """A record that could not be brought: how often, and when it is tried again."""

    attempts: int
    next_attempt_at: datetime


@dataclass(slots=True)
class _Progress:
    """What is known to be in the ledger, and what has to wait. It is a saving, no truth."""

    looked_up: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    postponed: dict[str, _Postponed] = field(default_factory=dict)


class Drainer:
    """Brings what is in the spool of a data folder to the database. Only the one worker has one."""

    def __init__(self, engine: Engine, rules: Rules, data_folder: Path) -> None:
        self._engine, self._rules = engine, rules
        self._contents = Contents(data_folder / FOLDER, (DELIVERIES, REFUSALS))
        self._progress = _Progress()

    def drain(self, now: datetime) -> bool:
        """Bring what is due, for at most `PASS_SECONDS`; whether there is more that could be brought at once.

        Raises a database error when the database is away.
        """
        try:
            contents = self._contents.read()
        except FileNotFoundError:
            return False  # nobody has spooled anything here yet
        if not contents:
            return False
        try:
            due = self._due([one for waiting in contents.values() for one in waiting], now)
            is_behind = self._bring_all(due, now)
            for path, waiting in contents.items():
                self._remove_if_done(path, waiting)
        except DBAPIError:
            self._progress = _Progress()  # a database that crashed may have forgotten what it had not made durable
            raise
        return is_behind

    def _due(self, waiting: Sequence[Waiting], now: datetime) -> list[Waiting]:
        progress = self._progress
        here = {one.head.spool_id for one in waiting}
        with self._engine.connect() as connection:
            known = Drained(connection).known([*(here - progress.looked_up)])
        progress.looked_up = here
        progress.done = (progress.done | known) & here
        progress.postponed = {spool_id: one for spool_id, one in progress.postponed.items() if spool_id in here}
        return [
            one
            for one in waiting
            if one.head.spool_id not in progress.done
            and ((later := progress.postponed.get(one.head.spool_id)) is None or later.next_attempt_at <= now)
        ]

    def _bring_all(self, due: Sequence[Waiting], now: datetime) -> bool:
        ends_at = time.monotonic() + PASS_SECONDS
        refusals = [one.head for one in due if one.head.kind is None and one.head.outcome is not None]
        for first in range(0, len(refusals), _REFUSALS_AT_ONCE):
            some = refusals[first : first + _REFUSALS_AT_ONCE]
            count_refusals(self._engine, some, now)
            self._progress.done |= {head.spool_id for head in some}
        with ThreadPoolExecutor(HANDS) as hands:
            for turn in _turns([one for one in due if one.head.kind is not None or one.head.outcome is None]):
                came = list(hands.map(lambda some: self._bring_some(some, ends_at, now), turn))
                if None in came:
                    return True
                if sum(filter(None, came)) == 0:
                    return False  # the fault is hardly theirs
        return False

    def _bring_some(self, some: Sequence[Waiting], ends_at: float, now: datetime) -> int | None:
        """Bring a few of one server together; if that cannot be, one by one. How many came; None when time was up."""
        if time.monotonic() >= ends_at:
            return None
        try:
            have_come = bring(self._engine, some, self._rules, now)
        except Exception as error:  # one of them cannot be brought, and must not keep the others waiting
            if _is_lost(error):
                raise
            if len(some) == 1:
                self._postpone(some[0], error, now)
                return 0
            have_come = False
        if have_come or len(some) == 1:
            self._progress.done |= {one.head.spool_id for one in some}
            return len(some)
        came = [self._bring_some([one], ends_at, now) for one in some]
        return None if None in came else sum(filter(None, came))

    def _postpone(self, one: Waiting, error: Exception, now: datetime) -> None:
        spool_id = one.head.spool_id
        attempts = getattr(self._progress.postponed.get(spool_id), "attempts", 0) + 1
        delay = min(timedelta(seconds=2 ** min(attempts, 16)), _LONGEST_DELAY)
        self._progress.postponed[spool_id] = _Postponed(attempts, now + delay)
        is_known = isinstance(error, (NotBrought, Refused))
        reason = str(error) if is_known else type(error).__name__
        log.warning("spooled_record_stays", spool_id=spool_id, reason=reason, exc_info=None if is_known else error)

    def _remove_if_done(self, path: Path, waiting: Sequence[Waiting]) -> None:
        spool_ids = [one.head.spool_id for one in waiting]
        if not self._progress.done.issuperset(spool_ids):
            return
        with opened(path) as segment:
            if not segment.is_finished() or _has_more(segment, waiting) or not self._are_durable(spool_ids):
                return
            _put_away(path, segment, waiting)

    def _are_durable(self, spool_ids: Sequence[str]) -> bool:
        """Whether all of them are in the ledger, for good once this has returned."""
        if not spool_ids:
            return True
        with self._engine.begin() as connection:
            drained = Drained(connection)
            if len(drained.known(spool_ids)) < len(spool_ids):
                self._progress = _Progress()
                return False
            drained.make_sure(spool_ids[-1])
        return True


def _is_lost(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _turns(waiting: Sequence[Waiting]) -> Iterator[list[list[Waiting]]]:
    """In each turn the next few of every server, whoever has waited longest first: a server's own come in their order."""
    by_server: dict[str | None, list[Waiting]] = {}
    for one in sorted(waiting, key=lambda waiting: waiting.head.received_at):
        by_server.setdefault(one.head.server_id, []).append(one)
    for first in range(0, max(map(len, by_server.values()), default=0), _TOGETHER):
        yield [some for theirs in by_server.values() if (some := theirs[first : first + _TOGETHER])]


def _has_more(segment: SegmentFile, waiting: Sequence[Waiting]) -> bool:
    """Whether something was written since the segment was looked at."""
    return any(True for _entry in segment.entries(waiting[-1].entry.ends_at if waiting else None))


def _put_away(path: Path, segment: SegmentFile, waiting: Sequence[Waiting]) -> None:
    """Remove an emptied segment. One in which records were damaged is kept aside: somebody may want to look at it."""
    ends = [segment.begins_at, *(one.entry.ends_at for one in waiting)]
    begins = [one.entry.begins_at for one in waiting]
    if any(begin != end for begin, end in zip(begins, ends, strict=False)):
        log.error("spool_segment_damaged", segment=path.name)
        path.rename(path.with_suffix(".damaged"))
        return
    if torn_bytes := segment.size_bytes - ends[-1]:
        log.warning("spool_tail_cut_off", segment=path.name, torn_bytes=torn_bytes)
    path.unlink()
