"""Is the service there? Asked from outside, as everybody else would."""

import http.client

from ingest_api.cli.welcome import local_host
from shared.ops.settings import Settings

_PATIENCE_SECONDS = 2


def is_ready(settings: Settings) -> bool:
    """Does `GET /readyz` answer 200 at this machine's port?"""
    connection = http.client.HTTPConnection(local_host(settings.host), settings.port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
