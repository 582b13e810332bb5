"""What the JSON stats suite says of a round as a whole. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from shared.domain import fingerprint
from shared.domain.vocabulary import Side
from shared.parsers.duration_text import duration_ms
from shared.parsers.notes import Notes
from shared.parsers.suite_text import text_of

LONGEST_MAP_NAME = 64
LARGEST_PROCESS_MS = 2**53
LARGEST_PORT = 65_535
MEMBERS = frozenset(
    "mapname round winnerteam defenderteam timelimit nextTimeLimit round_start_unix round_end_unix round_end servername "
    "server_ip server_port config matchID stats_version mod_version".split()
)
"""What is read of a round; there may be more, and of any size."""
_SUITES_OWN_NUMBER = re.compile(r"[0-9]{10}")
_AT = "/round_info"


@dataclass(frozen=True, slots=True)
class RoundInfo:
    """The round, in the suite's own terms. Sides: 1 may stand for unknown, the suite cannot tell.

    `limit_ms`, `next_limit_ms`: of `M:SS` texts, cut to seconds. `round_end_process_ms`: the server's process clock, which
    runs on in pauses; the start's is not told, since it may be of another clock.
    """

    map_name: str
    round_number: int
    winner: Side | None
    defender: Side | None
    limit_ms: int | None
    next_limit_ms: int | None
    round_start_unix: int | None
    round_end_unix: int | None
    round_end_process_ms: int | None
    server_name: str | None
    server_ip: str | None
    server_port: int | None
    config: str | None
    match_id_raw: str | None
    sender_version: str | None
    mod_version: str | None

    @property
    def match_id(self) -> str | None:
        """The id a match manager gave; a number of ten digits is the suite's own and identifies nothing."""
        raw = self.match_id_raw
        return None if raw is None or _SUITES_OWN_NUMBER.fullmatch(raw) else raw

    @property
    def wall_clock_ms(self) -> int | None:
        """From start to end, pauses included."""
        if self.round_start_unix is None or self.round_end_unix is None:
            return None
        return (self.round_end_unix - self.round_start_unix) * 1_000


def of_members(members: dict[str, Any], notes: Notes) -> RoundInfo | None:
    """The round of these members; None, with a note, when it has no usable map or number."""
    map_name = notes.text(members.get("mapname"), f"{_AT}/mapname", LONGEST_MAP_NAME)
    number = notes.whole(members.get("round"), f"{_AT}/round", most=2)
    round_number = None if number is None else fingerprint.round_number(number)
    if map_name is None or round_number is None:
        name = "mapname" if map_name is None else "round"
        notes.drop(f"{_AT}/{name}", f"no_{name}", f"a round needs its {name}")
        return None
    start_unix, end_unix = notes.span_unix(
        (members.get("round_start_unix"), f"{_AT}/round_start_unix"),
        (members.get("round_end_unix"), f"{_AT}/round_end_unix"),
    )
    return RoundInfo(
        map_name=map_name,
        round_number=round_number,
        winner=notes.side(members.get("winnerteam"), f"{_AT}/winnerteam"),
        defender=notes.side(members.get("defenderteam"), f"{_AT}/defenderteam"),
        limit_ms=_clock_ms(members, "timelimit", notes),
        next_limit_ms=_clock_ms(members, "nextTimeLimit", notes),
        round_start_unix=start_unix,
        round_end_unix=end_unix,
        round_end_process_ms=notes.whole(members.get("round_end"), f"{_AT}/round_end", most=LARGEST_PROCESS_MS),
        server_name=_text(members, "servername", notes),
        server_ip=_text(members, "server_ip", notes),
        server_port=notes.whole(members.get("server_port"), f"{_AT}/server_port", most=LARGEST_PORT),
        config=_text(members, "config", notes),
        match_id_raw=_text(members, "matchID", notes),
        sender_version=_text(members, "stats_version", notes),
        mod_version=_text(members, "mod_version", notes),
    )


def _text(members: dict[str, Any], name: str, notes: Notes) -> str | None:
    return text_of(members.get(name), f"{_AT}/{name}", notes)


def _clock_ms(members: dict[str, Any], name: str, notes: Notes) -> int | None:
    """A clock of the engine; 0:00 is one that was already cleared."""
    text = notes.text(members.get(name), f"{_AT}/{name}")
    if text is None:
        return None
    clock_ms = duration_ms(text)
    if clock_ms is None:
        notes.drop(f"{_AT}/{name}", "not_a_clock", "`M:SS` is needed here")
    return clock_ms or None
