"""What is wrong with a delivery, said so that its sender can be told."""

from dataclasses import dataclass

MOST_NOTES = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a delivery: where (JSON pointer; in a text file `/line/field`), what (stable code), and a sentence."""

    pointer: str
    code: str
    message: str


def pointer_step(step: str | int) -> str:
    """One step of a JSON pointer, escaped."""
    return "/" + str(step).replace("~", "~0").replace("/", "~1")
