"""What the shipper's tests ask for: a service's door that finds nothing to object to, and a game server beside it."""

import pytest

from tests.contract.shipper.world import World
from tests.fakes.file_door import FileDoor


@pytest.fixture
def door():
    opened = FileDoor()
    yield opened
    opened.close()
    assert opened.violations == []


@pytest.fixture
def world(door, tmp_path):
    return World(tmp_path, door)
