"""One evening's first map told by every voice there is, and what the database makes of it, free of who came first."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from ingest_api.services.arrival import Arrival, RateLimits, Receipt
from ingest_api.services.judge_again import judge_due_events, settle_published_events
from ingest_api.services.judging import Rules
from ingest_api.services.receive import receive
from ingest_api.services.servers import add_server
from shared.domain.vocabulary import Kind
from tests.factories import a_player, a_report, as_body

GOLDEN = Path(__file__).parents[1] / "golden"
SENDERS, STATS_FILES = GOLDEN / "senders", GOLDEN / "stats_file" / "9-field"
R1_START, R1_END = 1_770_159_062, 1_770_159_309
R2_START, R2_END = 1_770_159_457, 1_770_159_704
MIDNIGHT = datetime(2026, 2, 4, tzinfo=UTC)
ZONE_OF_THE_STAMPS = "Etc/GMT-1"
NORDIK, KAAMOS = "AB12CD340000000000000000000000AA", "7A00BEEF0000000000000000000000BB"


@dataclass(frozen=True)
class Voice:
    """Something a sender says of a round."""

    kind: Kind
    body: bytes = field(repr=False)
    filename: str | None = None


def _file(kind: Kind, path: Path) -> Voice:
    return Voice(kind, path.read_bytes(), path.name)


def told_by_reporter(number: int, **told: Any) -> Voice:
    sides = {1: (2, 1), 2: (1, 2)}[number]
    players = [
        a_player(0, sides[0], guid=NORDIK, name="^2Nord^7ik"),
        a_player(1, sides[1], guid=KAAMOS, name="^4Kaa^$mos"),
    ]
    common = {"map_name": "etl_frostbite", "round_number": number, "event_id": f"e-{number}", "players": players}
    return Voice(Kind.ROUND_REPORT, as_body(a_report(**common | told)))


R1 = {
    "report": told_by_reporter(
        1, round_start_unix=R1_START, round_end_unix=R1_END, elapsed_ms=247_050, limit_ms=720_000, next_limit_ms=247_050
    ),
    "message": Voice(Kind.STATS_MESSAGE, (SENDERS / "stats_message" / "r1.json").read_bytes()),
    "suite": Voice(Kind.SUITE_JSON, (SENDERS / "suite" / "r1-minimal.json").read_bytes()),
    "gametime": _file(Kind.GAMETIME_FILE, SENDERS / "gametime" / "gametime-etl_frostbite-R1-1770159309.json"),
    "stats": _file(Kind.STATS_FILE, STATS_FILES / "2026-02-03-235512-etl_frostbite-round-1.txt"),
    "endstats": _file(
        Kind.ENDSTATS_FILE, SENDERS / "endstats" / "2026-02-03-235514-etl_frostbite-round-1-endstats.txt"
    ),
    "poorer endstats": Voice(
        Kind.ENDSTATS_FILE,
        b"Most damage given\tNordik\t1820\nMost revives\tKaamos\t7\n",
        "2026-02-03-235513-etl_frostbite-round-1-endstats.txt",
    ),
    "proximity": _file(
        Kind.PROXIMITY_FILE, SENDERS / "proximity" / "2026-02-03-235510-etl_frostbite-round-1_engagements.txt"
    ),
    "notice": Voice(Kind.FILENAME_NOTICE, (SENDERS / "filename_notice" / "r1-stats.json").read_bytes()),
}
R2 = {
    "report": told_by_reporter(
        2,
        round_start_unix=R2_START,
        round_end_unix=R2_END,
        elapsed_ms=247_050,
        limit_ms=247_050,
        next_limit_ms=None,
        winner_team=1,
        exit_line="Exit: Timelimit hit.",
        exit_kind="timelimit",
        end_reason_raw="Timelimit hit.",
    ),
    "message": Voice(Kind.STATS_MESSAGE, (SENDERS / "stats_message" / "r2.json").read_bytes()),
    "gametime": _file(Kind.GAMETIME_FILE, SENDERS / "gametime" / "gametime-etl_frostbite-R2-1770159704.json"),
    "stats": _file(Kind.STATS_FILE, STATS_FILES / "2026-02-04-000147-etl_frostbite-round-2.txt"),
}


@dataclass
class Teller:
    """Tells of rounds as game servers nobody knew before, one after the other, all in one database."""

    engine: Engine
    rules: Rules = field(default_factory=Rules)
    time_zone: str = ZONE_OF_THE_STAMPS
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def new_server(self, name: str | None = None) -> "Told":
        """A game server that said nothing yet."""
        name = name or f"srv{next(self._numbers)}"
        with self.engine.begin() as connection:
            token = add_server(connection, name, time_zone=self.time_zone, now=MIDNIGHT - timedelta(days=9))
        return Told(self.engine, self.rules, name, token)


@dataclass
class Told:
    """What one server told."""

    engine: Engine
    rules: Rules
    server_id: str
    token: str
    now: datetime = MIDNIGHT

    def tell(self, *voices: Voice, apart: timedelta = timedelta(seconds=1)) -> list[Receipt]:
        """Say it, in this order, and let the worker do its part at the end."""
        limits = RateLimits(10**6, 10**6)
        receipts = []
        for voice in voices:
            self.now += apart
            arrival = Arrival(self.token, voice.body, {}, None, self.now, voice.kind, voice.filename)
            receipts.append(receive(self.engine, arrival, self.rules, limits))
        judge_due_events(self.engine, self.rules, self.now + timedelta(minutes=10))
        settle_published_events(self.engine, self.now)
        return receipts

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """What a question about this server's rounds (`:server_id`) finds."""
        with self.engine.connect() as connection:
            found = connection.execute(text(statement), {"server_id": self.server_id}).mappings()
            return [dict(row) for row in found]

    def judgement(self) -> dict[str, list[dict[str, Any]]]:
        """All that is concluded, without ids, times of writing, and the one word that tells who came first."""
        return {name: [self._plain(row) for row in self.rows(question)] for name, question in _QUESTIONS.items()}

    def _plain(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value.replace(f":{self.server_id}:", ":") if isinstance(value, str) else value
            for name, value in row.items()
            if name not in _OF_THE_ARRIVAL
        }


_OF_THE_ARRIVAL = frozenset(
    "id round_id delivery_id server_id revision created_at updated_at captured_at received_at at round_fingerprint "
    "ingest_state link_reason next_attempt_at link_details attempts webhook_id "
    "processed_at round_key".split()
)
_QUESTIONS = {
    "rounds": "SELECT * FROM rounds WHERE server_id = :server_id ORDER BY round_number, round_start_unix",
    "lua": """SELECT l.* FROM lua_round_teams l JOIN deliveries d ON d.id = l.delivery_id
              WHERE d.server_id = :server_id ORDER BY l.round_number""",
    "spawns": """SELECT s.* FROM lua_spawn_stats s JOIN rounds r ON r.id = s.round_id
                 WHERE r.server_id = :server_id ORDER BY s.round_number, s.player_guid""",
    "players": """SELECT p.* FROM player_comprehensive_stats p JOIN rounds r ON r.id = p.round_id
                  WHERE r.server_id = :server_id ORDER BY p.round_number, p.player_guid""",
    "weapons": """SELECT r.round_number, w.* FROM weapon_comprehensive_stats w JOIN rounds r ON r.id = w.round_id
                  WHERE r.server_id = :server_id ORDER BY r.round_number, w.player_guid, w.weapon_index""",
    "conflicts": """SELECT c.* FROM field_conflicts c JOIN rounds r ON r.id = c.round_id
                    WHERE r.server_id = :server_id ORDER BY c.field, c.other_source, c.other_value""",
    "awards": """SELECT r.round_number, a.* FROM round_awards a JOIN rounds r ON r.id = a.round_id
                 WHERE r.server_id = :server_id ORDER BY r.round_number, a.position""",
    "duels": """SELECT r.round_number, v.* FROM round_vs_stats v JOIN rounds r ON r.id = v.round_id
                WHERE r.server_id = :server_id ORDER BY r.round_number, v.position""",
    "timeline": """SELECT r.round_number, t.* FROM round_timeline t JOIN rounds r ON r.id = t.round_id
                   WHERE r.server_id = :server_id ORDER BY r.round_number, t.ordinal""",
    "files": "SELECT * FROM processed_files WHERE server_id = :server_id ORDER BY filename",
    "endstats files": "SELECT * FROM processed_endstats_files WHERE server_id = :server_id ORDER BY filename",
    "proximity files": "SELECT * FROM proximity_processed_files WHERE server_id = :server_id ORDER BY filename",
    "aliases": """SELECT f.tier, count(*) AS n FROM round_fingerprints f JOIN rounds r ON r.id = f.round_id
                  WHERE r.server_id = :server_id GROUP BY f.tier ORDER BY f.tier""",
    "events": """SELECT d.kind, e.* FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
                 WHERE d.server_id = :server_id ORDER BY d.kind, e.round_number, e.filename""",
    "publications": """SELECT p.kind, p.status FROM publications p JOIN rounds r ON p.subject = r.id::text
                       WHERE r.server_id = :server_id ORDER BY r.round_number""",
}
