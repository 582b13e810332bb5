"""A body out of its content encoding, bounded: never more is inflated than may be taken."""

import io
import zlib
from collections.abc import Iterator

from shared.domain.errors import TooLarge, UnsupportedEncoding

_GZIP = 16 + zlib.MAX_WBITS
MOST_MEMBERS = 64
_PIECE_IN_BYTES, _PIECE_OUT_BYTES = 16_384, 65_536


def inflated(body: bytes, content_encoding: str | None, largest_bytes: int) -> bytes:
    """The body itself. Raises TooLarge, or UnsupportedEncoding when it is not in the encoding it claims."""
    with io.BytesIO() as whole:  # gives its content away without a copy, and nothing is held by a refusal's traceback
        for piece in pieces(body, content_encoding, largest_bytes):
            if piece is body:
                return body
            whole.write(piece)
        return whole.getvalue()


def pieces(body: bytes, content_encoding: str | None, largest_bytes: int) -> Iterator[bytes]:
    """The body itself, piece by piece: only one of them is inflated at a time. Raises as `inflated` does, on the way."""
    encoding = (content_encoding or "identity").strip().lower()
    if encoding in ("", "identity"):
        if len(body) > largest_bytes:
            raise TooLarge(f"the body is larger than {largest_bytes} bytes")
        yield body
    elif encoding in ("gzip", "x-gzip"):
        taken = 0
        for piece in _gunzip(body):
            taken += len(piece)
            if taken > largest_bytes:
                raise TooLarge(f"the body is larger than {largest_bytes} bytes when inflated")
            yield piece
    else:
        raise UnsupportedEncoding(f"content encoding {encoding[:32]!r} is not read here; send gzip or none")


def _gunzip(body: bytes) -> Iterator[bytes]:
    """Every member of a gzip body, one after the other. No sender writes many."""
    at = 0
    for _member in range(MOST_MEMBERS):
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            if at >= len(body):
                raise UnsupportedEncoding("the gzip body ends too early")
            try:
                piece = member.decompress(body[at : at + _PIECE_IN_BYTES], _PIECE_OUT_BYTES)
            except zlib.error as error:
                raise UnsupportedEncoding("the body is not gzip, though it says so") from error
            given = min(_PIECE_IN_BYTES, len(body) - at)
            at += given - len(
                member.unused_data if member.eof else member.unconsumed_tail
            )  # at its end both may name the rest
            yield piece
        if at == len(body):
            return
    raise UnsupportedEncoding(f"the gzip body has more than {MOST_MEMBERS} members")
