"""Which version of the JSON stats suite wrote a submit. Nothing else of the body is looked at."""

from collections.abc import Iterable

from shared.domain.errors import NotJson
from shared.parsers.json_stream import JsonStream

_TOLD_IN = ("round_info", "metadata")
_LONGEST = 64


def suite_version(chunks: Iterable[bytes]) -> str | None:
    """The version in an inflated body; None when it tells none. Raises whatever the chunks raise, and nothing else."""
    stream = JsonStream(chunks)
    try:
        if not stream.opens("{"):
            return None
        for name in stream.members():
            if name not in _TOLD_IN or not stream.opens("{"):
                stream.skip()
            elif (version := _of_member(stream)) is not None:
                return version
    except NotJson:
        return None
    return None


def _of_member(stream: JsonStream) -> str | None:
    found = None
    for name in stream.members():
        if name != "stats_version" or stream.opens("{") or stream.opens("["):
            stream.skip()
            continue
        value = stream.value()
        found = value if isinstance(value, str) and 0 < len(value) <= _LONGEST else None
    return found
