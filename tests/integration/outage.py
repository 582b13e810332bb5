"""A database that is there and lets nobody in: what an outage looks like from inside the service."""

from sqlalchemy import Engine, create_engine, pool, text

from shared.db.engine import sqlalchemy_url

_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"


def cut_off(postgres_url: str, engine: Engine) -> None:
    """Throw everybody out of the engine's database, and let nobody in again."""
    name = engine.url.database
    engine.dispose()
    _administer(postgres_url, f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    _administer(postgres_url, _END, name=name)


def let_in(postgres_url: str, engine: Engine) -> None:
    """The outage is over."""
    _administer(postgres_url, f"ALTER DATABASE {engine.url.database} WITH ALLOW_CONNECTIONS true")


def _administer(postgres_url: str, statement: str, **parameters: object) -> None:
    administrator = create_engine(sqlalchemy_url(postgres_url), poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(statement), parameters)
    administrator.dispose()
