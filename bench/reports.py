"""Round reports to load the door with: a real match of 12 players, told by many servers about many rounds.

Report number n is round n // servers of server n % servers; every number always makes the same bytes.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.domain.fingerprint import START, fingerprint

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "round_report"
SERVERS = 64
ROUND_EVERY_SECONDS = 900
_MAPS = (
    *("supply", "etl_adlernest", "etl_ice", "te_escape2", "braundorf_b4", "sw_goldrush_te", "etl_frostbite"),
    *("etl_sp_delivery", "bremen_b3", "erdenberg_t2", "missile_b3"),
)
_MARK = re.compile(r"<<(\w+)>>")
_NUMBERS = ("start", "end", "first_start", "sequence")


@dataclass(frozen=True, slots=True)
class Round:
    """Which round a report tells of. `start_unix` with the server names it."""

    server: int
    map_name: str
    round_number: int
    start_unix: int
    first_start_unix: int

    @property
    def server_id(self) -> str:
        """The server's registered name."""
        return server_id(self.server)

    @property
    def fingerprint(self) -> str:
        """The round's identity, which a real reporter computes too."""
        return fingerprint(START, self.server_id, self.map_name, self.round_number, str(self.start_unix)).text

    @property
    def first_fingerprint(self) -> str:
        """The identity of the match's first round."""
        return fingerprint(START, self.server_id, self.map_name, 1, str(self.first_start_unix)).text


def server_id(number: int) -> str:
    """The name of one of the game servers."""
    return f"bench{number:02d}"


class Reports:
    """The bodies, by number. `since_unix`: when the first round of every server began."""

    def __init__(self, since_unix: int) -> None:
        self._since_unix = since_unix
        self._pieces = {1: _pieces("r1"), 2: _pieces("r2")}

    def round(self, number: int) -> Round:
        """What report `number` is about."""
        index, server = divmod(number, SERVERS)
        match, half = divmod(index, 2)
        first = self._since_unix + 2 * match * ROUND_EVERY_SECONDS
        start = first + half * ROUND_EVERY_SECONDS
        return Round(server, _MAPS[(match + server) % len(_MAPS)], half + 1, start, first)

    def body(self, number: int) -> bytes:
        """The bytes of report `number`."""
        told = self.round(number)
        values = {
            "fingerprint": told.fingerprint,
            "first_fingerprint": told.first_fingerprint,
            "event": f"{told.start_unix}-R{told.round_number}-{told.server_id}",
            "server": told.server_id,
            "map": told.map_name,
            "start": str(told.start_unix),
            "end": str(told.start_unix + 456),
            "first_start": str(told.first_start_unix),
            "sequence": str(number // SERVERS + 1),
        }
        pieces = self._pieces[told.round_number]
        return "".join(values[piece] if index % 2 else piece for index, piece in enumerate(pieces)).encode()


def _pieces(name: str) -> list[str]:
    """The report's text, cut where it differs from one to the next: text, field, text, field, … text."""
    tree: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    tree |= {"event_id": "<<event>>", "round_fingerprint": "<<fingerprint>>", "server_id": "<<server>>"}
    tree |= {"map_name": "<<map>>", "sequence": "<<sequence>>", "boot_id": "<<server>>"}
    tree |= {"round_start_unix": "<<start>>", "round_end_unix": "<<end>>"}
    if tree["r1"]:
        tree["r1"] |= {"round_start_unix": "<<first_start>>", "round_fingerprint": "<<first_fingerprint>>"}
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    for number in _NUMBERS:
        text = text.replace(f'"<<{number}>>"', f"<<{number}>>")
    return _MARK.split(text)
