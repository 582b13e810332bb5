"""Intent: what we mean to say or do, and the newest word of each reporter."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from shared.db.tables.columns import instant, json, metadata, one_of, surrogate_id
from shared.domain.vocabulary import PublicationKind, PublicationStatus

publications = Table(
    "publications",
    metadata,
    surrogate_id(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    json("payload"),
    Column("status", Text, nullable=False),
    Column("claimed_by", Text),
    instant("lease_until", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    instant("next_attempt_at", nullable=True),
    Column("posted_to", Text),
    Column("message_id", Text),
    Column("further_message_ids", ARRAY(Text), nullable=False, server_default="{}"),
    Column("error_code", Text),
    instant("created_at"),
    instant("sent_at", nullable=True),
    UniqueConstraint("kind", "subject", "channel", name="publications_kind_subject_channel_key"),
    one_of("kind", PublicationKind),
    one_of("status", PublicationStatus),
    Index("publications_open_idx", "id", postgresql_where=text("status IN ('pending', 'claimed')")),
    Index("publications_ended_idx", "status", postgresql_where=text("status IN ('dead', 'autopost_off', 'withdrawn')")),
)

preview_messages = Table(
    "preview_messages",
    metadata,
    surrogate_id(),
    Column("publication_id", BigInteger, ForeignKey("publications.id"), nullable=False),
    Column("part", SmallInteger, nullable=False),
    json("message", nullable=False),
    instant("created_at"),
    instant("edited_at", nullable=True),
    UniqueConstraint("publication_id", "part", name="preview_messages_publication_id_part_key"),
)

reporter_instances = Table(
    "reporter_instances",
    metadata,
    Column("server_id", Text, ForeignKey("servers.server_id"), primary_key=True),
    Column("instance", Text, primary_key=True),
    Column("boot_id", Text),
    Column("sender_version", Text),
    Column("lua_kind", Text),
    json("config_problems"),
    json("spool"),
    instant("last_hello_at", nullable=True),
    instant("last_report_at", nullable=True),
)
