"""Awards of files that are kept and stand in no round yet: imported as if they had come now, and nothing is posted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from ingest_api.services.digest import try_again
from ingest_api.services.hearing import hear
from ingest_api.services.judging import Rules, write_beside
from shared.db.awards import Awards
from shared.db.endstats_files import EndstatsFile, EndstatsFiles, EndstatsStanding
from shared.db.servers import Servers
from shared.domain.vocabulary import EventState

_SKIPPED_PROCESSED, _SKIPPED_EXISTING = "skipped_processed", "skipped_existing"


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What became of one file. `skipped`: why nothing was to be done; `left`: why nothing could be done."""

    file: EndstatsFile
    round_id: int | None = None
    awards: int = 0
    duels: int = 0
    skipped: str | None = None
    left: str | None = None


@dataclass(slots=True)
class BackfillReport:
    """All of them summed up. `left`: files that still have no round, or that nobody can read, by reason."""

    files_processed: int = 0
    awards_inserted: int = 0
    vs_inserted: int = 0
    skipped_processed: int = 0
    skipped_existing: int = 0
    left: Counter[str] = field(default_factory=Counter)

    def add(self, one: Backfilled) -> None:
        """Count one file."""
        self.files_processed += one.round_id is not None
        self.awards_inserted += one.awards
        self.vs_inserted += one.duels
        self.skipped_processed += one.skipped == _SKIPPED_PROCESSED
        self.skipped_existing += one.skipped == _SKIPPED_EXISTING
        if one.left is not None:
            self.left[one.left] += 1


def backfill_endstats(
    engine: Engine, span: tuple[date, date], limit: int | None, rules: Rules, now: datetime, *, is_applied: bool
) -> Iterator[Backfilled]:
    """Import every file that is not, each in a transaction of its own that is undone unless `is_applied`.

    `span`: first and last date in the files' names. `limit`: after so many files that were imported no more are.
    """
    with engine.connect() as connection:
        files = EndstatsFiles(connection).stamped(*span)
    awarded: set[int] = set()
    for file in files:
        if limit is not None and len(awarded) >= limit:
            return
        with engine.connect() as connection:
            done = _import(connection, file, awarded, rules.without_posting(), now)
            if is_applied:
                connection.commit()
        if done.round_id is not None:
            awarded.add(done.round_id)
        yield done


def _import(connection: Connection, file: EndstatsFile, awarded: set[int], rules: Rules, now: datetime) -> Backfilled:
    Servers(connection).lock(file.server_id)
    standing = EndstatsFiles(connection).standing(file.round_event_id)
    if standing.round_id in awarded:
        return Backfilled(file, skipped=_SKIPPED_EXISTING)
    if standing.is_processed:
        return Backfilled(file, skipped=_SKIPPED_PROCESSED)
    if standing.round_has_awards:
        return Backfilled(file, skipped=_SKIPPED_EXISTING)
    round_id, reason = _into_its_round(connection, standing, rules, now)
    if round_id is None:
        return Backfilled(file, left=reason)
    if round_id in awarded:
        return Backfilled(file, skipped=_SKIPPED_EXISTING)
    awards, duels = Awards(connection).counts(round_id)
    return Backfilled(file, round_id, awards, duels)


def _into_its_round(
    connection: Connection, standing: EndstatsStanding, rules: Rules, now: datetime
) -> tuple[int | None, str | None]:
    """The round that has the file's awards now, or why there is none."""
    if standing.round_id is not None:
        write_beside(connection, standing.round_id, hear(connection, standing.round_id), now)
        return standing.round_id, None
    if standing.state is EventState.QUARANTINED:
        return None, standing.state
    digested = try_again(connection, standing.delivery_id, standing.state, rules, now)
    return digested.round_id, digested.link.reason
