"""Which round answers to the id of one that turned out to be another?"""

from sqlalchemy import Connection, text

CURRENT_ID = "coalesce((SELECT round_id FROM round_redirects WHERE old_round_id = {id}), {id})"
"""SQL: the id a round goes by now, of an id that it may have had."""
_SURVIVOR = text("SELECT round_id FROM round_redirects WHERE old_round_id = :round_id")


def survivor_of(connection: Connection, round_id: int) -> int | None:
    """The round that took over everything of a merged one; None when that id was never merged away."""
    found: int | None = connection.execute(_SURVIVOR, {"round_id": round_id}).scalar_one_or_none()
    return found
