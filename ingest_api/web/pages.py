"""The pages for people: rendered here, escaped by the template engine, without a script or style that is not a file of ours."""

import hashlib
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine

from ingest_api.services.health import read_vitals, service_version
from ingest_api.web.overview_view import CONFIDENCE_MEANINGS, STATE_MEANINGS, STATUS_MEANINGS, overview
from ingest_api.web.preview_view import conversation
from shared.db.overview import newest_rounds
from shared.db.preview import PreviewMessages
from shared.ops.clock import utc_now
from shared.ops.settings import CHECKOUT, Settings

_HERE = Path(__file__).resolve().parent
_MESSAGES_SHOWN = 50
_ROUNDS_SHOWN = 12
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+/")
SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_WORDS = (
    ("Score confidence", CONFIDENCE_MEANINGS),
    ("State of what arrived", STATE_MEANINGS),
    ("A round that is not posted", STATUS_MEANINGS),
)
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class SafeStaticFiles(StaticFiles):
    """Styles, scripts and pictures, under the same law as the pages."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file, told to be what its name says and nothing else."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(SAFE_HEADERS)
        return response


def install(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Add the pages and their files to the application."""
    app.mount("/static", SafeStaticFiles(directory=_HERE / "static"), name="static")
    app.include_router(_router(engine, settings))


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
        return _page(
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
        return _page(
            request,
            "preview.html",
            messages=conversation(messages, now),
            goes_to_discord=settings.discord_token is not None,
        )

    return router


def _page(request: Request, template: str, **facts: Any) -> Response:
    """The page, or 304 when the browser has the very same already."""
    body = _templates.get_template(template).render(**facts).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**SAFE_HEADERS, "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


def _address(request: Request, settings: Settings) -> str:
    """The service's address as the reader sees it, for lines to be copied into a shell."""
    seen = str(request.base_url)
    if _PLAIN_ADDRESS.fullmatch(seen):
        return seen.rstrip("/")
    return f"http://127.0.0.1:{settings.port}"
