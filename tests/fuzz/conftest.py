from collections.abc import Iterator

import pytest

from tests.fuzz.service import Service, fuzzed_service


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Iterator[Service]:
    with fuzzed_service(tmp_path_factory.mktemp("fuzzed")) as running:
        yield running
