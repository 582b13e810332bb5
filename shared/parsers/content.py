"""A body out of its content encoding, bounded: never more is inflated than may be taken."""

import zlib

from shared.domain.errors import TooLarge, UnsupportedEncoding

_GZIP = 16 + zlib.MAX_WBITS
MOST_MEMBERS = 64


def inflated(body: bytes, content_encoding: str | None, largest_bytes: int) -> bytes:
    """The body itself. Raises TooLarge, or UnsupportedEncoding when it is not in the encoding it claims."""
    encoding = (content_encoding or "identity").strip().lower()
    if encoding in ("", "identity"):
        content = body
    elif encoding in ("gzip", "x-gzip"):
        content = _gunzip(body, largest_bytes)
    else:
        raise UnsupportedEncoding(f"content encoding {encoding[:32]!r} is not read here; send gzip or none")
    if len(content) > largest_bytes:
        raise TooLarge(f"the body is larger than {largest_bytes} bytes")
    return content


def _gunzip(body: bytes, largest_bytes: int) -> bytes:
    """Every member of a gzip body, one after the other. No sender writes many; each costs a copy of what follows it."""
    content = bytearray()
    rest = body
    for _member in range(MOST_MEMBERS):
        member = zlib.decompressobj(_GZIP)
        try:
            content += member.decompress(rest, largest_bytes + 1 - len(content))
        except zlib.error as error:
            raise UnsupportedEncoding("the body is not gzip, though it says so") from error
        if len(content) > largest_bytes:
            raise TooLarge(f"the body is larger than {largest_bytes} bytes when inflated")
        if not member.eof:
            raise UnsupportedEncoding("the gzip body ends too early")
        rest = member.unused_data
        if not rest:
            return bytes(content)
    raise UnsupportedEncoding(f"the gzip body has more than {MOST_MEMBERS} members")
