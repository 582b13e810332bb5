"""The Postgres everything is measured on: our own embedded one, durable as in service, with a database for each purpose."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, pool, text

from bench.reports import SERVERS, server_id
from ingest_api.services.servers import add_server
from shared.db.engine import sqlalchemy_url
from shared.db.migrate import upgrade
from shared.ops.borrowed_postgres import throwaway_postgres
from shared.ops.clock import utc_now

ON_DISK = Path("/var/tmp")  # /tmp is memory on many machines, where nothing is durable and everything is fast


@dataclass(frozen=True, slots=True)
class Databases:
    """A server of our own. `cluster` is its folder, `maintenance_url` a database nobody measures on."""

    maintenance_url: str
    cluster: Path

    def url(self, name: str) -> str:
        """Where one database is."""
        return make_url(self.maintenance_url).set(database=name).render_as_string(hide_password=False)

    def create(self, name: str) -> dict[str, str]:
        """Make a database at the current schema with every game server registered; answers the servers' tokens."""
        self._administer(f"CREATE DATABASE {name}")
        upgrade(self.url(name))
        with self.transaction(name) as connection:
            return {server_id(n): add_server(connection, server_id(n), now=utc_now()) for n in range(SERVERS)}

    def create_from(self, template: str, name: str) -> None:
        """Make a copy of a database that nobody uses just now."""
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template}")

    @contextmanager
    def copy(self, template: str, name: str) -> Iterator[str]:
        """A copy of a database that nobody uses just now, for as long as it is needed; answers its address."""
        self.create_from(template, name)
        try:
            yield self.url(name)
        finally:
            self._administer(f"DROP DATABASE {name}")  # asks an autovacuum to leave, which WITH (FORCE) may not

    def tidy(self, name: str) -> None:
        """Leave a database as it would be after a quiet hour: vacuumed, with fresh statistics, all of it on disk."""
        self._administer("VACUUM ANALYZE", name)
        self.checkpoint()

    def checkpoint(self) -> None:
        """Have everything written to disk. Our role may not ask for that; dropping a database implies it."""
        with self.copy("template1", "passing"):
            pass

    @contextmanager
    def transaction(self, name: str) -> Iterator[Connection]:
        """One transaction, committed at the end, on a connection of its own."""
        engine = create_engine(sqlalchemy_url(self.url(name)), poolclass=pool.NullPool)
        with engine.begin() as connection:
            yield connection

    def _administer(self, statement: str, name: str | None = None) -> None:
        url = self.url(name) if name else self.maintenance_url
        engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def databases() -> Iterator[Databases]:
    """Start the server; its folder is gone afterwards."""
    with throwaway_postgres(durable=True, under=ON_DISK) as postgres:
        yield Databases(postgres.url, postgres.cluster)
