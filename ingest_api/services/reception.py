"""What every door hands its arrivals to: the database while it answers, the spool while it does not.

Whatever is answered as kept is durable in one of them. What was refused is counted in one of them too, so that received is
the sum of outcomes at any moment; what can be neither kept nor counted raises NothingDurable, and its sender keeps it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from ingest_api.services.admission import WHO_MAY, Admission, Credentials
from ingest_api.services.arrival import Arrival, Limits, Receipt, SpooledReceipt
from ingest_api.services.database_watch import DatabaseWatch
from ingest_api.services.failures import failures_allowed
from ingest_api.services.health import UNREACHABLE, Check, CheckStatus
from ingest_api.services.hello import take_hello
from ingest_api.services.judging import Rules
from ingest_api.services.receive import receive
from ingest_api.services.refusals import Refusals, note_failure
from ingest_api.services.secret_uses import UsedSecrets
from ingest_api.services.spool import Spool
from ingest_api.services.spooling import known_server, spool_arrival
from ingest_api.services.totals import DeliveryTotals
from shared.db.engine import open_engine
from shared.db.patience import be_patient
from shared.db.servers import Admitted, token_hash
from shared.domain.errors import KeptAllTheSame, NotAuthenticated, Refused
from shared.domain.spool_record import SpoolHead
from shared.ops.clock import utc_now
from shared.ops.settings import Settings
from shared.parsers import hello

CONNECT_SECONDS = 2
PATIENCE_SECONDS = 5.0
"""With that of connecting below the 10 s after which senders hang up."""
_NO_ID_YET = ""


@dataclass(frozen=True, slots=True)
class Reception:
    """One process's reception. `watch` says whether the database is worth asking."""

    engine: Engine
    rules: Rules
    watch: DatabaseWatch
    spool: Spool
    totals: DeliveryTotals
    admission: Admission

    def begin(self) -> None:
        """Look after the database from now on."""
        self.spool.prepare()
        self.watch.start()

    def end(self) -> None:
        """Nothing more comes: let the worker have what was spooled."""
        self.watch.stop()
        if not self.watch.is_away:
            self.admission.used.write(self.engine, utc_now(), is_due=True)
        self.spool.close()
        self.engine.dispose()

    def receive(self, arrival: Arrival, limits: Limits) -> Receipt | SpooledReceipt:
        """Take one delivery. Raises Refused, counted, or NothingDurable."""
        if isinstance(arrival.token, Admitted):
            return self._receive(arrival, limits)
        hashed, now = token_hash(arrival.token), arrival.received_at
        with self.admission.unless_guessing(arrival.household, lambda known: known.by_token(hashed), now):
            receipt = self._receive(arrival, limits)
        self.admission.used.note(hashed, now)
        return receipt

    def refuse(self, refusal: Refused, received_at: datetime) -> None:
        """Count an arrival that never came as far as its bytes. Raises NothingDurable when it cannot be counted."""
        self.admission.refusals.count(refusal, received_at)

    def greet(self, shown: Credentials | Admitted, body: bytes, now: datetime) -> str:
        """Keep a reporter's handshake; answers whose it is.

        Raises NotAuthenticated, TooMany, NotJson, NotAHandshake, NothingDurable.
        """
        if isinstance(shown, Admitted):
            return self._greet(shown, body, now)
        hashed = token_hash(shown.token)
        with self.admission.unless_guessing(
            shown.household, lambda known: known.by_token(hashed), now, is_counted=False
        ):
            server_id = self._greet(shown.token, body, now)
        self.admission.used.note(hashed, now)
        return server_id

    def _receive(self, arrival: Arrival, limits: Limits) -> Receipt | SpooledReceipt:
        is_away = self.watch.is_away
        if not is_away:
            try:
                return receive(self.engine, arrival, self.rules, limits)
            except UNREACHABLE as error:
                note_failure(self.watch, error)
        known = self.admission.known(arrival.received_at)
        try:
            return spool_arrival(self.spool, known, arrival, limits, may_be_stored=not is_away)
        except KeptAllTheSame:
            raise  # it is counted by that
        except Refused as refusal:
            self.admission.refusals.count_in_spool(refusal, arrival.received_at, may_be_stored=not is_away)
            raise

    def _greet(self, whose: str | Admitted, body: bytes, now: datetime) -> str:
        if not self.watch.is_away:
            try:
                return take_hello(self.engine, whose, body, now)
            except UNREACHABLE as error:
                note_failure(self.watch, error)
        server = known_server(self.admission.known(now), whose)
        if server is None:
            raise NotAuthenticated(WHO_MAY)
        hello.read(body)
        self.spool.keep(SpoolHead(_NO_ID_YET, now, None, server_id=server.server_id), body)
        return server.server_id


def open_reception(settings: Settings, database_url: str, rules: Rules, connections: int) -> Reception:
    """One process's reception, with so many connections to the database. Nothing is touched before it begins."""
    spool = Spool(settings.data, settings.spool_bytes)
    engine = open_engine(database_url, "api", pool_size=connections, connect_seconds=CONNECT_SECONDS)
    totals = DeliveryTotals(engine, spool, settings.data)

    used = UsedSecrets()

    def tidy(now: datetime) -> None:
        spool.leave_idle_segments()
        totals.keep_known(now)
        if not watch.is_away:
            used.write(engine, now)

    watch = DatabaseWatch(database_url, settings.data, tidy)
    be_patient(engine, PATIENCE_SECONDS, lambda: watch.is_away)
    watch.guard(engine)
    failures = failures_allowed(settings.failures_per_minute)
    admission = Admission(engine, watch, Refusals(engine, watch, spool), failures, used)
    return Reception(engine, rules, watch, spool, totals, admission)


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
