"""The rounds that were played in each recording, as whoever watched it knows them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """A round as the recording shows it. Sides as in a report: 1 Axis, 2 Allies."""

    map_name: str
    number: int
    kind: str
    reason: str
    elapsed_ms: int
    start_unix: int
    winner: int | None = None
    next_limit_raw: str | None = None
    limit_raw: str = "1"
    attempt: int = 1
    has_r1: bool = False


OBJECTIVE, HELD = "Wolf EndRound.", "Timelimit hit."
EXPECTED: dict[str, list[Told]] = {
    "full-map-then-map-change": [
        Told("boxone", 1, "objective", OBJECTIVE, 20050, 1795226916, 2, "0.334167"),
        Told("boxone", 2, "timelimit", HELD, 20100, 1795226947, 1, "0.334167", "0.334167", has_r1=True),
        Told("boxtwo", 1, "aborted", "server_quit", 28800, 1795226978),
    ],
    "same-map-again": [
        Told("oasis", 1, "objective", OBJECTIVE, 20050, 1795227168, 2, "0.334167"),
        Told("oasis", 2, "timelimit", HELD, 20100, 1795227198, 1, "0.334167", "0.334167", has_r1=True),
        Told("oasis", 1, "aborted", "server_quit", 33800, 1795227229),
    ],
    "nextmap-set-during-r1": [
        Told("boxone", 1, "objective", OBJECTIVE, 20050, 1795226916, 2, "0.334167"),
        Told("boxtwo", 1, "objective", OBJECTIVE, 20050, 1795226947, 2, "0.334167"),
    ],
    "restart-mapchange-luarestart": [
        Told("boxone", 1, "aborted", "map_restart", 13500, 1795226916),
        Told("boxone", 1, "aborted", "map_change", 25700, 1795226929, attempt=2),
        Told("boxtwo", 1, "aborted", "server_quit", 29150, 1795226958),
    ],
    "readyup-everyone-leaves": [
        Told("boxone", 1, "objective", OBJECTIVE, 20050, 1795227402, 2, "0.334167"),
        Told("boxone", 2, "objective", OBJECTIVE, 20050, 1795227437, 2, "0.334167", "0.334167", has_r1=True),
        Told("boxone", 1, "aborted", "empty_team", 18300, 1795227471),
    ],
    "pause-and-resets": [
        Told("boxone", 1, "aborted", "map_restart", 38450, 1795227068),
        Told("boxone", 1, "aborted", "back_to_warmup", 40650, 1795227105, attempt=2),
        Told("boxone", 1, "aborted", "back_to_warmup", 17350, 1795227169, attempt=3),
        Told("boxone", 1, "aborted", "server_quit", 29200, 1795227189, attempt=4),
    ],
    "surrender-by-attackers": [
        Told("boxone", 1, "surrender_allies", "Allies Surrender", 7500, 1795227396, 1, "1.000000"),
        Told("boxone", 2, "aborted", "server_quit", 57100, 1795227414, limit_raw="1.000000", has_r1=True),
    ],
    "surrender-by-defenders-and-spoofing": [
        Told("boxone", 1, "surrender_axis", "Axis Surrender", 12450, 1795228218, 2, "0.207500"),
        Told("boxone", 2, "aborted", "server_quit", 11300, 1795228242, limit_raw="0.207500", has_r1=True),
    ],
    "empty-server": [],
    "odd-names": [
        Told("oasis", 1, "objective", OBJECTIVE, 20050, 1795227788, 2, "0.334167"),
        Told("oasis", 2, "aborted", "server_quit", 5600, 1795227819, limit_raw="0.334167", has_r1=True),
    ],
}
