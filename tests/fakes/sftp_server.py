"""A game server's SSH door in this process: real SSH over loopback, one user, one key, files from a folder."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER = "et"


@dataclass
class GameServerFiles:
    """`host_key` and `client_key` are fresh pairs; `logins` counts sessions that were let in."""

    folder: Path
    host_key: asyncssh.SSHKey
    client_key: asyncssh.SSHKey
    port: int = 0
    logins: list[str] = field(default_factory=list)

    @property
    def host_line(self) -> str:
        """The host's public key, as `ssh-keyscan` prints it."""
        return self.host_key.export_public_key().decode().strip()


@contextmanager
def serving_files(folder: Path) -> Iterator[GameServerFiles]:
    """Serve this folder as `/` until the end of the block."""
    served = GameServerFiles(
        folder, asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(_listen(served), loop).result(20)
    served.port = acceptor.get_port()
    try:
        yield served
    finally:
        asyncio.run_coroutine_threadsafe(_close(acceptor), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(served: GameServerFiles) -> asyncssh.SSHAcceptor:
    def files_of(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=str(served.folder).encode())

    class Login(asyncssh.SSHServer):
        def begin_auth(self, _username: str) -> bool:
            return True

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return username == USER and key.public_data == served.client_key.public_data

        def auth_completed(self) -> None:
            served.logins.append(USER)

    options: Any = {"server_host_keys": [served.host_key], "sftp_factory": files_of}
    return await asyncssh.listen("127.0.0.1", 0, server_factory=Login, **options)


async def _close(acceptor: asyncssh.SSHAcceptor) -> None:
    acceptor.close()
    await acceptor.wait_closed()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
