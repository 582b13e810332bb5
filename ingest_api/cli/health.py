"""`roundwire health`: the one line of the running service; 0 ok, 1 it complains, 2 it does not answer."""

import argparse
import http.client
import json

from ingest_api.cli.output import add_json_option
from ingest_api.cli.welcome import local_host, local_url
from shared.ops.errors import StartError
from shared.ops.settings import Settings

_PATIENCE_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but `--json`, which it answers with in any case."""
    add_json_option(parser)


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask and show the answer. Raises StartError when nobody answers."""
    connection = http.client.HTTPConnection(local_host(settings.host), settings.port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/health")
        told = json.loads(connection.getresponse().read())
        status = told["status"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        raise StartError(f"No service answers at {local_url(settings)}; start it with `make run`.") from error
    finally:
        connection.close()
    print(json.dumps(told))
    return 0 if status == "ok" else 1
