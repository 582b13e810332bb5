"""What the service has stored, as somebody sees it who looks from beside: in the database, and in its own spool."""

from pathlib import Path

from sqlalchemy import Connection, create_engine, pool, text

from ingest_api.services.spool import DELIVERIES, FOLDER, REFUSALS
from shared.db.engine import sqlalchemy_url
from shared.ops.spool_reader import Contents

# Every few judgements fail at the door, so that the worker has something to finish.
_STUMBLE = """
    CREATE FUNCTION stumble_at_the_door() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_setting('application_name') = 'roundwire api' AND random() < 0.2 THEN
            RAISE EXCEPTION 'the door stumbles';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER stumble BEFORE INSERT ON rounds FOR EACH ROW EXECUTE FUNCTION stumble_at_the_door();
"""
_LET_TIME_PASS = """
    UPDATE publications SET lease_until = now() - interval '1 second', next_attempt_at = NULL
    WHERE status IN ('pending', 'claimed');
    UPDATE round_events SET next_attempt_at = now() WHERE state = 'seen';
"""


class Stored:
    """Asks over connections of its own, one for each question: what was killed meanwhile does not matter."""

    def __init__(self, database_url: str, data: Path) -> None:
        self._data = data
        self._administrator = create_engine(
            sqlalchemy_url(database_url), poolclass=pool.NullPool, isolation_level="AUTOCOMMIT"
        )

    def connect(self) -> Connection:
        """A connection on which every statement is committed at once."""
        return self._administrator.connect()

    def ask(self, question: str) -> list[tuple]:
        """Rows of the database."""
        with self.connect() as connection:
            return [tuple(row) for row in connection.execute(text(question))]

    def do(self, statement: str) -> None:
        """Change something by hand."""
        with self.connect() as connection:
            connection.execute(text(statement))

    def waiting_in_spool(self) -> int:
        """Records of the service's own spool that have not come to the database."""
        try:
            contents = Contents(self._data / FOLDER, (DELIVERIES, REFUSALS)).read()
        except FileNotFoundError:
            return 0
        here = {one.head.spool_id for waiting in contents.values() for one in waiting}
        return len(here - {spool_id for (spool_id,) in self.ask("SELECT spool_id FROM drained_records")})

    def make_the_door_stumble(self) -> None:
        """From now on every fifth judgement at the door fails, and is left to the worker."""
        self.do(_STUMBLE)

    def let_time_pass(self) -> None:
        """Leases end, and what waits for its next attempt is due."""
        self.do(_LET_TIME_PASS)
