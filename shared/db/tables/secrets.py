"""What a game server may prove itself by besides its tokens, and when each of its secrets was last used."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text, UniqueConstraint

from shared.db.tables.columns import instant, metadata, surrogate_id

# Kept readable, unlike tokens: who checks a signature has to be able to make it. Nothing but the check reads them.
signing_secrets = Table(
    "signing_secrets",
    metadata,
    surrogate_id(),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False, index=True),
    Column("secret", Text, nullable=False),
    instant("created_at"),
    CheckConstraint("starts_with(secret, 'whsec_')", name="secret"),
    UniqueConstraint("secret", name="signing_secrets_secret_key"),
)

secret_uses = Table(
    "secret_uses",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False),
    instant("last_used_at"),
)
