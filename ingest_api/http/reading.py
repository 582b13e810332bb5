"""Everything that is only read over `/api`."""

from fastapi import FastAPI

from ingest_api.http import read_matches, read_players, read_rounds, read_sessions
from ingest_api.http.access import READING
from shared.db.session_list import PeopleMemory


def install(app: FastAPI) -> None:
    """Add what is read."""
    app.state.people_memory = PeopleMemory()
    for readings in (read_rounds, read_matches, read_sessions, read_players):
        app.include_router(readings.router, dependencies=READING)
