"""One game server's files over SFTP: key against pinned host key, one file at a time, whole or not at all."""

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncssh

from ingest_api.services.fetch_settings import FetchSettings
from shared.domain.errors import RoundwireError

CONNECT_SECONDS = 10
FILE_SECONDS = 60
_SETTLE_SECONDS = 1.0


class NotFetched(RoundwireError):
    """A file could not be had now. `code` is stable, the message is for the log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@asynccontextmanager
async def connected(settings: FetchSettings) -> AsyncIterator[asyncssh.SFTPClient]:
    """A session on the game server; nothing of this machine's own SSH settings, keys or agents is used. Raises NotFetched."""
    try:
        async with (
            asyncssh.connect(
                settings.host,
                settings.port,
                username=settings.user,
                client_keys=[settings.key],
                known_hosts=([settings.host_key], [], []),
                config=None,
                agent_path=None,
                preferred_auth="publickey",
                connect_timeout=CONNECT_SECONDS,
                login_timeout=CONNECT_SECONDS,
            ) as connection,
            connection.start_sftp_client() as client,
        ):
            yield client
    except asyncssh.HostKeyNotVerifiable as error:
        raise NotFetched("host_key_differs", "the host's key is not the one in the settings") from error
    except asyncssh.PermissionDenied as error:
        raise NotFetched("login_refused", "the host does not take this user with this key") from error
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise NotFetched("host_unreachable", f"no connection: {type(error).__name__}") from error


async def fetch(client: asyncssh.SFTPClient, path: str, largest_bytes: int) -> bytes:
    """The whole file. Raises NotFetched: it is not there, too large, no file, or still being written."""
    try:
        async with asyncio.timeout(FILE_SECONDS):
            before = await client.stat(path)
            _require_file(before, largest_bytes)
            async with client.open(path, "rb") as file:
                content = await file.read(largest_bytes + 1)
            await asyncio.sleep(_SETTLE_SECONDS)
            after = await client.stat(path)
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
        raise NotFetched("no_such_file", "No matching file found") from error
    except asyncssh.SFTPPermissionDenied as error:
        raise NotFetched("file_refused", "the user may not read it") from error
    except (asyncssh.SFTPError, TimeoutError) as error:
        raise NotFetched("transfer_failed", f"the transfer broke off: {type(error).__name__}") from error
    if (before.size, before.mtime) != (after.size, after.mtime) or len(content) != after.size:
        raise NotFetched("still_written", "the file changed while it was read")
    return content if isinstance(content, bytes) else content.encode()


def _require_file(found: asyncssh.SFTPAttrs, largest_bytes: int) -> None:
    if found.permissions is not None and not stat.S_ISREG(found.permissions):
        raise NotFetched("no_such_file", "No matching file found: what has this name is no file")
    if found.size is not None and found.size > largest_bytes:
        raise NotFetched("too_large", f"the file is larger than {largest_bytes} bytes")
