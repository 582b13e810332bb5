"""Lists page by page: how many, and from where on. A cursor is taken from the page before; what it says is our affair."""

from typing import Annotated

from fastapi import Query

from shared.db.paging import Position

DEFAULT_LIMIT, MOST = 50, 200

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most")]
Cursor = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{1,11}\.[0-9]{1,18}$",
        description="`next_cursor` of the page before; without it, the first page",
    ),
]
Name = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


def position(cursor: str | None) -> Position | None:
    """Where a cursor points to."""
    if cursor is None:
        return None
    at_unix, _, last_id = cursor.partition(".")
    return Position(int(at_unix), int(last_id))


def cursor_of(following: Position | None) -> str | None:
    """The cursor that leads to a position; None when nothing follows."""
    return None if following is None else f"{following.at_unix}.{following.row_id}"
