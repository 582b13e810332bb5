"""Which voices a round was told by, which are still missing, and how far each is from it in time. Pure."""

from collections.abc import Collection, Iterable

from shared.domain.precedence import HEARD_BY_THE_ENGINE
from shared.domain.vocabulary import Kind

_OF_THE_ENGINE = "the engine's word (round_report, stats_message or gametime_file)"
_FILES = (Kind.STATS_FILE, Kind.ENDSTATS_FILE, Kind.GAMETIME_FILE, Kind.PROXIMITY_FILE)


def missing_voices(heard: Collection[Kind]) -> list[str]:
    """What nobody has told of a round yet, the most wanted first."""
    without_engine = [] if HEARD_BY_THE_ENGINE & set(heard) else [_OF_THE_ENGINE]
    return without_engine + [str(kind) for kind in _FILES if kind not in heard]


def seconds_apart(
    event: tuple[int | None, int | None], stamp_ends_unix: Iterable[int], round_: tuple[int | None, int | None]
) -> int | None:
    """Seconds an event's time lies after (before: negative) its round's: by starts, else by ends, else by what the file's
    stamp means. Both pairs are (start, end) in unix seconds; None when there is nothing to compare.
    """
    for told, known in zip(event, round_, strict=True):
        if told is not None and known is not None:
            return told - known
    end_unix = round_[1]
    if end_unix is None:
        return None
    return min((stamp - end_unix for stamp in stamp_ends_unix), key=abs, default=None)
