"""Which named files are to be fetched now. It follows from the stored notices and what has come since.

Only which attempt was the last is remembered here, so a worker that starts again tries once more at worst.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from shared.db.notices import StoredNotice, has_come, notices
from shared.domain.errors import Refused
from shared.domain.fetching import GIVEN_UP_AFTER, due_since, is_last
from shared.domain.vocabulary import Kind
from shared.parsers import content, filename_notice

LARGEST_NOTICE_BYTES = 1 << 20
_LOOK_BACK = timedelta(minutes=2)  # longer than any transaction that is about to store a notice
_LOOK_AT_ALL_EVERY = timedelta(minutes=5)


class Wanted(NamedTuple):
    """A file that somebody named, of a format that we know."""

    server_id: str
    name: str
    kind: Kind


@dataclass(slots=True)
class _Standing:
    asked_at: datetime
    tried_for: datetime | None = None
    is_done: bool = False


class WantedFiles:
    """The files that were asked for lately, and how far the fetching of each is."""

    def __init__(self) -> None:
        self._standings: dict[Wanted, _Standing] = {}
        self._looked_at_all: datetime | None = None

    def look(self, connection: Connection, server_ids: Sequence[str], now: datetime) -> None:
        """Note what was asked for since the last look; now and then everything, for what came in late."""
        since = now - _LOOK_BACK
        if self._looked_at_all is None or now - self._looked_at_all >= _LOOK_AT_ALL_EVERY:
            since, self._looked_at_all = now - GIVEN_UP_AFTER, now
            self._standings = {one: held for one, held in self._standings.items() if held.asked_at >= since}
        for notice in notices(connection, server_ids, since):
            wanted = _named(notice)
            if wanted is None:
                continue
            held = self._standings.get(wanted)
            if held is None or held.asked_at < notice.asked_at:
                self._standings[wanted] = _Standing(notice.asked_at)

    def due(self, connection: Connection, now: datetime) -> dict[str, list[Wanted]]:
        """What is to be tried now, by server; what has come by another way is not."""
        due: dict[str, list[Wanted]] = {}
        for wanted, held in self._standings.items():
            if held.is_done or held.tried_for == due_since(held.asked_at, now):
                continue
            held.is_done = has_come(connection, wanted.server_id, wanted.kind, wanted.name, held.asked_at)
            if not held.is_done:
                due.setdefault(wanted.server_id, []).append(wanted)
        return due

    def note_failure(self, wanted: Wanted, now: datetime) -> bool:
        """An attempt failed; answers whether it was the last."""
        held = self._standings[wanted]
        held.tried_for = due_since(held.asked_at, now)
        held.is_done = is_last(held.asked_at, held.tried_for)
        return held.is_done

    def note_end(self, wanted: Wanted) -> None:
        """The file is here, or never will be."""
        self._standings[wanted].is_done = True


def _named(notice: StoredNotice) -> Wanted | None:
    try:
        body = content.inflated(notice.body, notice.content_encoding, LARGEST_NOTICE_BYTES)
        file = filename_notice.read(body).file
    except Refused:  # kept, though no JSON
        return None
    return None if file is None else Wanted(notice.server_id, file.name, file.kind)
