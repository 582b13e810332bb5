"""Kill one part of the service again and again, at random moments, while game servers keep reporting; then look for damage."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fakes.discord_api import faults
from tests.faults.findings import Findings, look_for_damage
from tests.faults.reporters import Reporter
from tests.faults.stack import POSTGRES, Stack, running_stack

SERVERS = 16
PAUSE_SECONDS = {"api": 0.15, "worker": 0.6, "presenter": 0.8, POSTGRES: 0.3}  # between two reports of a server
DIES_EARLY = 0.2  # share of the kills that hit a process while it starts
LONGEST_START_SECONDS = 1.0
LONGEST_WORK_SECONDS = 0.6
SLOW_ANSWERS = 0.5  # share of the presenter's lives in which Discord hesitates, each holding a message it has posted
LONGEST_ANSWER_SECONDS = 0.5
LEASE_AND_RETRY_SECONDS = 150.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. `in_vain`: attempts that were repeated; `cut_off`: those of them whose outcome nobody knew;
    `kept_unanswered`: reports that had been kept although their sender got no answer, told when they came again.
    """

    victim: str
    seed: int
    kills: int
    acknowledged: int
    in_vain: int
    cut_off: int
    kept_unanswered: int
    messages: int
    findings: Findings
    seconds: float

    @property
    def line(self) -> str:
        """All of it in one line."""
        return (
            f"{self.victim}: {self.kills} kills, {self.acknowledged} reports acknowledged, "
            f"{self.in_vain} attempts in vain ({self.cut_off} cut off, {self.kept_unanswered} reports kept all the same), "
            f"{self.messages} messages, lost {len(self.findings.lost)}, "
            f"doubled {len(self.findings.doubled)}, otherwise wrong {len(self.findings.wrong)}, "
            f"{self.seconds:.0f} s (seed {self.seed})"
        )


def rampage(victim: str, kills: int, seed: int, logs: Path, *, in_haste: bool) -> Report:
    """Kill `victim` so often and report. `in_haste`: leases and delays are ended by hand instead of waited for."""
    began = time.monotonic()
    try:
        with running_stack(logs) as stack:
            return Rampage(stack, victim, Random(seed), in_haste=in_haste).go(kills, seed, began)
    except Exception as error:
        error.add_note(f"seed {seed}; the processes' logs are in {logs}")
        raise


class Rampage:
    """One run; `hurt_once` is what is done again and again. `settling_seconds`: within which it must come to rest."""

    settling_seconds = LEASE_AND_RETRY_SECONDS

    def __init__(self, stack: Stack, victim: str, rng: Random, *, in_haste: bool) -> None:
        self.stack, self._victim, self.rng, self.in_haste = stack, victim, rng, in_haste
        self.reporters = [self._reporter(f"srv{number:02d}") for number in range(SERVERS)]

    def go(self, kills: int, seed: int, began: float) -> Report:
        """The load, the kills, the calm after them, and what is found then."""
        if self._victim == "worker":
            self.stack.stored.make_the_door_stumble()
        for reporter in self.reporters:
            reporter.start()
        try:
            for _ in range(kills):
                self.hurt_once()
            self._settle()
        finally:
            for reporter in self.reporters:
                reporter.leave()
        acknowledged = [one for reporter in self.reporters for one in reporter.acknowledged]
        findings = look_for_damage(self.stack, self.reporters)
        return Report(
            self._victim,
            seed,
            kills,
            len(acknowledged),
            sum(reporter.in_vain for reporter in self.reporters),
            sum(reporter.cut_off for reporter in self.reporters),
            sum(one.receipt["outcome"] == "duplicate" for one in acknowledged),
            len(self.stack.discord.state.shown_messages()),
            findings,
            time.monotonic() - began,
        )

    def hurt_once(self) -> None:
        """One kill, early in a life or when something was achieved."""
        if self.rng.random() < DIES_EARLY:
            self.stack.tend(self.rng.uniform(0, LONGEST_START_SECONDS))
        else:
            progress = self._progress()
            before = progress()
            self.stack.wait_until(lambda: progress() > before, f"the {self._victim} is at work again")
            self.stack.tend(self.rng.uniform(0, LONGEST_WORK_SECONDS))
        if self._victim == "presenter" and self.rng.random() < SLOW_ANSWERS:
            hesitation = faults.slow(self.rng.uniform(0, LONGEST_ANSWER_SECONDS), stores=True)
            self.stack.discord.state.faults.append(hesitation)
            self.stack.tend(self.rng.uniform(0, LONGEST_ANSWER_SECONDS))
        self.stack.kill(self._victim)
        self.stack.discord.state.forget_nonces()  # Discord remembers them for minutes: too short to rely on
        if self.in_haste and self._victim != POSTGRES:
            self.stack.stored.let_time_pass()
        self.stack.start_again(self._victim)

    def _progress(self) -> Callable[[], int]:
        """What grows when the victim is at work."""
        if self._victim == "presenter":
            return lambda: len(self.stack.discord.state.journal)
        if self._victim == "worker":
            return lambda: self._count("SELECT count(*) FROM round_events WHERE state = 'published'")
        return lambda: sum(len(reporter.acknowledged) for reporter in self.reporters)

    def calm_down(self) -> None:
        """Whatever troubles last end; a kill is over at once."""

    def _settle(self) -> None:
        """The last report is acknowledged, and nothing is left to be judged or said."""
        self.calm_down()
        for reporter in self.reporters:
            reporter.finish()
        self.stack.wait_until(self._reporters_are_done, "every report is acknowledged")
        if self.in_haste:
            self.stack.stored.let_time_pass()
        self.stack.wait_until(self._is_quiet, "everything is judged and said", self.settling_seconds)

    def _reporters_are_done(self) -> bool:
        return not any(reporter.is_alive() for reporter in self.reporters)

    def _is_quiet(self) -> bool:
        """Asked in the order in which a report travels: what moves on between two questions is counted by the later one."""
        spooled = self.stack.stored.waiting_in_spool()
        unfinished = self._count("SELECT count(*) FROM round_events WHERE state IN ('seen', 'enriched')")
        unsaid = self._count("SELECT count(*) FROM publications WHERE status IN ('pending', 'claimed')")
        return spooled + unfinished + unsaid == 0

    def _count(self, question: str) -> int:
        ((found,),) = self.stack.stored.ask(question)
        return int(found)

    def _reporter(self, server_id: str) -> Reporter:
        token = self.stack.register(server_id)
        return self.make_reporter(server_id, token, Random(self.rng.random()))

    def make_reporter(self, server_id: str, token: str, rng: Random) -> Reporter:
        """A game server."""
        return Reporter(self.stack.port, server_id, token, PAUSE_SECONDS[self._victim], rng)
