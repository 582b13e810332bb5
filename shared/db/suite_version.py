"""Which version of the gzip JSON suite does a server run?"""

from sqlalchemy import Connection, text

from shared.domain.vocabulary import Kind

_NEWEST = text("""
SELECT e.facts ->> 'sender_version' FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
WHERE d.server_id = :server_id AND d.kind = :kind AND e.facts ->> 'sender_version' IS NOT NULL
ORDER BY d.id DESC LIMIT 1
""")


def newest_suite_version(connection: Connection, server_id: str) -> str | None:
    """The version that this server's suite told last; None when it never told one."""
    found = connection.execute(_NEWEST, {"server_id": server_id, "kind": Kind.SUITE_JSON}).scalar_one_or_none()
    return None if found is None else str(found)
