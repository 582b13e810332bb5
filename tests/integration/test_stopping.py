"""The API process is told to stop: whoever is there already is answered, and nobody keeps it for ever."""

import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.db.servers import Servers
from tests.factories import a_report, as_body
from tests.integration.api_process import api_process

CREATED = b"HTTP/1.1 201 Created\r\n"


class Api:
    """The process, and the bytes of a request for it."""

    def __init__(self, process, port, token):
        self.process, self.port = process, port
        self.body = as_body(a_report())
        said = ["POST /v1/rounds HTTP/1.1", "Host: x", f"Authorization: Bearer {token}"]
        said += [f"Content-Length: {len(self.body)}", "", ""]
        self.head = "\r\n".join(said).encode()
        self.asking_head = self.head.replace(b"Host: x", b"Host: x\r\nExpect: 100-continue")

    def connect(self):
        """A connection that it has let in."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        while not self._has_accepted(connection.getsockname()[1]):
            time.sleep(0.01)
        return connection

    def stop(self):
        """Tell it to; returns when it lets nobody in any more."""
        self.process.send_signal(signal.SIGTERM)
        while self._listens():
            time.sleep(0.01)

    def _has_accepted(self, from_port):
        """The kernel gives a connection to a process when that accepts it; until then its inode is 0."""
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, local, remote, _, _, _, _, _, _, inode, *_ = line.split()
            ports = int(local.split(":")[1], 16), int(remote.split(":")[1], 16)
            if ports == (self.port, from_port):
                return inode != "0"
        return False

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=20).close()
        except ConnectionRefusedError:
            return False
        return True


def answer_on(connection):
    """The next answer: its first line, and its head in small letters."""
    with connection.makefile("rb") as stream:
        first, head, length = stream.readline(), b"", 0
        while (line := stream.readline()) not in (b"\r\n", b""):
            head += line.lower()
            length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else length
        stream.read(length)
    return first, head


@pytest.fixture
def api(engine, database_url, tmp_path):
    with api_process(engine, database_url, tmp_path) as (process, port, token):
        yield Api(process, port, token)


def test_a_request_that_is_half_sent_is_answered_to_its_end(api):
    with api.connect() as connection:
        connection.sendall(api.asking_head)
        assert answer_on(connection)[0] == b"HTTP/1.1 100 Continue\r\n"
        connection.sendall(api.body[:-10])
        api.stop()
        connection.sendall(api.body[-10:])

        assert answer_on(connection)[0] == CREATED
    assert api.process.wait(20) == -signal.SIGTERM


def test_who_has_connected_and_not_asked_yet_is_answered(api):
    with api.connect() as connection:
        api.stop()
        connection.sendall(api.head + api.body)
        first, head = answer_on(connection)

    assert first == CREATED
    assert b"connection: close" in head


def test_one_more_request_is_answered_on_a_connection_that_was_kept(api):
    with api.connect() as connection:
        connection.sendall(api.head + api.body)
        answer_on(connection)
        api.stop()
        connection.sendall(api.head + api.body)

        assert answer_on(connection)[0] == b"HTTP/1.1 200 OK\r\n"


def test_who_never_asks_does_not_keep_it_from_stopping(api):
    with api.connect() as connection:
        api.process.send_signal(signal.SIGTERM)

        assert api.process.wait(20) == -signal.SIGTERM
        assert connection.recv(16) == b""


def test_who_never_ends_its_request_does_not_keep_it_from_stopping(api):
    with api.connect() as connection:
        connection.sendall(api.asking_head)
        answer_on(connection)
        api.process.send_signal(signal.SIGTERM)

        assert api.process.wait(30) == -signal.SIGTERM


def test_whoever_waits_for_a_slow_database_when_time_is_short_is_answered_without_it(api, engine):
    """Many more than it asks the database for at once, and each would wait for seconds."""
    with ExitStack() as open_ones:
        Servers(open_ones.enter_context(engine.begin())).lock("srv1")
        waiting = [open_ones.enter_context(api.connect()) for _ in range(40)]
        for connection in waiting:
            connection.sendall(api.head + api.body)
        api.process.send_signal(signal.SIGTERM)

        assert {answer_on(connection)[0] for connection in waiting} == {b"HTTP/1.1 202 Accepted\r\n"}
