"""A JSON body read piece by piece: no more of it is held than the value that is being taken.

As lenient as `lenient_json`: bytes that are not UTF-8 become U+FFFD, control characters in strings are taken. The reader
walks into objects and lists that may be large, and takes whole only what is small.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Any

from shared.domain.errors import NotJson
from shared.parsers.lenient_json import DECODER, storable

LONGEST_VALUE = 1_048_576
"""Characters of a value that is taken whole."""
MOST_VALUES = 300_000
"""No sender writes as many; a body of nothing but brackets has millions, and each takes its time."""
_PIECE_BYTES = 65_536
_LONGEST_BREAK = len("e+0")  # as near to the end of what is held, a number may have been cut in its exponent
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonStream:
    """A body in chunks of any size. Every method raises NotJson when the body is not JSON where it is looked at.

    `members` and `entries` leave the taking of each value to their caller, before the next is asked for.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._pieces = _pieces(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._is_exhausted = False
        self._values = 0
        self._text = ""
        self._at = 0

    def opens(self, bracket: str) -> bool:
        """Whether the value that comes next is an object (`{`) or a list (`[`)."""
        return self._peek() == bracket

    def members(self) -> Iterator[str]:
        """The names of the object that comes next; each one's value is the caller's to take."""
        self._take("{")
        if self._peek() != "}":
            while True:
                name = self._value() if self._peek() == '"' else None
                if not isinstance(name, str):
                    raise NotJson("a member of an object has no name")
                self._take(":")
                yield str(storable(name))
                if self._peek() != ",":
                    break
                self._take(",")
        self._take("}")

    def entries(self) -> Iterator[None]:
        """One turn for each value of the list that comes next; it is the caller's to take."""
        self._take("[")
        if self._peek() != "]":
            while True:
                yield None
                if self._peek() != ",":
                    break
                self._take(",")
        self._take("]")

    def value(self) -> Any:
        """The whole value that comes next, fit to be stored."""
        try:
            return storable(self._value())
        except RecursionError as error:
            raise NotJson("a value is nested too deeply") from error

    def raw_value(self) -> Any:
        """The same for a value that is looked at and forgotten: its texts may hold what no database stores."""
        return self._value()

    def skip(self) -> None:
        """Passes over the value that comes next. Lists and objects of any length pass, one value at a time."""
        if self.opens("{"):
            for _name in self.members():
                self._value()
        elif self.opens("["):
            for _entry in self.entries():
                self._value()
        else:
            self._value()

    def end(self) -> None:
        """Makes sure that nothing follows."""
        if self._peek():
            raise NotJson("something follows the end of the body")

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise NotJson(f"{sign!r} is missing")
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # matches everything
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _value(self) -> Any:
        self._values += 1
        if self._values > MOST_VALUES:
            raise NotJson(f"more than {MOST_VALUES} values are not read")
        self._peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise NotJson("a value is nested too deeply") from error
            except ValueError as error:
                if not self._more():
                    raise NotJson("the body is not JSON, or ends too early") from error
                continue
            if isinstance(value, int | float) and len(self._text) - end < _LONGEST_BREAK and self._more():
                continue  # its digits may go on
            self._at = end
            return value

    def _more(self) -> bool:
        """Reads on; at least as much as is held already, so that trying again costs no more than the first time did."""
        held = self._text[self._at :]
        if self._is_exhausted:
            return False
        if len(held) > LONGEST_VALUE:
            raise NotJson(f"a value is longer than {LONGEST_VALUE} characters, or the body is not JSON")
        parts, count = [held], 0
        while count <= len(held) and not self._is_exhausted:
            piece = next(self._pieces, None)
            self._is_exhausted = piece is None
            parts.append(self._decoder.decode(piece or b"", final=self._is_exhausted))
            count += len(parts[-1])
        if count:
            self._text, self._at = "".join(parts), 0
        return count > 0


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE_BYTES):
            yield chunk[start : start + _PIECE_BYTES]
