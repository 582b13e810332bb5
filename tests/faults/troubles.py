"""What can befall a running service. Each trouble strikes, says for how many seconds it lasts, and then ends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.contract.small_disk import SmallDisk
from tests.faults.crowds import slow_clients, storm
from tests.faults.reporters import Reporter
from tests.faults.stack import POSTGRES, VICTIMS, Stack

LONGEST_DEATH_SECONDS = 0.4
LONGEST_STANDSTILL_SECONDS = 1.5
LARGEST_CLOCK_STEP_SECONDS = 300.0
Course = Iterator[float]
"""A trouble under way: what it yields is how long it lasts."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """`victim`: what it befalls, to which nothing else may happen meanwhile."""

    name: str
    victim: str
    befall: Callable[[], Course]


class Troubles:
    """The troubles of one service. `reporters`: who sends to it."""

    def __init__(self, stack: Stack, disk: SmallDisk, reporters: Sequence[Reporter], rng: Random) -> None:
        self._stack, self._disk, self._reporters, self._rng = stack, disk, reporters, rng

    def all(self) -> list[Trouble]:
        """Every one that is possible here: a disk is filled only where it is one of its own."""
        found = [Trouble(f"{name} killed", name, lambda name=name: self._kill(name)) for name in VICTIMS]
        found += [Trouble(f"{name} stopped", name, lambda name=name: self._hold(name)) for name in VICTIMS]
        found += [
            Trouble("postgres ended at once", POSTGRES, self._end_database_at_once),
            Trouble("slow clients", "clients", self._let_slow_clients_in),
            Trouble("storm of copies", "copies", self._storm),
            Trouble("clock stepped", "clock", self._step_clock),
        ]
        # A database on a full disk may end, and cannot be started before there is room again.
        return [*found, Trouble("disk full", POSTGRES, self._fill_disk)] if self._disk.is_mounted else found

    def _kill(self, victim: str) -> Course:
        self._stack.kill(victim)
        yield self._rng.uniform(0, LONGEST_DEATH_SECONDS)
        self._stack.start_again(victim)

    def _hold(self, victim: str) -> Course:
        self._stack.hold(victim)
        yield self._rng.uniform(0, LONGEST_STANDSTILL_SECONDS)
        self._stack.let_go(victim)

    def _end_database_at_once(self) -> Course:
        self._stack.stop_database_at_once()
        yield self._rng.uniform(0, LONGEST_DEATH_SECONDS)
        self._stack.start_again(POSTGRES)

    def _let_slow_clients_in(self) -> Course:
        with slow_clients(self._stack.port, self._reporters[0].token):
            yield self._rng.uniform(0, LONGEST_STANDSTILL_SECONDS)

    def _storm(self) -> Course:
        reporter = self._rng.choice(self._reporters)
        if reporter.acknowledged:
            storm(self._stack.port, reporter.token, self._rng.choice(reporter.acknowledged).body)
        yield 0

    def _step_clock(self) -> Course:
        self._stack.set_clock(self._rng.uniform(-LARGEST_CLOCK_STEP_SECONDS, LARGEST_CLOCK_STEP_SECONDS))
        yield 0

    def _fill_disk(self) -> Course:
        self._disk.fill()
        yield self._rng.uniform(0, LONGEST_STANDSTILL_SECONDS)
        self._disk.empty()
        self._stack.revive()
