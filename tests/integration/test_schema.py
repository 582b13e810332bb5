import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from shared.db import migrate

A_SERVER = "INSERT INTO servers (server_id, display_name, created_at) VALUES (:server, :server, now())"
A_DELIVERY = """
INSERT INTO deliveries (server_id, kind, content_sha256, headers, body, byte_count, received_at)
VALUES (:server, 'round_report', 'aa', '{}', 'x', 1, now()) RETURNING id
"""
A_RECEIPT = """
INSERT INTO delivery_receipts (delivery_id, received_at, outcome, answer_code) VALUES (:delivery, now(), 'accepted', 201)
"""


def keep_one_delivery(engine: Engine, server: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(A_SERVER), {"server": server})
        delivery = connection.execute(text(A_DELIVERY), {"server": server}).scalar_one()
        connection.execute(text(A_RECEIPT), {"delivery": delivery})


def test_the_tables_in_code_are_the_migrated_ones(database_url):
    migrate.check(database_url)


def test_a_migrated_database_is_at_the_revision_the_code_expects(engine):
    with engine.connect() as connection:
        assert migrate.current(connection) == migrate.head()


def test_the_schema_goes_back_to_nothing_and_forward_again_with_rows_in_it(engine, database_url):
    keep_one_delivery(engine, "srv1")
    migrate.downgrade(database_url, "base")
    migrate.upgrade(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM deliveries")).scalar_one() == 0


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE deliveries SET body = 'y'",
        "DELETE FROM deliveries",
        "TRUNCATE deliveries CASCADE",
        "UPDATE delivery_receipts SET outcome = 'duplicate'",
        "DELETE FROM delivery_receipts",
        "TRUNCATE delivery_receipts",
    ],
)
def test_evidence_can_be_neither_changed_nor_removed(engine, tampering):
    keep_one_delivery(engine, "srv1")
    with engine.begin() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(tampering))


def test_the_evidence_of_the_demo_server_may_go(engine):
    keep_one_delivery(engine, "demo")
    with engine.begin() as connection:
        assert connection.execute(text("DELETE FROM delivery_receipts")).rowcount == 1
        assert connection.execute(text("DELETE FROM deliveries")).rowcount == 1
