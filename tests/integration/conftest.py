from collections.abc import Iterator

import pytest

from tests.integration.ingesting import Door, opened_door


@pytest.fixture
def door(engine, database_url) -> Iterator[Door]:
    with opened_door(engine, database_url) as opened:
        yield opened
