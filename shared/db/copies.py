"""All rows of the database: out in one snapshot, and in again, table by table as COPY writes and reads them.

Rows go by the names of tables and columns, and their tables are made by our own migrations. So a copy needs no client
programs of the server's version, and goes into any Postgres that the service runs on, of an older version too.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import DBAPIError

from shared.db import migrate, tables
from shared.db.engine import LOCK_TIMEOUT_MS, sqlalchemy_url
from shared.db.tables.columns import metadata

REFUSED_BY_THE_DATABASE = (DBAPIError, psycopg.Error)
_OURS = "roundwire copy"
_COLUMNS = text("""
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
""")
_OTHERS_AT_WORK = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'roundwire %'
""")


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table and the columns that are copied, in their order; what the database computes itself is not."""

    name: str
    columns: tuple[str, ...]


class Snapshot:
    """The whole database as it was at one instant, whatever is written meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.revision = migrate.current(connection)

    def tables(self) -> list[TableShape]:
        """Every table of ours that is there, those that others refer to first."""
        return [shape for name in _names() if (shape := _shape(self._connection, name)).columns]

    def rows(self, table: TableShape) -> Iterator[bytes]:
        """A table's rows, in pieces of any length."""
        with _cursor(self._connection).copy(f"COPY {_named(table)} TO STDOUT") as copy:
            for piece in copy:
                yield bytes(piece)

    def last_id(self, table: TableShape) -> int | None:
        """The last id that was given in a table; None where none was, or none are."""
        if "id" not in table.columns:
            return None
        sequence = self._connection.execute(
            text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}
        ).scalar_one()
        if sequence is None:
            return None
        given = self._connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
        return int(given.last_value) if given.is_called else None


@contextmanager
def open_snapshot(database_url: str) -> Iterator[Snapshot]:
    """One instant of the database. Nobody waits for it, and nothing is cut off in the middle."""
    with _connection(database_url, "REPEATABLE READ") as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        yield Snapshot(connection)


class Filling:
    """A database that is being filled from a copy: all of it or, unless `commit` is called, nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def others_at_work(self) -> int:
        """How many connections our processes hold."""
        return int(self._connection.execute(_OTHERS_AT_WORK).scalar_one())

    def revision(self) -> str | None:
        """The schema that is there; None in an empty database."""
        return migrate.current(self._connection)

    def has_rows(self) -> bool:
        """Is there anything that would be lost?"""
        return any(
            self._connection.execute(text(f"SELECT EXISTS (SELECT FROM {name})")).scalar_one()
            for name in _names()
            if _shape(self._connection, name).columns
        )

    def begin(self, revision: str, shapes: Sequence[TableShape]) -> None:
        """Throw away what is there, and make the empty tables of `revision`. Raises ValueError for a shape they lack."""
        migrate.rebuild(self._connection, revision)
        for shape in shapes:
            if not set(shape.columns) <= set(_shape(self._connection, shape.name).columns):
                raise ValueError(f"no such table: {shape.name}")
            self._connection.execute(text(f"ALTER TABLE {shape.name} DISABLE TRIGGER USER"))
        names = ", ".join(shape.name for shape in shapes)
        self._connection.execute(text(f"TRUNCATE {names}"))  # a migration may have put rows of its own there

    def fill(self, table: TableShape, pieces: Iterable[bytes], last_id: int | None) -> int:
        """Put a table's rows in; answers how many. Ids go on behind `last_id`."""
        cursor = _cursor(self._connection)
        with cursor.copy(f"COPY {_named(table)} FROM STDIN") as copy:
            for piece in pieces:
                copy.write(piece)
        if last_id is not None:
            set_on = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last_id)")
            self._connection.execute(set_on, {"name": table.name, "last_id": last_id})
        return cursor.rowcount

    def finish(self, shapes: Sequence[TableShape]) -> None:
        """Let the tables' own guards work again, bring the schema to this version, and keep it all."""
        for shape in shapes:
            self._connection.execute(text(f"ALTER TABLE {shape.name} ENABLE TRIGGER USER"))
        migrate.upgrade_within(self._connection)
        self._connection.commit()


@contextmanager
def open_filling(database_url: str) -> Iterator[Filling]:
    """A database to be filled; left without `finish`, it is as it was."""
    with _connection(database_url, "READ COMMITTED") as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
        yield Filling(connection)


@contextmanager
def _connection(database_url: str, isolation: str) -> Iterator[Connection]:
    """A connection without the usual bounds in time: a copy takes as long as it takes."""
    engine = create_engine(
        sqlalchemy_url(database_url),
        poolclass=pool.NullPool,
        isolation_level=isolation,
        connect_args={"options": "-c timezone=UTC", "application_name": _OURS, "connect_timeout": 5},
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _names() -> list[str]:
    """Every table of this version, those that others refer to first."""
    for module in pkgutil.iter_modules(tables.__path__):
        importlib.import_module(f"{tables.__name__}.{module.name}")
    return [table.name for table in metadata.sorted_tables]


def _shape(connection: Connection, name: str) -> TableShape:
    return TableShape(name, tuple(connection.execute(_COLUMNS, {"name": name}).scalars()))


def _named(table: TableShape) -> str:
    return f"{table.name} ({', '.join(table.columns)})"


def _cursor(connection: Connection) -> psycopg.Cursor:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("rows are copied over psycopg alone")
    return driver.cursor()
