"""The sockets of the service: who opens them, who is handed them, and who is refused while nobody accepts."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shared.ops.errors import StartError
from shared.ops.listening import close_all, hand_down, inherited_listeners, open_listeners
from shared.ops.service_note import RunningService, ServiceNote, running_service
from tests.e2e.service_process import free_port

CHECKOUT = Path(__file__).parents[2]
ANSWERS_ONCE = """
import os
from shared.ops.listening import inherited_listeners
(listener,) = inherited_listeners(os.environ)
connection, _ = listener.accept()
connection.sendall(b"here")
"""
UNDER_SYSTEMD = f"import os; os.environ['LISTEN_PID'] = str(os.getpid())\n{ANSWERS_ONCE}"


@pytest.fixture
def listeners():
    opened = open_listeners("127.0.0.1", free_port())
    yield opened
    close_all(opened)


def run_with(listener, code, environment, number):
    """Run the code with the listener under this file descriptor, as whoever starts services does."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], **environment},
        pass_fds=[number],
        preexec_fn=lambda: os.dup2(listener.fileno(), number),  # noqa: PLW1509  this process has one thread
    )


@pytest.mark.parametrize("code", [ANSWERS_ONCE, UNDER_SYSTEMD], ids=["ours", "systemd"])
def test_a_child_answers_who_connected_before_it_was_there(listeners, code):
    (listener,) = listeners
    with socket.create_connection(listener.getsockname(), timeout=10) as early:
        environment = {"LISTEN_FDS": "1"} if code is UNDER_SYSTEMD else {"ROUNDWIRE_LISTEN_FDS": "3"}
        child = run_with(listener, code, environment, 3)

        assert early.recv(16) == b"here"
        assert child.wait(10) == 0


def test_what_systemd_handed_to_another_process_is_not_taken():
    assert inherited_listeners({"LISTEN_PID": "1", "LISTEN_FDS": "1"}) == []


def test_without_being_handed_any_there_are_none():
    assert inherited_listeners({}) == []


@pytest.mark.parametrize("told", ["1000000", "no number"])
def test_what_is_no_socket_is_refused_in_one_sentence(told):
    with pytest.raises(StartError, match="is no listening socket"):
        inherited_listeners({"ROUNDWIRE_LISTEN_FDS": told})


def test_a_child_is_told_the_numbers_of_its_sockets(listeners):
    assert hand_down(listeners) == {"ROUNDWIRE_LISTEN_FDS": str(listeners[0].fileno())}


def test_a_taken_port_is_named(listeners):
    port = listeners[0].getsockname()[1]
    with pytest.raises(StartError, match=f"Port {port} is taken by another program"):
        open_listeners("127.0.0.1", port)


def test_an_address_of_another_machine_is_named():
    with pytest.raises(StartError, match="Nothing can listen on"):
        open_listeners("192.0.2.1", 8080)


def test_while_a_service_runs_its_note_tells_of_it(tmp_path):
    note = ServiceNote(tmp_path)
    note.tell(RunningService(7, 8, 0))

    assert running_service(tmp_path) == RunningService(7, 8, 0)

    note.close()


def test_the_note_of_a_service_that_ended_tells_nothing(tmp_path):
    note = ServiceNote(tmp_path)
    note.tell(RunningService(7, None, 0))
    note.close()

    assert running_service(tmp_path) is None


def test_where_no_service_ever_ran_there_is_no_note(tmp_path):
    assert running_service(tmp_path) is None
