"""What every layer of tests stands on: a throw-away Postgres, migrated once, copied for each test that asks for one."""

import itertools
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Engine, create_engine, make_url, pool, text

from shared.db.engine import open_engine, sqlalchemy_url
from shared.db.migrate import upgrade
from shared.ops.borrowed_postgres import throwaway_postgres
from tests.golden_files import golden_file, pytest_addoption, pytest_collection_modifyitems

__all__ = ["golden_file", "pytest_addoption", "pytest_collection_modifyitems"]  # pytest finds them here

TEMPLATE = "roundwire_template"
_numbers = itertools.count(1)

settings.register_profile("long", max_examples=10_000, deadline=None)

# Traces without the values in hand: drawing those takes seconds for each failure that a test brings about.
_PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of this test process's own, with an empty database."""
    with throwaway_postgres() as server:
        yield server.url


@pytest.fixture(scope="session")
def _template(postgres_url: str) -> str:
    _administer(postgres_url, f"CREATE DATABASE {TEMPLATE}")
    upgrade(_with_database(postgres_url, TEMPLATE))
    return postgres_url


@pytest.fixture
def database_url(_template: str) -> Iterator[str]:
    """A fresh migrated database, so that a test may commit for real. Dropped afterwards, connections and all."""
    name = f"test_{next(_numbers)}"
    _administer(_template, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield _with_database(_template, name)
    _administer(_template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url, "tests")
    yield opened
    opened.dispose()


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
