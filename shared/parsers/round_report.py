"""Bytes of a `round_report` to a reading of it: what it says, what had to be dropped, or why it is not understood.

A field of the wrong type or range costs that field (null, with a note). A missing map or round number, a broken limit or
an unknown version makes the whole delivery wait in quarantine. Nothing is ever cut.
"""

import codecs
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import is_typeddict

from shared.domain.contract import RoundReport
from shared.domain.vocabulary import ParseStatus, QuarantineReason
from shared.parsers import lenient_json
from shared.parsers.problem import MOST_NOTES, Problem, pointer_step

_LIMITS = frozenset({"too_long", "string_too_long", "string_too_short", "value_error"})
_MOST_ERRORS = 10_000  # each is told by an object of its own, and a body may hold hundreds of thousands
_ESSENTIAL: frozenset[tuple[str | int, ...]] = frozenset({(), ("schema_version",), ("map_name",), ("round_number",)})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a delivery says. `report` is None exactly when `quarantine_reason` is set."""

    report: RoundReport | None
    parse_status: ParseStatus
    problems: tuple[Problem, ...] = ()
    unknown_fields: tuple[str, ...] = ()
    sanitised: bool = False
    quarantine_reason: QuarantineReason | None = None


def read(body: bytes) -> Reading:
    """Read one body; raises NotJson when it is not JSON at all, and nothing else."""
    body = body.removeprefix(codecs.BOM_UTF8)
    has_nul = b"\\u0000" in body  # valid JSON that no Postgres text can hold
    try:
        report = RoundReport.model_validate_json(body)
    except ValidationError as error:
        return _read_leniently(body, sanitised=has_nul or _is_no_strict_json(error))
    if has_nul:
        return _read_leniently(body, sanitised=True)
    return Reading(report, ParseStatus.OK, unknown_fields=_unknown_fields(report))


def _is_no_strict_json(error: ValidationError) -> bool:
    if error.error_count() != 1:
        return False
    return error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid"


def _read_leniently(body: bytes, *, sanitised: bool) -> Reading:
    tree = lenient_json.parse(body)
    problems: list[Problem] = []
    while True:
        try:
            report = RoundReport.model_validate(tree)
        except ValidationError as error:
            if error.error_count() > _MOST_ERRORS:
                return _quarantined([*problems, _too_many(error.error_count())], sanitised=sanitised)
            details = error.errors(include_url=False, include_context=False, include_input=False)
            problems += [_problem(detail, tree) for detail in details]
            culprits = {_culprit(tree, detail) for detail in details}
            if any(detail["type"] in _LIMITS for detail in details) or not culprits.isdisjoint(_ESSENTIAL):
                return _quarantined(problems, sanitised=sanitised)
            _drop(tree, culprits)
        else:
            break
    status = ParseStatus.PARTIAL if problems else ParseStatus.OK
    return Reading(report, status, tuple(problems[:MOST_NOTES]), _unknown_fields(report), sanitised)


def _quarantined(problems: list[Problem], *, sanitised: bool) -> Reading:
    unsupported = any(problem.pointer == "/schema_version" and problem.code != "missing" for problem in problems)
    reason = QuarantineReason.UNSUPPORTED_VERSION if unsupported else QuarantineReason.SCHEMA_VIOLATION
    return Reading(
        None, ParseStatus.FAILED, tuple(problems[:MOST_NOTES]), sanitised=sanitised, quarantine_reason=reason
    )


def _too_many(count: int) -> Problem:
    return Problem(
        "", "too_many_problems", f"{count} fields cannot be read; beyond {_MOST_ERRORS} the whole report waits"
    )


def _problem(detail: ErrorDetails, tree: Any) -> Problem:
    path = _path_in(tree, detail)
    return Problem("".join(map(pointer_step, path)), detail["type"], detail["msg"])


def _path_in(tree: Any, detail: ErrorDetails) -> list[str | int]:
    """The steps of the location that exist in the body; a union's branch names do not, a missing field's own name counts."""
    path: list[str | int] = []
    node = tree
    for step in detail["loc"]:
        if not _has(node, step):
            return [*path, step] if detail["type"] == "missing" else path
        node = node[step]
        path.append(step)
    return path


def _has(node: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(node, list) and step < len(node)
    return isinstance(node, dict) and step in node


def _culprit(tree: Any, detail: ErrorDetails) -> tuple[str | int, ...]:
    """The smallest part of the body that can be dropped to mend this: a field, or the object that lacks one; () is all."""
    path = _path_in(tree, detail)
    if detail["type"] == "missing":
        path.pop()
    while path and _value_at(tree, path) is None:  # null already, and still not good enough: it is its owner that fails
        path.pop()
    return tuple(path)


def _drop(tree: Any, culprits: set[tuple[str | int, ...]]) -> None:
    """Null a field, take an item out of its list. Deepest and last first, so that no index moves before its turn."""
    for path in sorted(culprits, reverse=True):
        owner, last = _value_at(tree, path[:-1]), path[-1]
        if isinstance(last, int):
            del owner[last]
        else:
            owner[last] = None


def _value_at(tree: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is known of one kind of object: its fields, and which of them hold objects, or lists of objects, of which shape."""

    is_model: bool
    fields: frozenset[str]
    parts: tuple[tuple[str, "_Shape"], ...]


def _unknown_fields(report: RoundReport) -> tuple[str, ...]:
    """Fields this version does not know, by JSON pointer with `*` for any list index; each once."""
    found: dict[str, None] = {}
    _note_unknown(_shape_of_reports(), report, "", found)
    return tuple(found)[:MOST_NOTES]


def _note_unknown(shape: _Shape, part: Any, at: str, found: dict[str, None]) -> None:
    """A report has hundreds of parts and next to never an unknown field: only fields that can hold parts are looked into."""
    if shape.is_model:
        for name in part.model_extra or ():
            found[at + pointer_step(name)] = None
    elif not shape.fields.issuperset(part):
        for name in part.keys() - shape.fields:
            found[at + pointer_step(name)] = None
    for name, shape_of_part in shape.parts:
        value = getattr(part, name) if shape.is_model else part.get(name)
        if isinstance(value, list):
            pointer = f"{at}/{name}/*"
            for item in value:
                _note_unknown(shape_of_part, item, pointer, found)
        elif value is not None:
            _note_unknown(shape_of_part, value, f"{at}/{name}", found)


@functools.cache
def _shape_of_reports() -> _Shape:
    return _shape(RoundReport)


def _shape(kind: type) -> _Shape:
    hints = get_type_hints(kind)
    held = {name: next(filter(_is_part, _types_in(hint)), None) for name, hint in hints.items()}
    parts = tuple((name, _shape(part)) for name, part in held.items() if part)
    return _Shape(issubclass(kind, BaseModel), frozenset(hints), parts)


def _types_in(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for argument in get_args(annotation):
        yield from _types_in(argument)


def _is_part(kind: type) -> bool:
    return is_typeddict(kind) or issubclass(kind, BaseModel)
