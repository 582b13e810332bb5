"""Everything at once: reports out of order over a line that cuts, while at random points one trouble after the other strikes."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.contract.small_disk import SmallDisk, small_disk
from tests.faults.bad_line import BadLine, Mood
from tests.faults.crowds import slow_clients, storm
from tests.faults.rampage import Rampage, Report
from tests.faults.reporters import Reporter
from tests.faults.stack import POSTGRES, PROGRAMS, VICTIMS, Stack, running_stack

CHAOS = "chaos"
DISK_SIZE = "600m"
LONGEST_WAIT_SECONDS = 0.4
LONGEST_STANDSTILL_SECONDS = 1.5
LARGEST_CLOCK_STEP_SECONDS = 300.0
CUTS = (Mood.FINE,) * 6 + (Mood.SLOW, Mood.REFUSED, Mood.HALF_ASKED, Mood.UNANSWERED, Mood.HALF_ANSWERED)


def chaos(troubles: int, seed: int, logs: Path, *, in_haste: bool) -> tuple[Report, Counter[str]]:
    """So many troubles, then calm; what came of it, and how often each trouble struck."""
    began = time.monotonic()
    with (
        TemporaryDirectory(prefix="roundwire-disk-", dir="/tmp") as folder,
        small_disk(Path(folder), DISK_SIZE) as disk,
    ):
        Path(folder).chmod(0o755)
        try:
            with running_stack(logs, disk=Path(folder), clock=logs / "clock") as stack:
                run = _Chaos(stack, Random(seed), disk, in_haste=in_haste)
                return run.go(troubles, seed, began), run.struck
        except Exception as error:
            error.add_note(f"seed {seed}; the processes' logs are in {logs}")
            raise


class _Chaos(Rampage):
    def __init__(self, stack: Stack, rng: Random, disk: SmallDisk, *, in_haste: bool) -> None:
        self._line = BadLine(stack.port, Random(rng.random()), CUTS)
        self._disk = disk
        self.struck: Counter[str] = Counter()
        super().__init__(stack, CHAOS, rng, in_haste=in_haste)
        self._troubles: dict[str, Callable[[], None]] = {
            "killed": self._kill,
            "stopped": self._hold,
            "database stopped at once": self._stop_database_at_once,
            "slow clients": self._let_slow_clients_in,
            "storm": self._storm,
            "clock": self._step_clock,
        }
        if disk.is_mounted:
            self._troubles["disk full"] = self._fill_disk

    def hurt_once(self) -> None:
        """One trouble, at a random moment."""
        self.stack.tend(self.rng.uniform(0, LONGEST_WAIT_SECONDS))
        name = self.rng.choice(list(self._troubles))
        self.struck[name] += 1
        self._troubles[name]()
        self.stack.discord.state.forget_nonces()
        if self.in_haste:
            self.stack.let_time_pass()

    def calm_down(self) -> None:
        """The line is good and the clock right from now on."""
        self._line.is_bad = False
        self.stack.set_clock(0)

    def _kill(self) -> None:
        victim = self.rng.choice(VICTIMS)
        self.stack.kill(victim)
        time.sleep(self.rng.uniform(0, LONGEST_WAIT_SECONDS))
        self.stack.start_again(victim)

    def _hold(self) -> None:
        self.stack.hold(self.rng.choice(VICTIMS), self.rng.uniform(0, LONGEST_STANDSTILL_SECONDS))

    def _stop_database_at_once(self) -> None:
        self.stack.stop_database_at_once()
        self.stack.tend(self.rng.uniform(0, LONGEST_WAIT_SECONDS))
        self.stack.start_again(POSTGRES)

    def _let_slow_clients_in(self) -> None:
        with slow_clients(self.stack.port, self.reporters[0].token):
            self.stack.tend(self.rng.uniform(0, LONGEST_STANDSTILL_SECONDS))

    def _storm(self) -> None:
        reporter = self.rng.choice(self.reporters)
        if reporter.acknowledged:
            storm(self.stack.port, reporter.token, self.rng.choice(reporter.acknowledged).body)

    def _step_clock(self) -> None:
        self.stack.set_clock(self.rng.uniform(-LARGEST_CLOCK_STEP_SECONDS, LARGEST_CLOCK_STEP_SECONDS))

    def _fill_disk(self) -> None:
        self._disk.fill()
        self.stack.tend(self.rng.uniform(0, LONGEST_STANDSTILL_SECONDS))
        self._disk.empty()
        self.stack.revive()

    def make_reporter(self, server_id: str, token: str, rng: Random) -> Reporter:
        """A game server at the other end of the line."""
        return Reporter(self._line.port, server_id, token, len(PROGRAMS) / 10, rng, is_orderly=False)
