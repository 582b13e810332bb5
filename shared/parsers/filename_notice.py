"""A message that names a file the game server has written, so that somebody fetches it. It carries nothing but the name.

It is what the folder watcher posts to a chat (`content` with the name in back-ticks), or the plain `{"filename": ...}`.
"""

from dataclasses import dataclass
from typing import Any

from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason
from shared.parsers import file_name, lenient_json
from shared.parsers.file_name import FileName
from shared.parsers.problem import Problem
from shared.parsers.webhook_message import named_file

MESSAGES = {
    file_name.NameProblem.TOO_LONG: f"the name is longer than {file_name.LONGEST_NAME} characters",
    file_name.NameProblem.NOT_A_PLAIN_NAME: "a name holds no separator, no `..` and no control character",
    file_name.NameProblem.UNKNOWN_FORMAT: "the name is of no known format",
    file_name.NameProblem.BAD_STAMP: "the date or time in the name is none",
    file_name.NameProblem.BAD_MAP: "the map in the name is none",
    file_name.NameProblem.BAD_ROUND_NUMBER: "the round number in the name is none",
}

_MESSAGE = "/content"


@dataclass(frozen=True, slots=True)
class NoticeReading:
    """What a notice says. `file` is None exactly when `quarantine_reason` is set: never a name that is not safe to fetch.

    `is_chat_message`: the name stands in a chat message's text.
    """

    file: FileName | None
    parse_status: ParseStatus
    problems: tuple[Problem, ...] = ()
    quarantine_reason: QuarantineReason | None = None
    is_chat_message: bool = False


def read(body: bytes) -> NoticeReading:
    """Read one body; raises NotJson when it is not JSON at all, and nothing else. Of several names the first counts."""
    name, pointer = _named(lenient_json.parse(body))
    if name is None:
        problem = Problem(pointer, "no_file_name", "the name of a file is needed here")
        return _quarantined(problem, QuarantineReason.SCHEMA_VIOLATION)
    file = file_name.read(name)
    if file.problem is None:
        return NoticeReading(file, ParseStatus.OK, is_chat_message=pointer == _MESSAGE)
    is_unknown = file.kind is Kind.UNKNOWN_FILE and file.problem is file_name.NameProblem.UNKNOWN_FORMAT
    reason = QuarantineReason.UNKNOWN_KIND if is_unknown else QuarantineReason.SCHEMA_VIOLATION
    return _quarantined(Problem(pointer, file.problem.value, MESSAGES[file.problem]), reason)


def _named(tree: Any) -> tuple[str | None, str]:
    if not isinstance(tree, dict):
        return None, ""
    if isinstance(tree.get("filename"), str):
        return tree["filename"], "/filename"
    return named_file(tree.get("content")), _MESSAGE


def _quarantined(problem: Problem, reason: QuarantineReason) -> NoticeReading:
    return NoticeReading(None, ParseStatus.FAILED, (problem,), reason, problem.pointer == _MESSAGE)
