"""Game servers under load: each sends one report after the other and, as the reporter does, the same again until a 2xx."""

import http.client
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.factories import R1_START, R2_END, R2_START, a_player, a_report, a_second_report, as_body

PLAYERS = 12
MATCH_EVERY_SECONDS = 1_800
ANSWER_WITHIN_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 0.4
UNAVAILABLE = 503
_OUT_OF_ORDER = 4
SENT_AGAIN_ALL_THE_SAME = 0.1  # share of the acknowledged reports
_MAPS = ("supply", "etl_adlernest", "etl_ice", "te_escape2", "sw_goldrush_te")
_R2_AFTER_SECONDS = R2_START - R1_START
_R2_LASTS_SECONDS = R2_END - R2_START


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A report that was answered with 2xx: its bytes, and what the first such answer said."""

    server_id: str
    body: bytes
    status: int
    receipt: dict[str, Any]


def report_body(server_id: str, number: int, players: int = PLAYERS) -> bytes:
    """The bytes of a server's report `number`: match after match, R1 and R2."""
    match, half = divmod(number, 2)
    first_start = R1_START + match * MATCH_EVERY_SECONDS
    facts: dict[str, Any] = {
        "server_id": server_id,
        "event_id": f"{server_id}-{number}",
        "sequence": number + 1,
        "map_name": _MAPS[match % len(_MAPS)],
        "players": [a_player(slot) for slot in range(players)],
    }
    if half == 0:
        return as_body(a_report(round_start_unix=first_start, round_end_unix=first_start + 456, **facts))
    start = first_start + _R2_AFTER_SECONDS
    second = {"round_start_unix": start, "round_end_unix": start + _R2_LASTS_SECONDS}
    return as_body(a_second_report(**second, r1={"round_start_unix": first_start}, **facts))


def post(port: int, token: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """One request over a connection of its own, as curl makes it. Raises OSError or HTTPException without an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN_SECONDS)
    try:
        connection.request("POST", "/v1/rounds", body, {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class Reporter(threading.Thread):
    """One game server. It sends until told to stop, and then ends what it has begun.

    `in_vain` counts the attempts it had to repeat, `cut_off` those among them that broke off after the connection stood:
    whether the report was kept, nobody knows then. `refusals` are answers that no outage excuses. One that is not orderly
    sends later rounds before earlier ones.
    """

    def __init__(
        self, port: int, server_id: str, token: str, pause_seconds: float, rng: Random, *, is_orderly: bool = True
    ) -> None:
        super().__init__(name=server_id)
        self.server_id, self.token = server_id, token
        self.acknowledged: list[Acknowledged] = []
        self.refusals: list[str] = []
        self.in_vain = self.cut_off = 0
        self._port, self._pause_seconds, self._rng = port, pause_seconds, rng
        self._is_orderly = is_orderly
        self._told_to_stop = threading.Event()
        self._must_leave = threading.Event()

    def run(self) -> None:
        """Report after report."""
        numbers = self._numbers()
        while not self._told_to_stop.wait(self._rng.uniform(0, 2 * self._pause_seconds)):
            self._deliver(report_body(self.server_id, next(numbers)))
            if self.acknowledged and self._rng.random() < SENT_AGAIN_ALL_THE_SAME:
                self._try_once(self._rng.choice(self.acknowledged).body)

    def finish(self) -> None:
        """Begin nothing new; what was begun is sent until it is acknowledged."""
        self._told_to_stop.set()

    def leave(self) -> None:
        """Give up, whatever is under way."""
        self._told_to_stop.set()
        self._must_leave.set()

    def _numbers(self) -> Iterator[int]:
        for first in itertools.count(0, _OUT_OF_ORDER):
            block = range(first, first + _OUT_OF_ORDER)
            yield from block if self._is_orderly else self._rng.sample(block, _OUT_OF_ORDER)

    def _deliver(self, body: bytes) -> None:
        while not self._must_leave.is_set():
            answer = self._try_once(body)
            if answer is not None:
                self.acknowledged.append(Acknowledged(self.server_id, body, *answer))
                return
            self._must_leave.wait(self._rng.uniform(0, LONGEST_PAUSE_SECONDS))

    def _try_once(self, body: bytes) -> tuple[int, dict[str, Any]] | None:
        try:
            status, receipt = post(self._port, self.token, body)
        except (OSError, http.client.HTTPException, ValueError) as error:  # the last: an answer cut in its head
            self.in_vain += 1
            self.cut_off += not isinstance(error, ConnectionRefusedError)
            return None
        if 200 <= status < 300:
            return status, receipt
        self.in_vain += 1
        if status != UNAVAILABLE:
            self.refusals.append(f"{self.server_id}: {status} {receipt.get('code')}")
        return None
