"""What `roundwire run` shows of its processes: their JSON log lines made readable for a person at a terminal."""

import json
from typing import Any, TextIO

from shared.ops.supervised import harmless

_NAME_WIDTH = 11
_SAID_ALREADY = {"event", "level", "timestamp", "process", "exception"}


class Terminal:
    """Prints lines under the name of who said them. Readable at a terminal; elsewhere as they came, for machines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_for_people = stream.isatty()
        self._is_open = True

    def show(self, name: str, line: str) -> None:
        """One line of one program."""
        self.say(f"{name:<{_NAME_WIDTH}} {readable(line) if self._is_for_people else line}")

    def say(self, text: str = "") -> None:
        """Words of our own. Once nobody reads us any more, we go on in silence."""
        if self._is_open:
            try:
                print(text, file=self._stream, flush=True)
            except BrokenPipeError:
                self._is_open = False


def readable(line: str) -> str:
    """A structured log line as `12:03:04 event name=value`; warnings and errors say so; anything else stays as it is."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict) or "event" not in fields:
        return line
    words = [
        harmless(str(fields.get("timestamp", ""))[11:19]),
        *_loudness(fields.get("level")),
        harmless(str(fields["event"])),
    ]
    words += [f"{harmless(str(name))}={_short(value)}" for name, value in fields.items() if name not in _SAID_ALREADY]
    shown = " ".join(word for word in words if word)
    if "exception" in fields:
        trace = (harmless(part) for part in str(fields["exception"]).splitlines())
        shown = "\n".join([shown, *(f"{'':<{_NAME_WIDTH}} {part}" for part in trace)])
    return shown


def _loudness(level: Any) -> list[str]:
    return [str(level).upper()] if level in ("warning", "error", "critical") else []


def _short(value: Any) -> str:
    return harmless(value) if isinstance(value, str) else json.dumps(value)
