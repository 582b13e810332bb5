"""What an answer means for the file that was sent, and how long to wait before the next attempt. Pure."""

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

LONGEST_WAIT_SECONDS = 3600.0
LONGEST_PACE_SECONDS = 10.0  # a service that asks for more is not keeping pace but away
_FILE_WAITS_SECONDS = (2.0, 900.0)  # after the first and, doubling, at most
_SERVICE_WAITS_SECONDS = (1.0, 300.0)
_SUCCESS = range(200, 300)
_REFUSALS = frozenset({400, 409, 413, 415, 422})
_ABOUT_THE_SERVICE = frozenset({401, 403, 404, 502, 503, 504})
_TOO_MANY = 429


class Verdict(StrEnum):
    """What becomes of a file that was sent."""

    TAKEN = "taken"  # the service has it
    REFUSED = "refused"  # the service will never take these bytes under this name
    FILE_WAITS = "file_waits"  # it may be this file's fault: others go first
    SERVICE_WAITS = "service_waits"  # no file would fare better now
    TOO_FAST = "too_fast"  # nor now, but in a moment


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. status: None when there was no whole answer. reached: whether there was anybody to send to.

    text: the beginning of the answer, or why there was none. retry_after: the header as it came.
    content_sha256: of the bytes that were read from the file for this attempt; None when they were not read to the end.
    confirmed_sha256: what the service says it has; None when it does not say.
    """

    status: int | None
    text: str = ""
    reached: bool = True
    retry_after: str | None = None
    content_sha256: str | None = None
    confirmed_sha256: str | None = None


def judge(reply: Reply) -> Verdict:
    """2xx is taken, five statuses are refusals for good, anything else is tried again without end.

    A 2xx that came before all was sent, or that names other bytes, confirms nothing.
    """
    if not reply.reached or reply.status in _ABOUT_THE_SERVICE:
        return Verdict.SERVICE_WAITS
    if reply.status == _TOO_MANY:
        return Verdict.TOO_FAST
    if reply.status in _REFUSALS:
        return Verdict.REFUSED
    sent = reply.content_sha256
    if reply.status in _SUCCESS and sent is not None and reply.confirmed_sha256 in {None, sent}:
        return Verdict.TAKEN
    return Verdict.FILE_WAITS


def file_wait_seconds(attempts: int) -> float:
    """How long a file waits after its `attempts`-th failure in a row."""
    return _doubled(_FILE_WAITS_SECONDS, attempts)


def service_wait_seconds(failures: int, asked_seconds: float | None) -> float:
    """How long all files wait after `failures` failures in a row; longer when the service asked for more."""
    return max(_doubled(_SERVICE_WAITS_SECONDS, failures) if failures else 0.0, asked_seconds or 0.0)


def asked_wait_seconds(retry_after: str | None, now_unix: float) -> float | None:
    """What a Retry-After asks for, in seconds or as a date; at most an hour, None when it says nothing readable."""
    if retry_after is None:
        return None
    value = retry_after.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), LONGEST_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now_unix
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def is_due(next_attempt_unix: float | None, now_unix: float) -> bool:
    """Is it time? A moment further away than any wait means that the clock was set back: then it is time, too."""
    return next_attempt_unix is None or not now_unix < next_attempt_unix <= now_unix + LONGEST_WAIT_SECONDS


def _doubled(bounds: tuple[float, float], times: int) -> float:
    first, most = bounds
    return min(first * 2.0 ** min(max(times - 1, 0), 30), most)
