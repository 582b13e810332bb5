"""The body the JSON stats suite submits after a round, of either version: what it says, or why it is not understood.

Read piece by piece, in whatever order its members come: a round's log may be many megabytes, and little of it is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.domain.stats_counters import StatsPlayer
from shared.domain.vocabulary import ParseStatus, QuarantineReason
from shared.parsers import suite_players, suite_round_info, suite_timeline
from shared.parsers.json_stream import JsonStream
from shared.parsers.notes import Notes
from shared.parsers.problem import Problem
from shared.parsers.suite_log import LogEntry, RoundLog
from shared.parsers.suite_players import MOST_PLAYERS, SuitePlayer
from shared.parsers.suite_round_info import RoundInfo


@dataclass(frozen=True, slots=True)
class SuiteSubmit:
    """What a submit says, in its own terms. `players` None: not told in a way that can be read.

    `timeline`: kills, revives and objectives in the order told; `log_counts`: all entries of the log by label.
    """

    info: RoundInfo
    players: tuple[SuitePlayer, ...] | None
    timeline: tuple[LogEntry, ...]
    log_counts: dict[str, int]

    def stats(self) -> tuple[StatsPlayer, ...]:
        """The players as a stats file would tell them: in a second round, what a first round's are taken from."""
        return tuple(player.stats for player in self.players or ())


@dataclass(frozen=True, slots=True)
class SuiteReading:
    """What a delivery says. `submit` is None exactly when `quarantine_reason` is set."""

    submit: SuiteSubmit | None
    parse_status: ParseStatus
    problems: tuple[Problem, ...] = ()
    quarantine_reason: QuarantineReason | None = None


def read(chunks: Iterable[bytes]) -> SuiteReading:
    """Read one body, already inflated, in chunks of any size; raises NotJson, whatever the chunks raise, and nothing else."""
    stream, notes = JsonStream(chunks), Notes()
    if not stream.opens("{"):
        stream.skip()
        stream.end()
        notes.drop("", "not_an_object", "a submit is an object")
        return _quarantined(notes)
    body = _Body(notes)
    for name in stream.members():
        body.take(name, stream)
    stream.end()
    return body.reading()


def _quarantined(notes: Notes) -> SuiteReading:
    return SuiteReading(None, ParseStatus.FAILED, notes.problems, QuarantineReason.SCHEMA_VIOLATION)


class _Body:
    """The members of a body, as far as they have come."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._info: dict[str, Any] = {}
        self._players: tuple[SuitePlayer, ...] | None = None
        self._log = RoundLog()

    def take(self, name: str, stream: JsonStream) -> None:
        if name == "round_info" and stream.opens("{"):
            self._take_info(stream)
        elif name == "player_stats":
            self._players = suite_players.read(stream, "/player_stats", self._notes)
        elif name == "gamelog":
            self._log.take(stream, "/gamelog", self._notes)
        else:
            stream.skip()

    def _take_info(self, stream: JsonStream) -> None:
        """In the suite's first version the round's logs stand here."""
        for name in stream.members():
            if name == "obituaries":
                self._log.take_obituaries(stream, "/round_info/obituaries", self._notes)
            elif name in suite_round_info.MEMBERS:
                self._info[name] = stream.value()
            else:
                stream.skip()

    def reading(self) -> SuiteReading:
        if self._players is not None and len(self._players) > MOST_PLAYERS:
            self._notes.drop("/player_stats", "too_long", f"more than {MOST_PLAYERS} players")
            return _quarantined(self._notes)
        info = suite_round_info.of_members(self._info, self._notes)
        if info is None:
            return _quarantined(self._notes)
        timeline = suite_timeline.of_round(self._log, self._players or (), info)
        submit = SuiteSubmit(info, self._players, timeline, dict(self._log.counts))
        return SuiteReading(submit, self._notes.parse_status, self._notes.problems)
