"""Counting whoever is refused: in the database while it answers, in the spool while it does not, or when it is not worth it."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from ingest_api.services.arrival import REFUSAL_CODES
from ingest_api.services.database_watch import DatabaseWatch
from ingest_api.services.health import UNREACHABLE
from ingest_api.services.receive import refuse
from ingest_api.services.spool import Spool
from shared.domain.errors import NothingDurable, Refused
from shared.domain.spool_record import SpoolHead

log = structlog.get_logger()
_NO_ID_YET = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """One process's. Each is counted once, wherever."""

    engine: Engine
    watch: DatabaseWatch
    spool: Spool

    def count(self, refusal: Refused, received_at: datetime) -> None:
        """Count an arrival that was refused. Raises NothingDurable when it cannot be counted."""
        is_away = self.watch.is_away
        if not is_away:
            try:
                refuse(self.engine, refusal, received_at)
            except UNREACHABLE as error:
                note_failure(self.watch, error)
            else:
                return
        self.count_in_spool(refusal, received_at, may_be_stored=not is_away)

    def count_in_passing(self, refusal: Refused, received_at: datetime) -> None:
        """As `count`, but the worker takes many of them to the database at once. Raises NothingDurable."""
        try:
            self.count_in_spool(refusal, received_at, may_be_stored=False)
        except NothingDurable:
            self.count(refusal, received_at)

    def count_in_spool(self, refusal: Refused, received_at: datetime, *, may_be_stored: bool) -> None:
        """`may_be_stored`: the database was lost while it was being counted there. Raises NothingDurable."""
        code = REFUSAL_CODES[type(refusal)]
        self.spool.count(SpoolHead(_NO_ID_YET, received_at, refusal.outcome, code, may_be_stored=may_be_stored))


def note_failure(watch: DatabaseWatch, error: Exception) -> None:
    """The database failed somebody at the door: look after it at once."""
    log.warning("database_failed_at_the_door", error=type(getattr(error, "orig", None) or error).__name__)
    watch.look_soon()
