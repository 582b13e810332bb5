"""Pages as bytes: templates that escape everything, headers that let nothing run but our own files, an ETag."""

import hashlib
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingest_api.web import charts, wording

HERE = Path(__file__).resolve().parent
OK, NOT_MODIFIED = 200, 304
SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= wording.FILTERS
_templates.globals |= {"charts": charts, "MEANINGS": wording.MEANINGS}


class SafeStaticFiles(StaticFiles):
    """Styles, scripts and pictures, under the same law as the pages."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file, told to be what its name says and nothing else."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(SAFE_HEADERS)
        return response


def page(request: Request, template: str, status: int = OK, **facts: Any) -> Response:
    """The page, or 304 when the browser has the very same already."""
    body = _templates.get_template(template).render(**facts).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**SAFE_HEADERS, "ETag": etag}
    if status == OK and request.headers.get("if-none-match") == etag:
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(body, status, headers=headers, media_type="text/html; charset=utf-8")
