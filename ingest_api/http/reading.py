"""Everything that is only read over `/api`, with one patience for each client that asks."""

from collections import OrderedDict
from dataclasses import dataclass, field

from fastapi import Depends, FastAPI, Request

from ingest_api.http import read_matches, read_players, read_rounds, read_sessions
from shared.db.session_list import PeopleMemory
from shared.domain.errors import TooMany
from shared.domain.rate import Bucket
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

_MOST_CLIENTS = 10_000


@dataclass(slots=True)
class ClientRates:
    """One bucket per client address. Only the latest clients are remembered: one that was forgotten begins anew."""

    per_minute: int
    most_clients: int = _MOST_CLIENTS
    _buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def take(self, client: str, now_unix: float) -> int:
        """0, or the seconds to wait. Only the event loop's thread asks."""
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = Bucket.full(self.per_minute, self.per_minute, now_unix)
            if len(self._buckets) > self.most_clients:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(client)
        return bucket.take(now_unix)


def install(app: FastAPI, settings: Settings) -> None:
    """Add what is read."""
    app.state.read_rates = ClientRates(settings.reads_per_minute)
    app.state.people_memory = PeopleMemory()
    for readings in (read_rounds, read_matches, read_sessions, read_players):
        app.include_router(readings.router, dependencies=[Depends(_within_rate)])


async def _within_rate(request: Request) -> None:
    """Raises TooMany."""
    rates = request.app.state.read_rates
    if not isinstance(rates, ClientRates):
        raise TypeError("the application was built without its read rates")
    client = request.client.host if request.client else ""
    if waits_seconds := rates.take(client, utc_now().timestamp()):
        raise TooMany("you ask more often than this service allows", waits_seconds)
