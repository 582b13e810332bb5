"""The rows that one round leaves behind: read back from rounds the service has really judged, and given a new identity.

What a floor has to write is therefore what the service wrote: table by table, row by row, byte by byte.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads


class Fresh(StrEnum):
    """What must be new in a column when a row is written once more."""

    DELIVERY_ID = "delivery id"
    ROUND_ID = "round id"
    EVENT_ID = "event id"
    SUBJECT = "round id as text"
    DIGEST = "SHA-256 as hexadecimal digits"
    FINGERPRINT = "round fingerprint"
    MATCH = "match id, which ends in ten digits"
    UNIX = "unix seconds"


@dataclass(frozen=True, slots=True)
class Statement:
    """One INSERT of all rows of one table. `holes`: positions in `values` and what must be new there; `returns`: what the id
    it answers is, None when nobody needs it.
    """

    sql: str
    values: tuple[Any, ...]
    holes: tuple[tuple[int, Fresh], ...]
    returns: Fresh | None

    def parameters(self, ids: Mapping[Fresh, int], number: int) -> list[Any]:
        """The values for another round, the `number`th, whose ids are these so far."""
        filled = list(self.values)
        for position, fresh in self.holes:
            filled[position] = _renewed(fresh, filled[position], ids, number)
        return filled


StoredRound = tuple[Statement, ...]

# In an order in which rows can be written: what is referred to comes first. Which rows belong to round r, what is new.
_TABLES: Sequence[tuple[str, str, Mapping[str, Fresh], Fresh | None]] = (
    ("deliveries", "t.id = e.delivery_id", {"content_sha256": Fresh.DIGEST}, Fresh.DELIVERY_ID),
    ("delivery_receipts", "t.delivery_id = e.delivery_id", {"delivery_id": Fresh.DELIVERY_ID}, None),
    (
        "rounds",
        "t.id = e.round_id",
        {"round_fingerprint": Fresh.FINGERPRINT, "match_id": Fresh.MATCH, "round_start_unix": Fresh.UNIX},
        Fresh.ROUND_ID,
    ),
    (
        "round_events",
        "t.id = e.id",
        {"delivery_id": Fresh.DELIVERY_ID, "round_id": Fresh.ROUND_ID, "round_fingerprint": Fresh.FINGERPRINT},
        Fresh.EVENT_ID,
    ),
    ("round_event_moves", "t.event_id = e.id", {"event_id": Fresh.EVENT_ID}, None),
    (
        "round_fingerprints",
        "t.round_id = e.round_id",
        {"round_fingerprint": Fresh.FINGERPRINT, "round_id": Fresh.ROUND_ID, "first_event_id": Fresh.EVENT_ID},
        None,
    ),
    (
        "lua_round_teams",
        "t.round_id = e.round_id",
        {"round_id": Fresh.ROUND_ID, "delivery_id": Fresh.DELIVERY_ID, "match_id": Fresh.MATCH},
        None,
    ),
    ("lua_spawn_stats", "t.round_id = e.round_id", {"round_id": Fresh.ROUND_ID, "match_id": Fresh.MATCH}, None),
    ("player_comprehensive_stats", "t.round_id = e.round_id", {"round_id": Fresh.ROUND_ID}, None),
    ("weapon_comprehensive_stats", "t.round_id = e.round_id", {"round_id": Fresh.ROUND_ID}, None),
    ("publications", "t.subject = e.round_id::text", {"subject": Fresh.SUBJECT}, None),
)


def stored_rounds(database_url: str, count: int) -> list[StoredRound]:
    """The first so many rounds, each as the statements a careful hand would write it with: one a table."""
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        set_json_loads(_as_text, connection)  # JSON goes back as the text it came as
        found = connection.execute("SELECT id FROM round_events ORDER BY id LIMIT %s", [count]).fetchall()
        return [tuple(_statement(connection, row["id"], *table) for table in _TABLES) for row in found]


def _as_text(document: str | bytes) -> str:
    return document if isinstance(document, str) else document.decode()


def _statement(
    connection: psycopg.Connection[dict[str, Any]],
    event_id: int,
    table: str,
    belongs: str,
    new: Mapping[str, Fresh],
    returns: Fresh | None,
) -> Statement:
    """Columns that are empty in every row are left out, as a hand would."""
    query = f"SELECT t.* FROM {table} t, round_events e WHERE e.id = %s AND {belongs} ORDER BY 1"
    rows = connection.execute(query, [event_id]).fetchall()
    columns = [name for name in rows[0] if name != "id" and any(row[name] is not None for row in rows)]
    places = [
        f"({', '.join(f'${len(columns) * row + n + 1}' for n in range(len(columns)))})" for row in range(len(rows))
    ]
    cells = [(name, row[name]) for row in rows for name in columns]
    return Statement(
        sql=f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join(places)}"
        + (" RETURNING id" if returns else ""),
        values=tuple(value for _, value in cells),
        holes=tuple((position, new[name]) for position, (name, _) in enumerate(cells) if name in new),
        returns=returns,
    )


def _renewed(fresh: Fresh, value: Any, ids: Mapping[Fresh, int], number: int) -> Any:
    match fresh:
        case Fresh.SUBJECT:
            return str(ids[Fresh.ROUND_ID])
        case Fresh.DIGEST:
            return _digest(value, number)
        case Fresh.FINGERPRINT:
            return value[:6] + _digest(value, number)[:32]
        case Fresh.MATCH:
            return f"{value[:-10]}{number:010}"
        case Fresh.UNIX:
            return value + number
        case _:
            return ids[fresh]


def _digest(value: str, number: int) -> str:
    return hashlib.sha256(f"{value} by hand {number}".encode()).hexdigest()
