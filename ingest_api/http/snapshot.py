"""One look at the database: everything an answer says was true at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that reads everything as it was when it was first asked."""
    with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
        yield connection
