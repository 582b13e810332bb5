"""The step before the service starts, in a process of its own so that its memory is given back: migrate, greet the demo.

Prints one JSON line, `{"has_rounds": bool}`, when the database is ready. What an operator must set right is one sentence on
stderr and exit status 78; so is a database that does not answer, with status 75. With `--wait` that is waited for instead,
and nothing is printed.
"""

import json
import os
import sys
import time
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from ingest_api.cli.database import in_one_sentence
from ingest_api.cli.demo_files import DEMO_SERVER, DemoFiles
from ingest_api.cli.example_round import example_round
from ingest_api.services.servers import add_server, rotate_token
from shared.db.engine import open_engine
from shared.db.migrate import upgrade
from shared.db.servers import Servers
from shared.ops.clock import utc_now
from shared.ops.data_folder import write_private
from shared.ops.errors import SettingsError
from shared.ops.settings import Settings, read_process_settings, refuse_to_start

_WAIT = "--wait"
_ASK_EVERY_SECONDS = 1.0


def main() -> int:
    """Make the database of `DATABASE_URL` ready for this version."""
    try:
        settings, database_url = read_process_settings()
    except SettingsError as error:
        return refuse_to_start(str(error))
    is_patient = _WAIT in sys.argv[1:]
    while True:
        try:
            has_rounds = _prepare(settings, database_url)
        except DBAPIError as error:
            if not _is_away(error):
                return refuse_to_start(in_one_sentence(error))
            if not is_patient:
                return refuse_to_start(in_one_sentence(error), os.EX_TEMPFAIL)
            time.sleep(_ASK_EVERY_SECONDS)
            continue
        if not is_patient:
            print(json.dumps({"has_rounds": has_rounds}))
        return 0


def _prepare(settings: Settings, database_url: str) -> bool:
    """Are there rounds in it? Raises DBAPIError."""
    upgrade(database_url)
    engine = open_engine(database_url, "prepare", pool_size=1)
    with engine.begin() as connection:
        if settings.demo:
            greet_demo(connection, DemoFiles(settings.data), utc_now())
        has_rounds = connection.execute(text("SELECT EXISTS (SELECT FROM rounds)")).scalar_one()
    engine.dispose()
    return bool(has_rounds)


def _is_away(error: DBAPIError) -> bool:
    """Nobody answers, or a server that is about to. One that turns us away has something against us."""
    said = str(error.orig)
    return isinstance(error, OperationalError) and ("FATAL:" not in said or "the database system is" in said)


def greet_demo(connection: Connection, files: DemoFiles, now: datetime) -> None:
    """Make sure that the data folder holds a valid token of the server `demo`, and a fresh round to post by hand."""
    servers = Servers(connection)
    token = files.token.read_text(encoding="ascii").strip() if files.token.exists() else ""
    if servers.by_token(token) != DEMO_SERVER:
        is_known = any(server.server_id == DEMO_SERVER for server in servers.all())
        token = rotate_token(connection, DEMO_SERVER) if is_known else add_server(connection, DEMO_SERVER, now=now)
        write_private(files.token, f"{token}\n")
    files.round.write_text(json.dumps(example_round(DEMO_SERVER, now), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
