"""Who may come in: asked of the database while it answers, of what is remembered of it while it does not.

Who is not known is counted, and who is not known too often is no longer looked up, only counted. Somebody who is known comes
in whatever others at his address did.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from ingest_api.services.database_watch import DatabaseWatch
from ingest_api.services.failures import Failures
from ingest_api.services.health import UNREACHABLE
from ingest_api.services.refusals import Refusals, note_failure
from ingest_api.services.secret_uses import UsedSecrets
from shared.db.secret_uses import signing_hash
from shared.db.servers import Admitted, Servers, token_hash
from shared.db.signing_secrets import SigningSecrets
from shared.domain.errors import NotAuthenticated, NothingDurable
from shared.domain.known_servers import WEBHOOK_MARK, KnownServer, KnownServers
from shared.domain.webhook_signature import Signature, signer

WHO_MAY = "this needs `Authorization: Bearer` with the token of a registered game server"
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows to say whose it is. `household`: whom it is held against when that is nobody's."""

    token: str = field(repr=False)
    household: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """One process's."""

    engine: Engine
    watch: DatabaseWatch
    refusals: Refusals
    failures: Failures
    used: UsedSecrets = field(default_factory=UsedSecrets)

    def server_of(self, shown: Credentials, now: datetime) -> str:
        """The server of a token. Raises NotAuthenticated and TooMany, counted, or NothingDurable when nobody can say."""
        with self.unless_guessing(shown.household, lambda known: known.by_token(token_hash(shown.token)), now):
            found = self._server_of_token(shown.token, now)
            if found is None:
                raise self._counted(NotAuthenticated(WHO_MAY), now)
        self.used.note(token_hash(shown.token), now)
        return found

    def server_of_webhook(self, name: str, shown: Credentials, now: datetime) -> Admitted:
        """The server of a webhook URL, whose token is shown. Raises as `server_of` does."""
        hashed = token_hash(shown.token)
        with self.unless_guessing(shown.household, lambda known: known.by_webhook(name, hashed), now):
            found = self._asked(
                lambda connection: Servers(connection).by_webhook(name, shown.token),
                lambda known: _id_of(known.by_webhook(name, hashed)),
                now,
            )
            if found is None:
                raise self._counted(NotAuthenticated("no server has this webhook"), now)
        self.used.note(hashed, now)
        self.used.note(WEBHOOK_MARK + hashed, now)
        return Admitted(found)

    def server_of_signed(
        self, shown: Credentials, signature: Signature, body: bytes, now: datetime, *, is_counted: bool = True
    ) -> Admitted:
        """The server that signed this body. A token shown beside must be of the same one. Raises as `server_of` does.

        `is_counted`: the body is a delivery.
        """

        def is_known(known: KnownServers) -> object:
            return signer(signature, body, known.signing_secrets(), now)

        with self.unless_guessing(shown.household, is_known, now, is_counted=is_counted):
            secrets = self._asked(
                lambda connection: SigningSecrets(connection).all(), KnownServers.signing_secrets, now
            )
            found = signer(signature, body, secrets, now)
            if found is None or (shown.token and self._server_of_token(shown.token, now) != found.server_id):
                refusal = NotAuthenticated("the signature is nobody's, too old, or not that of the token's server")
                raise self._counted(refusal, now) if is_counted else refusal
        self.used.note(signing_hash(found.secret), now)
        return Admitted(found.server_id)

    @contextmanager
    def unless_guessing(
        self,
        household: str | None,
        is_known: Callable[[KnownServers], object],
        now: datetime,
        *,
        is_counted: bool = True,
    ) -> Iterator[None]:
        """Find out inside whose something is; who is nobody too often gets no further than here.

        Raises TooMany or NotAuthenticated, counted if it `is_counted`, or NothingDurable.
        """
        refusal = self.failures.refusal(household, now)
        if refusal is not None and (known := self.watch.known_servers(now)) is not None and not is_known(known):
            if is_counted:
                self.refusals.count_in_passing(refusal, now)
            raise refusal
        try:
            yield
        except NotAuthenticated:
            self.failures.note(household, now)
            raise

    def known(self, now: datetime) -> KnownServers:
        """Who may speak, without the database. Raises NothingDurable."""
        known = self.watch.known_servers(now)
        if known is None:
            raise NothingDurable("the database is away, and who may speak is not known without it")
        return known

    def _server_of_token(self, token: str, now: datetime) -> str | None:
        return self._asked(
            lambda connection: Servers(connection).by_token(token),
            lambda known: _id_of(known.by_token(token_hash(token))),
            now,
        )

    def _asked(
        self, asked: Callable[[Connection], _Found], remembered: Callable[[KnownServers], _Found], now: datetime
    ) -> _Found:
        if not self.watch.is_away:
            try:
                with self.engine.connect() as connection:
                    return asked(connection)
            except UNREACHABLE as error:
                note_failure(self.watch, error)
        return remembered(self.known(now))

    def _counted(self, refusal: NotAuthenticated, now: datetime) -> NotAuthenticated:
        self.refusals.count(refusal, now)
        return refusal


def _id_of(server: KnownServer | None) -> str | None:
    return None if server is None else server.server_id
