"""A round's awards, duels and log: written all together, read one by one for showing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, text

from shared.db.award_rows import Record
from shared.db.tables import awards
from shared.domain.awards import AwardCategory, AwardFault, AwardUnit

OF_A_ROUND = (awards.round_awards, awards.round_vs_stats, awards.round_timeline)


def _insert(name: str, parameter: str, after: str = "") -> str:
    """Write the rows of a parameter, once everything that `after` names is done."""
    of_round = f"json_populate_record(NULL::{name}, json_build_object('round_id', CAST(:round_id AS bigint)))"
    return (
        f"INSERT INTO {name} OVERRIDING USER VALUE "
        f"SELECT given.* FROM {after} json_populate_recordset({of_round}, CAST(:{parameter} AS json)) AS given"
    )


_FORGET = text("""
WITH award AS (DELETE FROM round_awards WHERE round_id = :round_id)
DELETE FROM round_vs_stats WHERE round_id = :round_id
""")
_FORGET_TIMELINE = text("DELETE FROM round_timeline WHERE round_id = :round_id OR delivery_id = :delivery_id")
# Counting what is gone has it gone before the new rows take its positions.
_REWRITE = text(f"""
WITH award_gone AS (DELETE FROM round_awards WHERE round_id = :round_id RETURNING 1),
duel_gone AS (DELETE FROM round_vs_stats WHERE round_id = :round_id RETURNING 1),
award AS ({_insert("round_awards", "awards", "(SELECT count(*) FROM award_gone) AS gone,")})
{_insert("round_vs_stats", "duels", "(SELECT count(*) FROM duel_gone) AS gone,")}
""")
_WRITE_TIMELINE = text(_insert("round_timeline", "timeline"))
_AWARDS = text("""
SELECT award_name, category, player_name, player_guid, award_value, award_value_numeric, award_unit, position, reason
FROM round_awards WHERE round_id = :round_id AND reason IS DISTINCT FROM :never_shown ORDER BY position
""")
_DUELS = text("""
SELECT subject_name, subject_guid, player_name AS opponent_name, player_guid AS opponent_guid, kills, deaths
FROM round_vs_stats WHERE round_id = :round_id ORDER BY position
""")
_COUNTS = text("""
SELECT (SELECT count(*) FROM round_awards WHERE round_id = :round_id) AS awards,
       (SELECT count(*) FROM round_vs_stats WHERE round_id = :round_id) AS duels
""")


@dataclass(frozen=True, slots=True)
class Award:
    """One award to be shown. `player_guid` None: nobody knows who `player_name` is, for `reason`.

    `award_value` is the file's own text; `award_value_numeric` the first number in it, counted in `award_unit`, None when
    the text names none.
    """

    award_name: str
    category: AwardCategory
    player_name: str | None
    player_guid: str | None
    award_value: str
    award_value_numeric: float | None
    award_unit: AwardUnit | None
    position: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Duel:
    """What the subject and one opponent did to each other: the subject's kills and deaths.

    Each pair is told from either side, so it stands twice; a subject without a name is not told of (older files).
    """

    subject_name: str | None
    subject_guid: str | None
    opponent_name: str | None
    opponent_guid: str | None
    kills: int
    deaths: int


class Awards:
    """What a round's files award, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rewrite(self, round_id: int, awarded: Sequence[Record], duels: Sequence[Record]) -> None:
        """Put these in the place of a round's awards and duels."""
        parameters = {"round_id": round_id, "awards": _json(awarded), "duels": _json(duels)}
        self._connection.execute(_REWRITE, parameters)

    def forget(self, round_id: int) -> None:
        """Leave nothing beside a round's judgement: neither awards and duels nor a log."""
        self._connection.execute(_FORGET, {"round_id": round_id})
        self._connection.execute(_FORGET_TIMELINE, {"round_id": round_id, "delivery_id": None})

    def rewrite_timeline(self, round_id: int, delivery_id: int, entries: Sequence[Record]) -> None:
        """Put the log that a delivery tells in the place of a round's, wherever it stood before."""
        self._connection.execute(_FORGET_TIMELINE, {"round_id": round_id, "delivery_id": delivery_id})
        if entries:
            self._connection.execute(_WRITE_TIMELINE, {"round_id": round_id, "timeline": _json(entries)})

    def of_round(self, round_id: int) -> list[Award]:
        """A round's awards in the order their writer gave them, without those under a wrong label."""
        parameters = {"round_id": round_id, "never_shown": AwardFault.EMITTER_MISLABEL}
        return [
            Award(
                **{
                    **row,
                    "category": AwardCategory(row["category"]),
                    "award_unit": AwardUnit(row["award_unit"]) if row["award_unit"] else None,
                }
            )
            for row in self._connection.execute(_AWARDS, parameters).mappings()
        ]

    def duels(self, round_id: int) -> list[Duel]:
        """A round's duels, each from both sides."""
        return [Duel(**row) for row in self._connection.execute(_DUELS, {"round_id": round_id}).mappings()]

    def counts(self, round_id: int) -> tuple[int, int]:
        """How many awards and duels a round has, shown or not."""
        row = self._connection.execute(_COUNTS, {"round_id": round_id}).one()
        return row.awards, row.duels


def _json(rows: Any) -> str:
    return to_json(rows).decode()
