"""What would become of a delivery: it goes the whole way of a real one, and then nothing of it is kept or counted.

So what is told is what would happen, and not what somebody thinks would. Who asks is made sure of and limited as ever.
"""

from dataclasses import replace
from datetime import datetime

import structlog
from structlog.contextvars import bound_contextvars

from ingest_api.services.arrival import Arrival, Limits, Receipt, SpooledReceipt
from ingest_api.services.health import UNREACHABLE
from ingest_api.services.receive import receive_within
from ingest_api.services.reception import Reception
from ingest_api.services.refusals import Refusals, note_failure
from ingest_api.services.spooling import spool_arrival
from shared.domain.errors import Refused
from shared.domain.spool_record import SpoolHead

log = structlog.get_logger()


class Rehearsal(Reception):
    """A reception that takes nothing in. Its receipts say what one in earnest would say."""

    __slots__ = ()

    def _receive(self, arrival: Arrival, limits: Limits) -> Receipt | SpooledReceipt:
        with bound_contextvars(dry_run=True):
            receipt = self._try(arrival, limits)
            log.info("delivery_tried", kind=arrival.kind, outcome=receipt.outcome)
            return receipt

    def _try(self, arrival: Arrival, limits: Limits) -> Receipt | SpooledReceipt:
        if not self.watch.is_away:
            try:
                with self.engine.connect() as connection:  # left without a commit
                    return receive_within(connection, arrival, self.rules, limits)
            except UNREACHABLE as error:
                note_failure(self.watch, error)
        known = self.admission.known(arrival.received_at)
        return spool_arrival(_NothingKept(), known, arrival, limits, may_be_stored=False)


class _NothingKept:
    """Stands where a spool stands."""

    def keep(self, head: SpoolHead, body: bytes) -> str:
        """No name, since nothing is kept."""
        del head, body
        return ""


class _NotCounted(Refusals):
    """Refusals of what was no delivery."""

    __slots__ = ()

    def count(self, refusal: Refused, received_at: datetime) -> None:
        """Nothing arrived."""

    def count_in_passing(self, refusal: Refused, received_at: datetime) -> None:
        """Nothing arrived."""


def rehearsal_of(reception: Reception) -> Rehearsal:
    """The same, for a trial."""
    counting = reception.admission.refusals
    admission = replace(reception.admission, refusals=_NotCounted(counting.engine, counting.watch, counting.spool))
    return Rehearsal(reception.engine, reception.rules, reception.watch, reception.spool, reception.totals, admission)
