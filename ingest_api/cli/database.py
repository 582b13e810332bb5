"""The database for one command: reached beside a running service or alone, of this version's schema."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from shared.db import migrate
from shared.db.engine import open_engine
from shared.ops.borrowed_postgres import reachable_database
from shared.ops.errors import PostgresError
from shared.ops.settings import Settings


@contextmanager
def open_database(settings: Settings) -> Iterator[Engine]:
    """An engine on the database of this installation; an empty one is given its tables. Raises StartError."""
    with reachable_database(settings.database_url, settings.data) as url:
        engine = open_engine(url, "command", pool_size=1)
        try:
            _require_schema(engine, url)
            yield engine
        except DBAPIError as error:
            raise PostgresError(in_one_sentence(error)) from error
        finally:
            engine.dispose()


def in_one_sentence(error: Exception) -> str:
    """What the driver or the server said against it, on one line."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return f"The database cannot be used: {' '.join(str(said).split()).rstrip('.?')}."


def _require_schema(engine: Engine, url: str) -> None:
    with engine.connect() as connection:
        current = migrate.current(connection)
    if current is None:
        migrate.upgrade(url)
    elif not migrate.is_served(current):
        raise PostgresError(
            f"The database is at schema {current}, this version needs {migrate.head()}; run `roundwire migrate up`."
        )
