"""Expected results kept in files: compared by every run, rewritten by `make golden` (`--rewrite-golden`).

A test takes the fixture `golden_file` and hands it a path and what is true now; rewriting runs those tests only.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

OPTION = "--rewrite-golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="write what is true now as what is expected")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption(OPTION):
        items[:] = [item for item in items if "golden_file" in getattr(item, "fixturenames", ())]


@pytest.fixture
def golden_file(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Hold the text that is true now against the file's, or make it the file's."""

    def hold(path: Path, actual: str) -> None:
        if request.config.getoption(OPTION):
            path.write_text(actual, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == actual, f"differs from {path}; `make golden` rewrites it"

    return hold
