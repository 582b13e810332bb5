import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.ops.post import Pause
from shared.ops.readiness import tell_ready
from shared.ops.supervised import Program
from shared.ops.supervisor import SUPERVISOR, Supervisor

CHECKOUT = Path(__file__).parents[2]
SUPERVISED = """
import sys, os
from shared.ops.supervised import Program
from shared.ops.supervisor import Supervisor
children = [Program(name, [sys.executable, "-c", code], {}) for name, code in zip(sys.argv[1::2], sys.argv[2::2])]
with Supervisor(lambda name, line: print(name, line, flush=True)) as supervisor:
    for child in children:
        supervisor.start(child)
    while not supervisor.must_end:
        supervisor.step(60)
"""
SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
TELLS_ITS_END = """
import os, signal, sys, time
def end(*_):
    os.write(1, b"ends\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
os.write(1, b"ready\\n")
time.sleep(60)
"""
READY_SLEEPER = """
import os, time
from shared.ops.readiness import tell_ready
print(os.getpid(), flush=True)
tell_ready(os.environ)
time.sleep(60)
"""
NEVER_READY_AGAIN = """
import os, sys, time
from shared.ops.readiness import tell_ready
if os.path.exists("{mark}"):
    sys.exit("no successor today")
open("{mark}", "w").close()
print(os.getpid(), flush=True)
tell_ready(os.environ)
time.sleep(60)
"""


class Shown(list):
    def __call__(self, name, line):
        self.append((name, line))

    def by(self, name):
        return [line for who, line in self if who == name]


def program(name, code, **kind):
    return Program(name, [sys.executable, "-c", code], dict(os.environ), **kind)


def step_until(supervisor, reached, seconds=20):
    patience_ends = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < patience_ends
        supervisor.step(0.5)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def shown():
    return Shown()


def test_every_line_of_both_streams_is_shown_under_the_programs_name(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", "import sys; print('one'); print('two', file=sys.stderr, end='')", once=True))
        step_until(supervisor, lambda: len(shown) == 2)
    assert set(shown) == {("api", "one"), ("api", "two")}


def test_control_characters_of_a_hostile_line_are_escaped(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", r"print('\x1b[2Jgone \x9b \r forged')", once=True))
        step_until(supervisor, lambda: shown)
    assert shown.by("api") == [r"\x1b[2Jgone \x9b \r forged"]


def test_a_program_that_dies_is_started_again_after_a_second(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("worker", SLEEPER))
        step_until(supervisor, lambda: shown.by("worker"))
        died_at = time.monotonic()
        os.kill(int(shown.by("worker")[0]), signal.SIGKILL)
        step_until(supervisor, lambda: len(shown.by("worker")) == 2)
        assert 1 <= time.monotonic() - died_at < 10
    assert shown.by(SUPERVISOR) == ["worker ended by signal SIGKILL; it is started again in 1 s"]


def test_the_pause_doubles_to_half_a_minute_and_is_short_again_after_a_steady_run():
    pause = Pause()
    assert [pause.after(0.1) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert pause.after(3600) == 1


def test_a_program_that_is_run_once_is_not_started_again(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("demo", "raise SystemExit(3)", once=True))
        step_until(supervisor, lambda: shown)
        supervisor.step(1.5)
    assert shown == [(SUPERVISOR, "demo ended with status 3")]


def test_a_program_that_refuses_its_settings_ends_everything_with_its_own_sentence(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", SLEEPER))
        step_until(supervisor, lambda: shown.by("api"))
        supervisor.start(program("presenter", "import sys; sys.stderr.write('Bad token.\\n'); sys.exit(78)"))
        step_until(supervisor, lambda: supervisor.must_end)
    assert (supervisor.refusal.name, supervisor.refusal.sentence) == ("presenter", "Bad token.")
    assert not is_alive(shown.by("api")[0])


def test_programs_are_stopped_in_reverse_order(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("first", TELLS_ITS_END))
        supervisor.start(program("second", TELLS_ITS_END))
        step_until(supervisor, lambda: len(shown) == 2)
    assert [name for name, line in shown if line == "ends"] == ["second", "first"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_is_success(number):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, "a", SLEEPER], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    child = int(supervisor.stdout.readline().split()[1])
    supervisor.send_signal(number)

    assert supervisor.wait(timeout=10) == 0
    assert not is_alive(child)
    supervisor.stdout.close()


def test_the_programs_of_a_killed_supervisor_are_stopped():
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, "a", SLEEPER], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    child = int(supervisor.stdout.readline().split()[1])
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()

    patience_ends = time.monotonic() + 10
    while is_alive(child):
        assert time.monotonic() < patience_ends
        time.sleep(0.05)


def test_a_program_deaf_to_the_request_to_stop_is_killed_when_the_operator_insists():
    deaf = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, "deaf", deaf], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    child = int(supervisor.stdout.readline().split()[1])
    supervisor.send_signal(signal.SIGINT)
    time.sleep(1.5)
    assert is_alive(child)
    supervisor.send_signal(signal.SIGINT)

    assert supervisor.wait(timeout=5) == 0
    assert not is_alive(child)
    supervisor.stdout.close()


def test_a_successor_that_is_ready_takes_the_place_of_the_first(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", READY_SLEEPER, tells_when_ready=True))
        step_until(supervisor, lambda: supervisor.is_ready("api"))
        first = supervisor.pid("api")
        supervisor.replace("api")
        step_until(supervisor, lambda: not is_alive(first))

        assert supervisor.pid("api") == int(shown.by("api")[1])
    assert shown.by(SUPERVISOR) == ["api was replaced"]


def test_the_first_lives_until_its_successor_is_ready(shown):
    slow = READY_SLEEPER.replace("tell_ready(os.environ)", "time.sleep(0.5); tell_ready(os.environ)")
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", slow, tells_when_ready=True))
        step_until(supervisor, lambda: supervisor.is_ready("api"))
        first = supervisor.pid("api")
        supervisor.replace("api")
        step_until(supervisor, lambda: len(shown.by("api")) == 2)

        assert supervisor.pid("api") == first
        assert is_alive(first)


def test_a_successor_that_dies_before_it_is_ready_leaves_the_first_in_its_place(shown, tmp_path):
    code = NEVER_READY_AGAIN.format(mark=tmp_path / "mark")
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", code, tells_when_ready=True))
        step_until(supervisor, lambda: supervisor.is_ready("api"))
        first = supervisor.pid("api")
        supervisor.replace("api")
        step_until(supervisor, lambda: supervisor.failed_successions("api"))

        assert supervisor.pid("api") == first
        assert is_alive(first)
        assert not supervisor.must_end
    assert shown.by(SUPERVISOR) == ["the new api ended with status 1 before it was ready; the old one goes on"]


def test_who_is_not_the_process_cannot_say_that_it_is_ready(shown):
    code = "import os, time; print(os.environ['NOTIFY_SOCKET'], flush=True); time.sleep(60)"
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", code, tells_when_ready=True))
        step_until(supervisor, lambda: shown.by("api"))
        tell_ready({"NOTIFY_SOCKET": shown.by("api")[0]})
        supervisor.step(0.2)

        assert not supervisor.is_ready("api")


def test_a_successor_that_is_asked_for_twice_is_one(shown):
    with Supervisor(shown) as supervisor:
        supervisor.start(program("api", READY_SLEEPER, tells_when_ready=True))
        step_until(supervisor, lambda: supervisor.is_ready("api"))
        supervisor.replace("api")
        supervisor.replace("api")
        step_until(supervisor, lambda: shown.by(SUPERVISOR))
        supervisor.step(0.2)

    assert len(shown.by("api")) == 2
