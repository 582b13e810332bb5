"""Rounds reported over a line and to a service that fail in every way; then: is every round stored, and stored once?"""

import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.bad_line import BadLine, Mood
from tests.faults.findings import Findings
from tests.faults.game_hosts import GameHost
from tests.faults.stack import Stack, running_stack

DELIVERIES = "deliveries"
HOSTS = ("5.4", "luajit", "5.4", "luajit")
SERVICE_DIES, SENDERS_DIE, TIME_PASSES = 0.05, 0.1, 0.5  # shares of the rounds
LONGEST_OUTAGE_SECONDS = 1.5
RECOVERY_SECONDS = 300.0
_KEPT = "SELECT server_id, content_sha256, count(*) FROM deliveries GROUP BY server_id, content_sha256"
_TOLD = """
    SELECT d.server_id, d.content_sha256, e.round_id FROM deliveries d LEFT JOIN round_events e ON e.delivery_id = d.id
"""
_ROUNDS = "SELECT id FROM rounds"
_RECEIPTS = "SELECT count(*) FROM delivery_receipts"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. `sent`: requests that reached the service; the rest of the connections the line spoilt."""

    seed: int
    rounds: int
    connections: int
    spoilt: int
    received: int
    service_kills: int
    sender_kills: int
    most_waiting: int
    recovery_seconds: float
    seconds: float
    findings: Findings

    @property
    def line(self) -> str:
        """All of it in one line."""
        return (
            f"{DELIVERIES}: {self.rounds} rounds, {self.connections} connections ({self.spoilt} spoilt), "
            f"{self.received} deliveries received, {self.service_kills} kills of the service, {self.sender_kills} of "
            f"senders' processes, at most {self.most_waiting} reports waiting, {self.recovery_seconds:.0f} s to recover, "
            f"lost {len(self.findings.lost)}, doubled {len(self.findings.doubled)}, "
            f"otherwise wrong {len(self.findings.wrong)}, {self.seconds:.0f} s (seed {self.seed})"
        )


def torment(rounds: int, seed: int, logs: Path) -> Report:
    """Play so many rounds while everything fails, let it recover, look."""
    try:
        with running_stack(logs) as stack:
            return _Torment(stack, Random(seed), logs).go(rounds, seed)
    except Exception as error:
        error.add_note(f"seed {seed}; the processes' logs are in {logs}")
        raise


class _Torment:
    def __init__(self, stack: Stack, rng: Random, folder: Path) -> None:
        self._stack, self._rng = stack, rng
        self._line = BadLine(stack.port, Random(rng.random()))
        self._hosts = [self._host(folder, number, lua) for number, lua in enumerate(HOSTS)]
        self._service_kills = self._most_waiting = 0

    def go(self, rounds: int, seed: int) -> Report:
        """The bad time, the good time after it, and what is found then."""
        began = time.monotonic()
        while sum(len(host.reports) for host in self._hosts) < rounds:
            self._one_round(self._rng.choice(self._hosts))
        self._line.is_bad = False
        recovery_began = time.monotonic()
        self._stack.wait_until(self._is_recovered, "every report has left", RECOVERY_SECONDS)
        recovery_seconds = time.monotonic() - recovery_began
        self._line.close()
        ((received,),) = self._stack.stored.ask(_RECEIPTS)
        moods = self._line.moods
        return Report(
            seed,
            sum(len(host.reports) for host in self._hosts),
            moods.total(),
            moods.total() - moods[Mood.FINE] - moods[Mood.SLOW],
            int(received),
            self._service_kills,
            sum(host.senders_killed for host in self._hosts),
            self._most_waiting,
            recovery_seconds,
            time.monotonic() - began,
            self._look(),
        )

    def _one_round(self, host: GameHost) -> None:
        host.play()
        if self._rng.random() < SERVICE_DIES:
            self._stack.kill("api")
            time.sleep(self._rng.uniform(0, LONGEST_OUTAGE_SECONDS))
            self._stack.start_again("api")
            self._service_kills += 1
        if self._rng.random() < SENDERS_DIE:
            host.kill_senders()
        if self._rng.random() < TIME_PASSES:
            host.let_time_pass()
        self._most_waiting = max(self._most_waiting, sum(each.waiting for each in self._hosts))

    def _is_recovered(self) -> bool:
        left = [host for host in self._hosts if host.waiting]
        for host in left:
            host.let_time_pass()
            host.sweep()
        self._stack.tend(0.5)
        return not left

    def _look(self) -> Findings:
        """Each report once among the deliveries, with the round it tells, and no round that nobody told of."""
        findings = Findings(wrong=self._stack.accidents.copy())
        kept = {(server_id, sha256): times for server_id, sha256, times in self._stack.stored.ask(_KEPT)}
        told = {(server_id, sha256): round_id for server_id, sha256, round_id in self._stack.stored.ask(_TOLD)}
        rounds: Counter[int] = Counter()
        for host in self._hosts:
            findings.wrong += [f"{host.server_id}: refused {name}" for name in host.refused]
            findings.wrong += [f"{host.server_id}: {line}" for line in host.console.splitlines() if "internal" in line]
            for body in host.reports:
                name = f"report {json.loads(body)['event_id']} of {host.server_id}"
                key = host.server_id, hashlib.sha256(body).hexdigest()
                findings.count(name, kept.pop(key, 0))
                findings.count(f"round of {name}", int(told.get(key) is not None))
                rounds[told.get(key) or 0] += 1
        findings.doubled += [f"round {number}, told {times} times" for number, times in rounds.items() if times > 1]
        findings.wrong += [f"a delivery of {server_id} that nobody sent" for server_id, _ in kept]
        findings.wrong += [
            f"round {number} that nobody told" for (number,) in self._stack.stored.ask(_ROUNDS) if number not in rounds
        ]
        return findings

    def _host(self, folder: Path, number: int, lua: str) -> GameHost:
        server_id = f"srv{number:02d}"
        url = f"http://127.0.0.1:{self._line.port}"
        token = self._stack.register(server_id)
        return GameHost(folder / server_id, server_id, token, url, lua, Random(self._rng.random()))
