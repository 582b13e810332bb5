"""The service's door for files: one PUT a file, its bytes streamed from the disk, never more than a few blocks in memory."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

import httpx

from game_server.shipper.clock import steady_now
from game_server.shipper.errors import SettingsProblems
from game_server.shipper.settings import read_token
from game_server.shipper.verdict import Reply

USER_AGENT = "roundwire-ship/1"
LARGEST_PLAIN_BYTES = 4096
_BLOCK_BYTES = 64 * 1024
_LARGEST_ANSWER_BYTES = 64 * 1024
_GZIP = (
    16 + zlib.MAX_WBITS
)  # zlib's word for a gzip header, which then holds no time: the same file gives the same bytes
_CONNECT_SECONDS = 5.0
_NOBODY_THERE = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL,
)  # fmt: skip


class FileChanged(Exception):
    """The file ended before the size it had when it was opened."""


class Door:
    """Sends files to `url`; the token is read anew for each, so that a new one needs no restart.

    `silence_seconds`: a service that says and takes nothing for so long is given up.
    """

    def __init__(self, url: str, token_file: Path, silence_seconds: float = 30.0) -> None:
        self._url = url
        self._token_file = token_file
        self._silence_seconds = silence_seconds
        self._client = httpx.Client(
            headers={"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(silence_seconds, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=1),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._client.close()

    def send(self, name: str, file: BinaryIO, size_bytes: int) -> Reply:
        """Send the first `size_bytes` of an open file. Raises OSError when it cannot be read, FileChanged when it is shorter."""
        try:
            headers = {"Authorization": f"Bearer {read_token(self._token_file)}"}
        except SettingsProblems as problem:
            return Reply(None, str(problem), reached=False)
        body = _Body(file, size_bytes)
        headers |= body.headers
        url = f"{self._url}/v1/files/{quote(name, safe='')}"
        try:
            with self._client.stream("PUT", url, content=body.blocks(), headers=headers) as response:
                return self._reply(response, body)
        except (*_NOBODY_THERE, UnicodeError) as error:  # the latter: a host's name that can be none
            return Reply(None, _said(error), reached=False)
        except httpx.TransportError as error:
            return Reply(None, _said(error), content_sha256=body.content_sha256)

    def _reply(self, response: httpx.Response, body: "_Body") -> Reply:
        text = self._answer(response)
        return Reply(
            response.status_code,
            text,
            retry_after=response.headers.get("retry-after"),
            content_sha256=body.content_sha256,
            confirmed_sha256=answer_field(text, "content_sha256"),
        )

    def _answer(self, response: httpx.Response) -> str:
        """The beginning of the answer; a service that dribbles or never ends is not listened to for long."""
        answer, patience_ends = bytearray(), steady_now() + self._silence_seconds
        for block in response.iter_raw():
            answer += block
            if len(answer) >= _LARGEST_ANSWER_BYTES or steady_now() > patience_ends:
                break
        return bytes(answer[:_LARGEST_ANSWER_BYTES]).decode("utf-8", "replace")


class _Body:
    """A request's body: the file's bytes, in gzip when that is worth it. content_sha256: of the file's, once all are read."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._size_bytes = size_bytes
        self._is_gzip = size_bytes > LARGEST_PLAIN_BYTES
        self.content_sha256: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What says how the body comes. The length of a gzip body is not known before it is made: it comes in chunks."""
        how = {"Content-Encoding": "gzip"} if self._is_gzip else {"Content-Length": str(self._size_bytes)}
        return {"Content-Type": "application/octet-stream", **how}

    def blocks(self) -> Iterator[bytes]:
        """The body, block by block."""
        if not self._is_gzip:
            yield from self._read()
            return
        deflate = zlib.compressobj(wbits=_GZIP)
        for block in self._read():
            if packed := deflate.compress(block):
                yield packed
        yield deflate.flush()

    def _read(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for block, is_last in _blocks(self._file, self._size_bytes):
            digest.update(block)
            if is_last:
                self.content_sha256 = digest.hexdigest()
            yield block


def sha256_of(file: BinaryIO, size_bytes: int) -> str:
    """The hash of the first `size_bytes` of an open file. Raises OSError and FileChanged as `Door.send` does."""
    digest = hashlib.sha256()
    for block, _ in _blocks(file, size_bytes):
        digest.update(block)
    return digest.hexdigest()


def _blocks(file: BinaryIO, size_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """The file's beginning block by block, each with whether it is the last one."""
    file.seek(0)
    left = size_bytes
    while left:
        block = file.read(min(_BLOCK_BYTES, left))
        if not block:
            raise FileChanged
        left -= len(block)
        yield block, not left


def answer_field(text: str, name: str) -> str | None:
    """A text field of a JSON answer; None when there is none."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    field = answer.get(name) if isinstance(answer, dict) else None
    return field if isinstance(field, str) else None


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
