"""What every door hands its arrivals to: the database while it answers, the spool while it does not.

Whatever is answered as kept is durable in one of them. What was refused is counted in one of them too, so that received is
the sum of outcomes at any moment; what can be neither kept nor counted raises NothingDurable, and its sender keeps it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from ingest_api.services.arrival import REFUSAL_CODES, Arrival, RateLimits, Receipt, SpooledReceipt
from ingest_api.services.database_watch import DatabaseWatch
from ingest_api.services.health import UNREACHABLE, Check, CheckStatus
from ingest_api.services.hello import take_hello
from ingest_api.services.judging import Rules
from ingest_api.services.receive import receive, refuse
from ingest_api.services.spool import Spool
from ingest_api.services.spooling import spool_arrival
from ingest_api.services.totals import DeliveryTotals
from shared.db.engine import open_engine
from shared.db.patience import be_patient
from shared.db.servers import Admitted, Servers, token_hash
from shared.domain.errors import KeptAllTheSame, NotAuthenticated, NothingDurable, Refused
from shared.domain.known_servers import KnownServer, KnownServers
from shared.domain.spool_record import SpoolHead
from shared.ops.settings import Settings
from shared.parsers import hello

log = structlog.get_logger()
CONNECT_SECONDS = 2
PATIENCE_SECONDS = 5.0
"""With that of connecting below the 10 s after which senders hang up."""
_WHO_MAY = "this needs `Authorization: Bearer` with the token of a registered game server"
_NO_ID_YET = ""


@dataclass(frozen=True, slots=True)
class Reception:
    """One process's reception. `watch` says whether the database is worth asking."""

    engine: Engine
    rules: Rules
    watch: DatabaseWatch
    spool: Spool
    totals: DeliveryTotals

    def begin(self) -> None:
        """Look after the database from now on."""
        self.spool.prepare()
        self.watch.start()

    def end(self) -> None:
        """Nothing more comes: let the worker have what was spooled."""
        self.watch.stop()
        self.spool.close()
        self.engine.dispose()

    def receive(self, arrival: Arrival, limits: RateLimits) -> Receipt | SpooledReceipt:
        """Take one delivery. Raises Refused, counted, or NothingDurable."""
        is_away = self.watch.is_away
        if not is_away:
            try:
                return receive(self.engine, arrival, self.rules, limits)
            except UNREACHABLE as error:
                self._note_failure(error)
        try:
            return spool_arrival(
                self.spool, self._known(arrival.received_at), arrival, limits, may_be_stored=not is_away
            )
        except KeptAllTheSame:
            raise  # it is counted by that
        except Refused as refusal:
            self._count(refusal, arrival.received_at, may_be_stored=not is_away)
            raise

    def refuse(self, refusal: Refused, received_at: datetime) -> None:
        """Count an arrival that never came as far as its bytes. Raises NothingDurable when it cannot be counted."""
        is_away = self.watch.is_away
        if not is_away:
            try:
                refuse(self.engine, refusal, received_at)
            except UNREACHABLE as error:
                self._note_failure(error)
            else:
                return
        self._count(refusal, received_at, may_be_stored=not is_away)

    def server_of(self, token: str, now: datetime) -> str:
        """The server of a token. Raises NotAuthenticated, counted, or NothingDurable when nobody can say."""
        found = self._whose(
            lambda servers: servers.by_token(token), lambda known: known.by_token(token_hash(token)), now
        )
        if found is None:
            refusal = NotAuthenticated(_WHO_MAY)
            self.refuse(refusal, now)
            raise refusal
        return found

    def server_of_webhook(self, name: str, token: str, now: datetime) -> Admitted:
        """The server of a webhook URL. Raises as `server_of` does."""
        found = self._whose(
            lambda servers: servers.by_webhook(name, token),
            lambda known: known.by_webhook(name, token_hash(token)),
            now,
        )
        if found is None:
            refusal = NotAuthenticated("no server has this webhook")
            self.refuse(refusal, now)
            raise refusal
        return Admitted(found)

    def greet(self, token: str, body: bytes, now: datetime) -> str:
        """Keep a reporter's handshake; answers whose it is. Raises NotAuthenticated, NotJson, NotAHandshake, NothingDurable."""
        if not self.watch.is_away:
            try:
                return take_hello(self.engine, token, body, now)
            except UNREACHABLE as error:
                self._note_failure(error)
        server = self._known(now).by_token(token_hash(token))
        if server is None:
            raise NotAuthenticated(_WHO_MAY)
        hello.read(body)
        self.spool.keep(SpoolHead(_NO_ID_YET, now, None, server_id=server.server_id), body)
        return server.server_id

    def _whose(
        self,
        asked: Callable[[Servers], str | None],
        remembered: Callable[[KnownServers], KnownServer | None],
        now: datetime,
    ) -> str | None:
        if not self.watch.is_away:
            try:
                with self.engine.connect() as connection:
                    return asked(Servers(connection))
            except UNREACHABLE as error:
                self._note_failure(error)
        server = remembered(self._known(now))
        return None if server is None else server.server_id

    def _known(self, now: datetime) -> KnownServers:
        known = self.watch.known_servers(now)
        if known is None:
            raise NothingDurable("the database is away, and who may speak is not known without it")
        return known

    def _count(self, refusal: Refused, received_at: datetime, *, may_be_stored: bool) -> None:
        code = REFUSAL_CODES[type(refusal)]
        self.spool.count(SpoolHead(_NO_ID_YET, received_at, refusal.outcome, code, may_be_stored=may_be_stored))

    def _note_failure(self, error: Exception) -> None:
        log.warning("database_failed_at_the_door", error=type(getattr(error, "orig", None) or error).__name__)
        self.watch.look_soon()


def open_reception(settings: Settings, database_url: str, rules: Rules, connections: int) -> Reception:
    """One process's reception, with so many connections to the database. Nothing is touched before it begins."""
    spool = Spool(settings.data, settings.spool_bytes)
    engine = open_engine(database_url, "api", pool_size=connections, connect_seconds=CONNECT_SECONDS)
    totals = DeliveryTotals(engine, spool, settings.data)

    def tidy(now: datetime) -> None:
        spool.leave_idle_segments()
        totals.keep_known(now)

    watch = DatabaseWatch(database_url, settings.data, tidy)
    be_patient(engine, PATIENCE_SECONDS, lambda: watch.is_away)
    watch.guard(engine)
    return Reception(engine, rules, watch, spool, totals)


def reception_checks(reception: Reception, now: datetime) -> tuple[Check, ...]:
    """Could arrivals be kept while the database is away: is there room, and is it known who may speak?"""
    totals = reception.totals.read(now)
    spool = totals.spool
    has_room = spool.kept_bytes is not None and spool.kept_bytes < spool.bound_bytes
    told = f"{spool.waiting} waiting, {spool.kept_bytes} of {spool.bound_bytes} bytes"
    known = reception.watch.known_servers(now)
    return (
        Check(
            "spool",
            CheckStatus.OK if has_room else CheckStatus.FAILED,
            told if spool.is_usable else "the spool cannot be written",
            is_needed=False,
        ),
        Check(
            "known_servers",
            CheckStatus.FAILED if known is None else CheckStatus.OK,
            "nobody knows who may speak" if known is None else f"as of {known.known_at:%Y-%m-%dT%H:%M:%SZ}",
            is_needed=False,
        ),
    )
