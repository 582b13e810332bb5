from collections.abc import Iterator

import pytest

from ingest_api.cli.main import main
from tests.integration.ingesting import Door, opened_door


@pytest.fixture
def door(engine, database_url) -> Iterator[Door]:
    with opened_door(engine, database_url) as opened:
        yield opened


@pytest.fixture
def run(database_url, tmp_path, monkeypatch, capsys):
    """Run a command line; answers (exit status, stdout, stderr)."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ROUNDWIRE_DATA", str(tmp_path))

    def run_command(*words):
        capsys.readouterr()  # what the service of the same process logged
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run_command
