"""What comes to the door, what the answer to it says, and how often one may knock."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.db.servers import Admitted
from shared.domain import errors
from shared.domain.rate import Bucket, Quota
from shared.domain.vocabulary import EventState, Kind, LinkReason, LinkStatus, Outcome, QuarantineReason

CREATED, OK, ACCEPTED_FOR_LATER = 201, 200, 202
REFUSAL_CODES: Mapping[type[errors.Refused], int] = {
    errors.NotAuthenticated: 401,
    errors.TooLarge: 413,
    errors.UnsupportedEncoding: 415,
    errors.NotJson: 422,
    errors.Withheld: 422,
    errors.NotAHandshake: 422,
    errors.BadFileName: 422,
    errors.TooMany: 429,
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery as it came. `answered`: outcome and code that its sender was told already, if it waited in the spool.

    `household`: where it came from, as far as it is held against somebody when it is nobody's.
    """

    token: str | Admitted
    body: bytes
    headers: Mapping[str, str]
    remote_hash: str | None
    received_at: datetime
    kind: Kind = Kind.ROUND_REPORT
    filename: str | None = None
    answered: tuple[Outcome, int] | None = None
    household: str | None = None

    @property
    def content_encoding(self) -> str | None:
        """How the body is encoded, as the sender says."""
        return self.headers.get("content-encoding")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an arrival, all of it durable."""

    answer_code: int
    outcome: Outcome
    delivery_id: int
    event_id: str | None
    content_sha256: str
    state: EventState | None
    link_status: LinkStatus | None = None
    link_reason: LinkReason | None = None
    round_id: int | None = None
    round_fingerprint: str | None = None
    fingerprint_tier: int | None = None
    quarantine_reason: QuarantineReason | None = None
    problems: tuple[Mapping[str, Any], ...] = ()
    unknown_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpooledReceipt:
    """An arrival is durable in the spool; what becomes of it is known once the database is back."""

    spool_id: str
    event_id: str | None
    content_sha256: str
    problems: tuple[Mapping[str, Any], ...] = ()
    answer_code: int = ACCEPTED_FOR_LATER
    outcome: Outcome = Outcome.SPOOLED


class Limits(Protocol):
    """What a door asks before it takes something from a server."""

    @property
    def per_minute(self) -> int:
        """How many on average."""

    def take(self, who: str, now: datetime) -> int:
        """0, or the seconds to wait."""


@dataclass(slots=True)
class RateLimits:
    """One bucket for each server, or address, in this process: a courtesy between neighbours, no guarantee.

    `name`: of the limit, as answers tell it. Only the latest to be seen are remembered, so that nobody fills the memory by
    coming from everywhere; who was forgotten begins anew.
    """

    per_minute: int
    burst: int
    name: str = "deliveries"
    most_remembered: int = 10_000
    _buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, who: str, now: datetime) -> int:
        """0, or the seconds to wait."""
        with self._lock:
            bucket = self._buckets.get(who)
            if bucket is None:
                bucket = self._buckets[who] = Bucket.full(self.per_minute, self.burst, now.timestamp())
                if len(self._buckets) > self.most_remembered:
                    self._buckets.popitem(last=False)
            self._buckets.move_to_end(who)
            return bucket.take(now.timestamp())

    def waits(self, who: str, now: datetime) -> int:
        """What `take` would say; nothing is taken, and nobody new remembered."""
        with self._lock:
            bucket = self._buckets.get(who)
            return 0 if bucket is None else bucket.waits(now.timestamp())

    def quota(self, who: str, now: datetime) -> Quota:
        """What is left."""
        with self._lock:
            bucket = self._buckets.get(who) or Bucket.full(self.per_minute, self.burst, now.timestamp())
            return bucket.quota(self.name, now.timestamp())
