"""What can be wrong with a line of a text file, and where."""

from enum import StrEnum

from shared.parsers.problem import Problem


class ProblemCode(StrEnum):
    """What is wrong. Of the first kind something was dropped; of the second all is kept and only flagged."""

    UNREADABLE_LINE = "unreadable_line"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    MISSING_VALUES = "missing_values"
    SURPLUS_NUMBERS = "surplus_numbers"
    CUT_VALUE = "cut_value"

    IMPLAUSIBLE = "implausible"
    SHARED_GUID = "shared_guid"
    NOT_TERMINATED = "not_terminated"


HARMLESS = frozenset({ProblemCode.IMPLAUSIBLE, ProblemCode.SHARED_GUID, ProblemCode.NOT_TERMINATED})


def problem(line: int, field: str, code: ProblemCode, message: str) -> Problem:
    """A problem of one line, counted from 1; `field` is the name of a value, empty when the line as a whole is meant."""
    return Problem(f"/{line}/{field}" if field else f"/{line}", code, message)
