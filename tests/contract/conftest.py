"""What several tests of a seam ask for."""

import pytest

from tests.contract.reporter_service import ScriptedService
from tests.contract.reporter_world import World


@pytest.fixture
def world(lua, tmp_path):
    """One game server of the kind of Lua the test is run for."""
    return World(tmp_path, lua)


@pytest.fixture
def service():
    """Makes scripted services: one answer for all requests, or a function that chooses one."""
    made = []

    def make(choose):
        service = ScriptedService(choose if callable(choose) else lambda _request: choose)
        made.append(service)
        return service

    yield make
    for each in made:
        each.close()
