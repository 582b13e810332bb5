"""Which delivery of a kind did a server send last?"""

from sqlalchemy import Connection, text

from shared.domain.vocabulary import Kind

_NEWEST = text("SELECT max(id) FROM deliveries WHERE server_id = :server_id AND kind = :kind")


def newest_delivery(connection: Connection, server_id: str, kind: Kind) -> int | None:
    """The newest delivery's id; None when there is none."""
    found = connection.execute(_NEWEST, {"server_id": server_id, "kind": kind}).scalar_one()
    return None if found is None else int(found)
