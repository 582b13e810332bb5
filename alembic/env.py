"""Runs migrations: one transaction each, under an advisory lock, never waiting long for a table.

Within somebody else's transaction they run as a part of it, and are undone with it.
"""

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from shared.db.engine import sqlalchemy_url
from shared.db.tables import (  # noqa: F401  (they fill the metadata)
    audits,
    awards,
    drained,
    evidence,
    idempotency,
    intent,
    judgement,
    ledgers,
    merging,
    players,
    scores,
    secrets,
    sessions,
)
from shared.db.tables.columns import metadata

MIGRATION_LOCK = 7_268_401_931
LOCK_TIMEOUT_MS = 5_000


def run(database_url: str) -> None:
    engine = create_engine(sqlalchemy_url(database_url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
        connection.execute(text("SELECT pg_advisory_lock(:key)").bindparams(key=MIGRATION_LOCK))
        connection.commit()
        run_within(connection)
    engine.dispose()


def run_within(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run_within(given)
else:
    run(context.config.attributes["database_url"])
