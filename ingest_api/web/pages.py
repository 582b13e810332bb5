"""The pages for people: rendered here, escaped by the template engine, without a script or style that is not a file of ours."""

import re
from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.params import Depends
from sqlalchemy import Engine

from ingest_api.services.health import read_vitals, service_version
from ingest_api.web import reading_pages
from ingest_api.web.overview_view import CONFIDENCE_MEANINGS, STATE_MEANINGS, STATUS_MEANINGS, overview
from ingest_api.web.preview_view import conversation
from ingest_api.web.rendering import HERE, RevalidatedFiles, page
from shared.db.overview import newest_rounds
from shared.db.preview import PreviewMessages
from shared.ops.clock import utc_now
from shared.ops.settings import CHECKOUT, Settings

_MESSAGES_SHOWN = 50
_ROUNDS_SHOWN = 12
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+/")
_WORDS = (
    ("Score confidence", CONFIDENCE_MEANINGS),
    ("State of what arrived", STATE_MEANINGS),
    ("A round that is not posted", STATUS_MEANINGS),
)


def install(app: FastAPI, engine: Engine, settings: Settings, dependencies: Sequence[Depends]) -> None:
    """Add the pages and their files to the application. `dependencies`: what every page depends on."""
    app.mount("/static", RevalidatedFiles(directory=HERE / "static"), name="static")
    app.include_router(_router(engine, settings), dependencies=dependencies)
    app.include_router(reading_pages.router(engine, settings), dependencies=dependencies)


def _router(engine: Engine, settings: Settings) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def start_page(request: Request) -> Response:
        now = utc_now()
        vitals = read_vitals(engine, now)
        rounds = None
        if vitals is not None:
            with engine.connect() as connection:
                rounds = newest_rounds(connection, _ROUNDS_SHOWN)
        return page(
            request,
            "start.html",
            view=overview(vitals, rounds, now),
            words=_WORDS,
            version=service_version(),
            address=_address(request, settings),
            has_demo_token=settings.demo and settings.data == CHECKOUT / ".roundwire",
        )

    @router.get("/preview")
    def preview_page(request: Request) -> Response:
        now = utc_now()
        with engine.connect() as connection:
            messages = PreviewMessages(connection).newest(_MESSAGES_SHOWN)
        return page(
            request,
            "preview.html",
            messages=conversation(messages, now),
            goes_to_discord=settings.discord_token is not None,
        )

    return router


def _address(request: Request, settings: Settings) -> str:
    """The service's address as the reader sees it, for lines to be copied into a shell."""
    seen = str(request.base_url)
    if _PLAIN_ADDRESS.fullmatch(seen):
        return seen.rstrip("/")
    return f"http://127.0.0.1:{settings.port}"
