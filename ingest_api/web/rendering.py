"""Pages as bytes: templates that escape everything, and an ETag."""

import hashlib
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingest_api.web import charts, wording

HERE = Path(__file__).resolve().parent
OK, NOT_MODIFIED = 200, 304
REVALIDATED = {"Cache-Control": "no-cache"}
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= wording.FILTERS
_templates.globals |= {"charts": charts, "MEANINGS": wording.MEANINGS}


class RevalidatedFiles(StaticFiles):
    """Styles, scripts and pictures, which a browser has as long as they are the same."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file that a browser may keep, and asks about each time."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(REVALIDATED)
        return response


def page(request: Request, template: str, status: int = OK, **facts: Any) -> Response:
    """The page, or 304 when the browser has the very same already."""
    body = _templates.get_template(template).render(**facts).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**REVALIDATED, "ETag": etag}
    if status == OK and request.headers.get("if-none-match") == etag:
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(body, status, headers=headers, media_type="text/html; charset=utf-8")
