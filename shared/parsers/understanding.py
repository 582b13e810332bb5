"""One delivery understood: whatever its format, what it tells of which round, and what reading it left to say. Pure."""

from collections.abc import Callable, Mapping

from shared.domain.errors import NotJson
from shared.domain.vocabulary import Kind, QuarantineReason
from shared.parsers import understanding_files, understanding_messages
from shared.parsers.understood import Origin, Understanding, quarantined

Reader = Callable[[bytes, Origin], Understanding]


def understand(kind: Kind, content: bytes, origin: Origin) -> Understanding:
    """Read one delivery, already inflated; raises NotJson for a message that ought to be JSON and is none, and nothing else.

    A file that ought to be JSON and is none may be half written: it waits in quarantine.
    """
    reader = _READERS.get(kind)
    if reader is None:
        return Understanding(kind, None)
    try:
        return reader(content, origin)
    except NotJson:
        if origin.filename is None:
            raise
        return quarantined(kind, QuarantineReason.MALFORMED_JSON)


_READERS: Mapping[Kind, Reader] = {
    Kind.ROUND_REPORT: understanding_messages.of_round_report,
    Kind.STATS_MESSAGE: understanding_messages.of_stats_message,
    Kind.SUITE_JSON: understanding_messages.of_suite_json,
    Kind.GAMETIME_FILE: understanding_messages.of_gametime_file,
    Kind.STATS_FILE: understanding_files.of_stats_file,
    Kind.ENDSTATS_FILE: understanding_files.of_endstats_file,
    Kind.PROXIMITY_FILE: understanding_files.of_proximity_file,
    Kind.FILENAME_NOTICE: understanding_files.of_filename_notice,
    Kind.UNKNOWN_FILE: understanding_files.of_unknown_file,
}
