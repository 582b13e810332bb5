"""Which version of the JSON stats suite does a server run? What it told last says so, whatever became of that delivery."""

from typing import NamedTuple

from sqlalchemy import Engine

from ingest_api.services.evidence import LARGEST_FILE_BYTES
from ingest_api.services.health import UNREACHABLE
from shared.db.deliveries import Deliveries
from shared.db.newest_delivery import newest_delivery
from shared.domain.vocabulary import Kind
from shared.parsers import content
from shared.parsers.suite_version import suite_version


class _Told(NamedTuple):
    delivery_id: int
    version: str | None


class SuiteVersions:
    """Remembers what the newest submit of each server told, so that each is read once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._told: dict[str, _Told] = {}

    def of(self, server_id: str) -> str | None:
        """The version that this server's suite told last; None when it never told one.

        While the database cannot be asked, what was known last is good enough.
        """
        try:
            return self._ask(server_id)
        except UNREACHABLE:
            told = self._told.get(server_id)
            return None if told is None else told.version

    def _ask(self, server_id: str) -> str | None:
        with self._engine.connect() as connection:
            newest = newest_delivery(connection, server_id, Kind.SUITE_JSON)
            if newest is None:
                return None
            told = self._told.get(server_id)
            if told is not None and told.delivery_id == newest:
                return told.version
            stored, body = Deliveries(connection).with_body(newest)
        version = suite_version(content.pieces(body, stored.content_encoding, LARGEST_FILE_BYTES))
        self._told[server_id] = _Told(newest, version)
        return version
