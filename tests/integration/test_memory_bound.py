"""What packed bodies and the worst of them cost the API process in memory, measured by the kernel."""

import gzip
import http.client
import os
from pathlib import Path

import pytest

from tests.integration.api_process import api_process

MIB = 1 << 20
BOUND_MIB = 32
REST_MIB = 8
"""What a request costs besides its body."""
FILE, SUBMIT = ("PUT", "/v1/files/x.bin"), ("POST", "/api/v2/stats/etl/matches/stats/submit")


class Api:
    """The process, and how to send to it."""

    def __init__(self, process, port, token):
        self.process, self.port, self.token = process, port, token

    def send(self, method, path, body, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {"Authorization": f"Bearer {self.token}", **headers})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def memory_mib(self, line):
        for told in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if told.startswith(f"{line}:"):
                return int(told.split()[1]) / 1024
        raise LookupError(line)

    def peak_mib_of(self, *request, **headers):
        """The answer to a request, and by how much memory grew meanwhile."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        before = self.memory_mib("VmRSS")
        status = self.send(*request, **headers)
        return status, self.memory_mib("VmHWM") - before


@pytest.fixture
def api(engine, database_url, tmp_path):
    with api_process(engine, database_url, tmp_path) as (process, port, token):
        opened = Api(process, port, token)
        opened.send("PUT", "/v1/files/first.bin", b"everything that is loaded once is loaded")
        yield opened


def test_nothing_that_is_packed_small_costs_more_than_twice_the_bound(api):
    at_the_bound = b"\x00" * (BOUND_MIB * MIB)
    cases = {
        "a bomb as a file": (413, *FILE, gzip.compress(at_the_bound * 8, 1)),
        "a bomb as a round": (413, *SUBMIT, gzip.compress(b"[" * (8 * BOUND_MIB * MIB), 1)),
        "a bomb in members": (413, *FILE, gzip.compress(at_the_bound[: 4 * MIB], 1) * 40),
        "packed to the bound": (202, *FILE, gzip.compress(at_the_bound, 1)),
    }
    for name, (expected, method, path, body) in cases.items():
        status, grown_mib = api.peak_mib_of(method, path, body, **{"Content-Encoding": "gzip"})

        assert (name, status) == (name, expected)
        assert grown_mib <= 2 * BOUND_MIB + REST_MIB, name


def test_nothing_that_comes_as_it_is_costs_more_than_twice_the_bound(api):
    at_the_bound = os.urandom(BOUND_MIB * MIB)
    cases = {
        "a file of no known kind": (202, *FILE, at_the_bound),
        "a file that is too large": (413, *FILE, at_the_bound * 2),
        "no JSON at all": (422, *SUBMIT, at_the_bound),
        "a trial": (200, "PUT", "/v1/files/y.bin?dry_run=true", at_the_bound),
    }
    for name, (expected, method, path, body) in cases.items():
        status, grown_mib = api.peak_mib_of(method, path, body)

        assert (name, status) == (name, expected)
        assert grown_mib <= 2 * BOUND_MIB + REST_MIB, name
