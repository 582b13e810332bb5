"""Which round somebody means: any of its fingerprints, or its id."""

from sqlalchemy import Connection, text

from shared.db.redirects import survivor_of

LARGEST_ID = 2**63 - 1
_LONGEST_NAME = 200
_BY_ALIAS = text("SELECT round_id FROM round_fingerprints WHERE round_fingerprint = :name")


def round_id_of(connection: Connection, name: str) -> int | None:
    """The round_id that a name stands for; None when no fingerprint is called so. That the round exists is not said.

    The id of a round that turned out to be another stands for that one.
    """
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        return None
    if name.isascii() and name.isdecimal():
        return None if int(name) > LARGEST_ID else survivor_of(connection, int(name)) or int(name)
    found: int | None = connection.execute(_BY_ALIAS, {"name": name}).scalar_one_or_none()
    return found
