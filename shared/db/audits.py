"""What audits of times and numbers read and keep: broken invariants with their rounds, implausible numbers beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, RowMapping, text

from shared.domain.plausibility import Implausible, PlayerNumbers, RoundNumbers
from shared.domain.units import MS_PER_SECOND
from shared.domain.vocabulary import ExitKind, RoundStatus, Side

EXAMPLES_SHOWN = 20
_BREACHES = text("""
SELECT broken.rule, count(*) AS rounds, sum(broken.times::integer) AS breaches
FROM rounds r, jsonb_each_text(r.flags -> 'breaches') AS broken (rule, times)
WHERE r.flags IS NOT NULL GROUP BY broken.rule ORDER BY broken.rule
""")
_BROKEN = text("""
SELECT r.id AS round_id, r.round_fingerprint, r.server_id, r.map_name, r.round_number, r.round_date,
       r.flags -> 'breaches' AS breaches, p.player_guid, p.clean_name, p.flags -> 'breaches' AS player_breaches
FROM (SELECT * FROM rounds WHERE flags IS NOT NULL AND (CAST(:server_id AS text) IS NULL OR server_id = :server_id)
      ORDER BY id DESC LIMIT :limit) AS r
LEFT JOIN player_comprehensive_stats p ON p.round_id = r.id AND p.flags ? 'breaches'
ORDER BY r.id DESC, p.player_guid
""")
_CHANGED = text("""
SELECT DISTINCT half.id FROM rounds changed JOIN rounds half ON half.match_id = changed.match_id
WHERE (CAST(:since AS timestamptz) IS NULL OR changed.updated_at >= :since)
  AND (CAST(:server_id AS text) IS NULL OR changed.server_id = :server_id)
ORDER BY half.id
""")
_NUMBERS = text("""
SELECT r.id, r.round_number, r.round_status, r.exit_kind, r.winner_team, r.defender_team, r.actual_duration_seconds,
       r.header_clock_seconds, r.limit_seconds, f.id AS first_id
FROM rounds r LEFT JOIN rounds f ON r.round_number = 2 AND f.match_id = r.match_id AND f.round_number = 1
WHERE r.id = ANY (:round_ids) ORDER BY r.id
""")
_PLAYERS = text("""
SELECT round_id, player_guid AS guid, is_bot, time_played_seconds AS played_seconds, kills, deaths, self_kills,
       damage_given, bullets_fired, revives_given, times_revived, gibs, dynamites_planted, xp, headshot_kills, accuracy,
       dpm, kd_ratio
FROM player_comprehensive_stats WHERE round_id = ANY (:round_ids) ORDER BY round_id, player_guid
""")
_FORGET = text("DELETE FROM plausibility_flags WHERE round_id = ANY (:round_ids)")
_KEEP = text("""
INSERT INTO plausibility_flags (round_id, player_guid, rule, value, bound, noted_at)
SELECT given.round_id, given.player_guid, given.rule, given.value, given.bound, :now
FROM json_populate_recordset(NULL::plausibility_flags, CAST(:flags AS json)) AS given
JOIN rounds r ON r.id = given.round_id
ON CONFLICT ON CONSTRAINT plausibility_flags_round_id_player_guid_rule_key DO NOTHING
""")
_FLAGS_BY_RULE = text("""
SELECT rule, count(DISTINCT round_id) AS rounds, count(*) AS flags FROM plausibility_flags GROUP BY rule ORDER BY rule
""")
_FLAGGED = text("""
SELECT p.round_id, r.round_fingerprint, r.server_id, r.map_name, r.round_number, r.round_date, p.player_guid, p.rule,
       p.value, p.bound, p.noted_at
FROM plausibility_flags p JOIN rounds r ON r.id = p.round_id
WHERE CAST(:server_id AS text) IS NULL OR r.server_id = :server_id
ORDER BY p.round_id DESC, p.player_guid NULLS FIRST, p.rule LIMIT :limit
""")
_LAST_RUN = text("SELECT started_at, rounds_checked FROM audit_runs WHERE audit = :audit")
_NOTE_RUN = text("""
INSERT INTO audit_runs (audit, started_at, rounds_checked) VALUES (:audit, :started_at, :rounds_checked)
ON CONFLICT ON CONSTRAINT audit_runs_pkey DO UPDATE
SET started_at = excluded.started_at, rounds_checked = excluded.rounds_checked
""")


@dataclass(frozen=True, slots=True)
class LastRun:
    """When an audit last began, and how many rounds it looked at."""

    started_at: datetime
    rounds_checked: int


Rows = list[dict[str, Any]]


class Audits:
    """Questions and notes of audits, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def breaches_by_rule(self) -> Rows:
        """Per invariant that is broken anywhere: in how many rounds, and how often."""
        return _rows(self._connection.execute(_BREACHES).mappings())

    def broken_rounds(self, server_id: str | None = None, limit: int = EXAMPLES_SHOWN) -> Rows:
        """The newest rounds with a broken invariant, each with the players it is broken by."""
        rounds: dict[int, dict[str, Any]] = {}
        for row in self._connection.execute(_BROKEN, {"server_id": server_id, "limit": limit}).mappings():
            told = dict(row)
            player = {name: told.pop(name) for name in ("player_guid", "clean_name", "player_breaches")}
            one = rounds.setdefault(told["round_id"], told | {"players": []})
            if player["player_guid"] is not None:
                one["players"].append(player)
        return list(rounds.values())

    def changed_since(self, since: datetime | None, server_id: str | None = None) -> list[int]:
        """The rounds that are new or changed since an instant, and the other halves of their matches; None: all."""
        found = self._connection.execute(_CHANGED, {"since": since, "server_id": server_id})
        return list(found.scalars())

    def numbers(self, round_ids: Sequence[int]) -> list[RoundNumbers]:
        """Stored rounds as plausibility sees them, each R2 with the players of its R1."""
        rounds = self._connection.execute(_NUMBERS, {"round_ids": list(round_ids)}).mappings().all()
        firsts = [row["first_id"] for row in rounds if row["first_id"] is not None]
        players: dict[int, list[PlayerNumbers]] = {}
        for row in self._connection.execute(_PLAYERS, {"round_ids": [*round_ids, *firsts]}).mappings():
            numbers = dict(row)
            players.setdefault(numbers.pop("round_id"), []).append(PlayerNumbers(**numbers))
        return [_numbers(row, players) for row in rounds]

    def flag(self, found: Mapping[int, Sequence[Implausible]], now: datetime) -> None:
        """Keep what was found of each of these rounds, and nothing else of them."""
        flags = [
            {
                "round_id": round_id,
                "player_guid": one.guid,
                "rule": one.rule,
                "value": one.value,
                "bound": one.bound,
            }
            for round_id, ones in found.items()
            for one in ones
        ]
        self._connection.execute(_FORGET, {"round_ids": list(found)})
        if flags:
            self._connection.execute(_KEEP, {"flags": to_json(flags).decode(), "now": now})

    def flags_by_rule(self) -> Rows:
        """Per rule of plausibility: in how many rounds something is flagged, and how often."""
        return _rows(self._connection.execute(_FLAGS_BY_RULE).mappings())

    def flagged(self, server_id: str | None = None, limit: int = EXAMPLES_SHOWN) -> Rows:
        """What is flagged, of the newest rounds first."""
        return _rows(self._connection.execute(_FLAGGED, {"server_id": server_id, "limit": limit}).mappings())

    def last_run(self, audit: str) -> LastRun | None:
        """When an audit last began; None when it never ran."""
        row = self._connection.execute(_LAST_RUN, {"audit": audit}).one_or_none()
        return None if row is None else LastRun(row.started_at, row.rounds_checked)

    def note_run(self, audit: str, started_at: datetime, rounds_checked: int) -> None:
        """Remember that an audit came to its end."""
        parameters = {"audit": audit, "started_at": started_at, "rounds_checked": rounds_checked}
        self._connection.execute(_NOTE_RUN, parameters)


def _numbers(row: RowMapping, players: Mapping[int, Sequence[PlayerNumbers]]) -> RoundNumbers:
    first_id = row["first_id"]
    return RoundNumbers(
        round_id=row["id"],
        round_number=row["round_number"],
        status=RoundStatus(row["round_status"]),
        exit_kind=ExitKind(row["exit_kind"]),
        winner=_side(row["winner_team"]),
        defender=_side(row["defender_team"]),
        duration_ms=_ms(row["actual_duration_seconds"]),
        header_clock_ms=_ms(row["header_clock_seconds"]),
        limit_ms=_ms(row["limit_seconds"]),
        players=tuple(players.get(row["id"], ())),
        first_players=None if first_id is None else tuple(players.get(first_id, ())),
    )


def _rows(found: Any) -> Rows:
    return [dict(row) for row in found]


def _ms(seconds: Any) -> int | None:
    return None if seconds is None else round(seconds * MS_PER_SECOND)


def _side(value: int | None) -> Side | None:
    return None if value is None else Side(value)
