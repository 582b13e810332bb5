"""Everything at once: reports out of order over a line that cuts, while troubles strike at random points, also on top of
each other.
"""

import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.contract.small_disk import SmallDisk, small_disk
from tests.faults.bad_line import BadLine, Mood
from tests.faults.rampage import LEASE_AND_RETRY_SECONDS, Rampage, Report
from tests.faults.reporters import Reporter
from tests.faults.stack import Stack, running_stack
from tests.faults.troubles import LARGEST_CLOCK_STEP_SECONDS, Course, Troubles

CHAOS = "chaos"
DISK_SIZE = "2g"
BETWEEN_SECONDS = 0.4  # two troubles, on average
PAUSE_SECONDS = 1.5  # between two reports of a server, on average
CUTS = (Mood.FINE,) * 6 + (Mood.SLOW, Mood.REFUSED, Mood.HALF_ASKED, Mood.UNANSWERED, Mood.HALF_ANSWERED)
_SPOILT = (Mood.REFUSED, Mood.HALF_ASKED, Mood.UNANSWERED, Mood.HALF_ANSWERED)


def chaos(troubles: int, seed: int, logs: Path, *, in_haste: bool) -> tuple[Report, Counter[str]]:
    """So many troubles, then calm; what came of it, and how often each trouble struck and the line spoilt a connection."""
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
    settling_seconds = LEASE_AND_RETRY_SECONDS + LARGEST_CLOCK_STEP_SECONDS  # a lease may be of a clock that was ahead

    def __init__(self, stack: Stack, rng: Random, disk: SmallDisk, *, in_haste: bool) -> None:
        self._line = BadLine(stack.port, Random(rng.random()), CUTS)
        super().__init__(stack, CHAOS, rng, in_haste=in_haste)
        self._troubles = Troubles(stack, disk, self.reporters, rng).all()
        self._under_way: dict[str, tuple[float, Course]] = {}  # by victim: when it ends, and what it is
        self.struck: Counter[str] = Counter()

    def hurt_once(self) -> None:
        """One trouble, at a random moment, to something that is not in trouble."""
        self._let_pass(self.rng.expovariate(1 / BETWEEN_SECONDS))
        trouble = self.rng.choice([one for one in self._troubles if one.victim not in self._under_way])
        course = trouble.befall()
        self._under_way[trouble.victim] = (time.monotonic() + next(course), course)
        self.struck[trouble.name] += 1
        self.stack.discord.state.forget_nonces()
        if self.in_haste and not self._under_way:  # who stands still may hold what it would wait for
            self.stack.stored.let_time_pass()

    def calm_down(self) -> None:
        """Everything ends; the line is good and the clock right from now on."""
        while self._under_way:
            self._end_first()
        self._line.is_bad = False
        self.stack.set_clock(0)
        self.struck.update({f"connection {mood}": self._line.moods[mood] for mood in _SPOILT})

    def _let_pass(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while any(ends_at <= until for ends_at, _course in self._under_way.values()):
            self._end_first()
        self.stack.tend(until - time.monotonic())

    def _end_first(self) -> None:
        """Wait for the end of the trouble that ends first."""
        victim = min(self._under_way, key=lambda name: self._under_way[name][0])
        ends_at, course = self._under_way[victim]
        self.stack.tend(ends_at - time.monotonic())
        next(course, None)
        del self._under_way[victim]

    def make_reporter(self, server_id: str, token: str, rng: Random) -> Reporter:
        """A game server at the other end of the line."""
        return Reporter(self._line.port, server_id, token, PAUSE_SECONDS, rng, is_orderly=False)
