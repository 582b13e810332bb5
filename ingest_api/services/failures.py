"""How often somebody may be wrong about who he is: bounded for each address, and for all of them together."""

from dataclasses import dataclass
from datetime import datetime

from ingest_api.services.arrival import RateLimits
from shared.domain.errors import NotAuthenticated, Refused, TooMany

_TOGETHER = 20  # times what one address may
_EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Failures:
    """What was wrong lately, in this process. An address of IPv6 counts with its whole network."""

    of_each: RateLimits
    of_all: RateLimits

    def refusal(self, household: str | None, now: datetime) -> Refused | None:
        """How somebody who is not known would be answered without being looked up; None when there is time to look.

        `household` None: nobody that limits go by.
        """
        if household is None:
            return None
        if waits_seconds := self.of_each.waits(household, now):
            return TooMany("nobody knew too much of what came from your address lately", waits_seconds)
        if self.of_all.waits(_EVERYBODY, now):
            return NotAuthenticated("this is nobody's, and too many others are asking")
        return None

    def note(self, household: str | None, now: datetime) -> None:
        """Somebody was wrong."""
        if household is not None:
            self.of_each.take(household, now)
            self.of_all.take(_EVERYBODY, now)


def failures_allowed(per_minute: int) -> Failures:
    """As many a minute from each address, and so many at once."""
    together = per_minute * _TOGETHER
    return Failures(RateLimits(per_minute, per_minute, "failures"), RateLimits(together, together, "failures"))
