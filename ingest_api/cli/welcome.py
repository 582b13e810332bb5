"""What `roundwire run` says when everything is up: where to look and what to try, as lines to copy."""

import shlex
from pathlib import Path

from ingest_api.cli.demo_files import DemoFiles
from shared.ops.settings import Settings

_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what is listened on, not a wish to do so


def local_host(host: str) -> str:
    """The address under which this machine itself reaches a service listening on `host`."""
    return _EVERY_ADDRESS.get(host, host)


def local_url(settings: Settings) -> str:
    """The service's address, seen from this machine, without a slash at its end."""
    host = local_host(settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def welcome(settings: Settings, cluster: Path | None) -> str:
    """The lines for a newcomer: page, preview or Discord, health, a round to post, where the data lies, how to stop.

    `cluster`: the embedded database's own folder, named when it had to be put outside the data folder.
    """
    is_elsewhere = cluster is not None and not cluster.is_relative_to(settings.data.resolve())
    url, files = local_url(settings), DemoFiles(settings.data)
    rows = [
        ("page", f"{url}/"),
        ("cards", "Discord" if settings.discord_token else f"{url}/preview  (as Discord would show them)"),
        ("health", f"curl -s {url}/health"),
        (
            "post",
            _post_example(url, files) if settings.demo else "roundwire server add NAME  (prints a token to post with)",
        ),
        ("data", f"{settings.data}{f'  (the database itself: {cluster})' if is_elsewhere else ''}"),
        ("stop", "Ctrl-C; the data stays"),
    ]
    return "\n".join(["", "Roundwire is up.", "", *(f"  {name:<8} {value}" for name, value in rows), ""])


def _post_example(url: str, files: DemoFiles) -> str:
    token, body = shlex.quote(_short(files.token)), shlex.quote(f"@{_short(files.round)}")
    return (
        f'curl -sS -H "Authorization: Bearer $(cat {token})" -H "Content-Type: application/json" '
        f"--data-binary {body} {url}/v1/rounds"
    )


def _short(path: Path) -> str:
    """Relative to where the command was given, when it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
