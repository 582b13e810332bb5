import os
import re
import signal
import subprocess
import sys
import urllib.request

from shared.ops.service_note import running_service
from tests.e2e.service_process import CHECKOUT, IS_UP, ServiceProcess


def restart_api(data):
    command = [sys.executable, "-m", "ingest_api.cli.main", "restart-api"]
    environment = {"PATH": os.environ["PATH"], "ROUNDWIRE_DATA": str(data)}
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def is_alive(service):
    with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/livez", timeout=60) as answer:
        return answer.status == 200


def test_without_a_service_there_is_nothing_to_restart(data):
    data.mkdir()
    ended = restart_api(data)

    assert (ended.returncode, ended.stderr) == (2, f"roundwire: No `roundwire run` is at work on {data}.\n")


def test_a_new_process_answers_after_a_restart(data):
    with ServiceProcess(data) as service:
        service.wait_for_line(IS_UP)
        before = running_service(data).api_pid
        ended = restart_api(data)

        assert ended.returncode == 0
        assert int(re.search("process ([0-9]+)", ended.stdout)[1]) == running_service(data).api_pid != before
        assert is_alive(service)


def test_who_comes_while_a_killed_api_is_away_waits_and_is_answered(data):
    with ServiceProcess(data) as service:
        service.wait_for_line(IS_UP)
        os.kill(running_service(data).api_pid, signal.SIGKILL)
        service.wait_for_line("api ended by signal SIGKILL")

        assert is_alive(service)
