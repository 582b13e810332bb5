"""A part of a transaction that may fail without taking the rest along."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """What fails inside is undone and raised; what came before it stays.

    Half the cost of `begin_nested`: nothing is kept in memory, and the commit releases it. Not to be nested.
    """
    connection.exec_driver_sql("SAVEPOINT part")
    try:
        yield
    except Exception:
        if not connection.invalidated:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
        raise
