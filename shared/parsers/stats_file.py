"""Bytes of a stats file to what it says: one header, one line for each player, and everything that could not be read.

Every byte string has a reading: facts, or the reason why there are none. A bad value costs itself, a bad line itself.
"""

import codecs
import hashlib
from collections import Counter
from dataclasses import dataclass

from shared.domain.player_key import PlayerKeys, is_bot
from shared.domain.stats_counters import StatsPlayer
from shared.domain.vocabulary import ParseStatus, QuarantineReason
from shared.parsers import stats_header, stats_player_line
from shared.parsers.file_problem import HARMLESS, ProblemCode, problem
from shared.parsers.problem import MOST_NOTES, Problem
from shared.parsers.stats_header import StatsHeader, TimeSource

MOST_BYTES = 1_048_576
MOST_PLAYERS = 256  # a server has 64 places; leavers keep their lines
MOST_PLAUSIBLE_PLAYERS = 64
ROUNDING_MINUTES = 0.1


@dataclass(frozen=True, slots=True)
class StatsFile:
    """What a stats file says, as read: a second round's counters still hold the first's.

    `quarantine_reason` is None exactly when there are a header and at least one player. Of more than 50
    `problems` the worst are kept.
    """

    header: StatsHeader | None
    players: tuple[StatsPlayer, ...]
    parse_status: ParseStatus
    problems: tuple[Problem, ...] = ()
    quarantine_reason: QuarantineReason | None = None

    @property
    def actual_playtime_seconds(self) -> float | None:
        """What was played, by the header's ninth field."""
        return self.header.actual_playtime_seconds if self.header else None

    @property
    def round_time_seconds(self) -> float | None:
        """The ninth field, else the header clock."""
        return self.header.round_time_seconds if self.header else None

    @property
    def round_time_source(self) -> TimeSource | None:
        """Which of the two it is."""
        return self.header.round_time_source if self.header else None


def payload_sha256(body: bytes) -> str:
    """The digest of all that follows the header line: equal for one round's file saved under two names."""
    return hashlib.sha256(body.partition(b"\n")[2]).hexdigest()


def read(body: bytes) -> StatsFile:
    """Read one file; never raises. Bytes that are no UTF-8, and NUL, become U+FFFD."""
    if len(body) > MOST_BYTES:
        return _quarantined(QuarantineReason.TOO_LARGE)
    text = body.removeprefix(codecs.BOM_UTF8).decode(errors="replace").replace("\0", "\ufffd")
    if not text.strip():
        return _quarantined(QuarantineReason.EMPTY)
    lines = (text.replace("\r\n", "\n") if "\r" in text else text).split("\n")
    is_terminated = not lines[-1]
    if is_terminated:
        lines.pop()
    problems: list[Problem] = []
    header = stats_header.read(lines[0], problems)
    if header is None:
        return _quarantined(QuarantineReason.MALFORMED_HEADER, problems)
    players = _players(lines, problems, is_terminated=is_terminated)
    if players is None:
        return _quarantined(QuarantineReason.TOO_LARGE, problems, header)
    if not players:
        return _quarantined(QuarantineReason.NO_READABLE_PLAYER, problems, header)
    players = _told_apart(players, problems)
    _flag(header, players, problems)
    return StatsFile(header, tuple(players), _status(problems), _kept(problems))


def _players(lines: list[str], problems: list[Problem], *, is_terminated: bool) -> list[StatsPlayer] | None:
    """The players in the file's order; None when they are more than any server holds."""
    players = []
    last = len(lines)
    for number, line in enumerate(lines[1:], 2):
        if line and (
            player := stats_player_line.read(line, number, problems, is_cut=number == last and not is_terminated)
        ):
            players.append(player)
            if len(players) > MOST_PLAYERS:
                return None
        if len(problems) > 2 * MOST_NOTES:
            problems[:] = _worst(problems)
    if not is_terminated:
        problems.append(problem(last, "", ProblemCode.NOT_TERMINATED, "the last line has no end"))
    return players


def _told_apart(players: list[StatsPlayer], problems: list[Problem]) -> list[StatsPlayer]:
    """The players with keys of their own."""
    lines_of = Counter(player.guid8 for player in players)
    if (
        len(lines_of) == len(players)
        and "" not in lines_of
        and not any(is_bot(player.guid8, player.name) for player in players)
    ):
        return players
    if shared := len(players) - len(lines_of):
        message = f"{shared} players have the GUID of another, or none as another"
        problems.append(problem(1, "guid", ProblemCode.SHARED_GUID, message))
    keys = PlayerKeys()
    return [
        player._replace(key=keys.key(player.guid8, player.name, is_bot=is_bot(player.guid8, player.name)))
        for player in players
    ]


def _flag(header: StatsHeader, players: list[StatsPlayer], problems: list[Problem]) -> None:
    """What no round can hold, though a single line may."""
    if len(players) > MOST_PLAUSIBLE_PLAYERS:
        problems.append(problem(1, "", ProblemCode.IMPLAUSIBLE, f"more than {MOST_PLAUSIBLE_PLAYERS} players"))
    if header.limit_seconds is None:
        return
    longest_minutes = header.round_number * header.limit_seconds / 60 + ROUNDING_MINUTES
    if max(player.fields.time_played_minutes or 0 for player in players) > longest_minutes:
        message = "somebody played longer than the limit allows"
        problems.append(problem(1, "time_played_minutes", ProblemCode.IMPLAUSIBLE, message))


def _kept(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(problems if len(problems) <= MOST_NOTES else _worst(problems))


def _worst(problems: list[Problem]) -> list[Problem]:
    """As many as are kept, those first for which something was dropped."""
    return sorted(problems, key=lambda found: found.code in HARMLESS)[:MOST_NOTES]


def _status(problems: list[Problem]) -> ParseStatus:
    return ParseStatus.OK if all(found.code in HARMLESS for found in problems) else ParseStatus.PARTIAL


def _quarantined(
    reason: QuarantineReason, problems: list[Problem] | None = None, header: StatsHeader | None = None
) -> StatsFile:
    return StatsFile(header, (), ParseStatus.FAILED, _kept(problems or []), reason)
