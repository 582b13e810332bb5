"""The API process is told to stop: whoever is there already is answered, and nobody keeps it for ever."""

import os
import signal
import socket
import sys
import time
from subprocess import DEVNULL, Popen

import pytest

from ingest_api.services.servers import add_server
from tests.e2e.service_process import CHECKOUT, free_port
from tests.factories import a_report, as_body
from tests.integration.ingesting import NOON

CREATED = b"HTTP/1.1 201 Created"


class Api:
    """The process, and the bytes of a request for it."""

    def __init__(self, process, port, token):
        self.process, self.port = process, port
        body = as_body(a_report())
        head = f"POST /v1/rounds HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.request = head.encode() + body

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)  # it has noticed by then


@pytest.fixture
def api(engine, database_url, tmp_path):
    with engine.begin() as connection:
        token = add_server(connection, "srv1", now=NOON)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "ROUNDWIRE_PORT": str(port),
        "ROUNDWIRE_DATA": str(tmp_path),
    }
    process = Popen([sys.executable, "-m", "ingest_api.main"], cwd=CHECKOUT, env=environment, stderr=DEVNULL)
    opened = Api(process, port, token)
    _wait_until_it_listens(opened)
    yield opened
    process.kill()
    process.wait()


def _wait_until_it_listens(api):
    patience_ends = time.monotonic() + 30
    while True:
        try:
            api.connect().close()
        except ConnectionRefusedError:
            assert time.monotonic() < patience_ends
            time.sleep(0.05)
        else:
            return


def test_a_request_that_is_half_sent_is_answered_to_its_end(api):
    with api.connect() as connection:
        connection.sendall(api.request[:-10])
        api.stop()
        connection.sendall(api.request[-10:])

        assert connection.recv(4096).startswith(CREATED)
    assert api.process.wait(10) == -signal.SIGTERM


def test_who_has_connected_and_not_asked_yet_is_answered(api):
    with api.connect() as connection:
        time.sleep(0.2)  # it has been let in
        api.stop()
        connection.sendall(api.request)
        answer = connection.recv(4096)

    assert answer.startswith(CREATED)
    assert b"connection: close" in answer.lower()


def test_one_more_request_is_answered_on_a_connection_that_was_kept(api):
    with api.connect() as connection:
        connection.sendall(api.request)
        connection.recv(4096)
        api.stop()
        connection.sendall(api.request)

        assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK")


def test_who_never_asks_does_not_keep_it_from_stopping(api):
    with api.connect() as connection:
        time.sleep(0.2)
        api.process.send_signal(signal.SIGTERM)

        assert api.process.wait(10) == -signal.SIGTERM
        assert connection.recv(16) == b""


def test_who_never_ends_its_request_does_not_keep_it_from_stopping(api):
    with api.connect() as connection:
        connection.sendall(api.request[:-10])
        time.sleep(0.2)
        api.process.send_signal(signal.SIGTERM)

        assert api.process.wait(20) == -signal.SIGTERM
