"""The shipper's settings: one text file of `key = value` lines; each problem is one line that names line and key."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from game_server.shipper.errors import SettingsProblems
from game_server.shipper.names import KNOWN_FORMATS

FILE_NAME = "roundwire-ship.cfg"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
_DOORS = re.compile(r"(/v1/(files|rounds))?/*$")
_SWITCH = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """url: the service's address without any path of ours. folders: absolute, each once. include: patterns of names."""

    url: str
    token_file: Path
    folders: tuple[Path, ...]
    state_dir: Path
    include: tuple[str, ...] = KNOWN_FORMATS
    watch: bool = True
    poll_seconds: int = 5
    settle_seconds: int = 3
    max_file_mib: int = 32

    @property
    def largest_bytes(self) -> int:
        """A larger file is not sent."""
        return self.max_file_mib * 1024 * 1024


def read_settings(path: Path) -> Settings:
    """The settings in this file, relative paths taken from its folder. Raises SettingsProblems."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsProblems([f"config: cannot read {path}: {reason}"]) from None
    reading = _Reading(path.absolute().parent)
    for number, line in enumerate(text.splitlines(), start=1):
        reading.take(number, line)
    return reading.finish()


def read_token(token_file: Path) -> str:
    """The token in the first line of its file. Raises SettingsProblems, which never shows what the file holds."""
    try:
        with token_file.open(encoding="utf-8") as file:
            token = file.readline(4096).strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsProblems([f"config: token_file: cannot read {token_file}"]) from None
    if not _TOKEN.fullmatch(token):
        raise SettingsProblems([f"config: token_file: no token in the first line of {token_file}"])
    return token


class _Reading:
    """The lines read so far: values by key, folders apart, problems in order."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._values: dict[str, Any] = {}
        self._folders: list[Path] = []
        self._problems: list[str] = []

    def take(self, number: int, line: str) -> None:
        """One line of the file."""
        if not line.strip() or line.lstrip().startswith("#"):
            return
        key, equals, value = (part.strip() for part in line.partition("="))
        try:
            self._keep(key, value, is_pair=bool(equals and key))
        except ValueError as problem:
            self._problems.append(f"config line {number}: {problem}")

    def finish(self) -> Settings:
        """The settings, if nothing is wrong or missing. Raises SettingsProblems."""
        missing = [key for key in ("url", "token_file") if key not in self._values]
        missing += [] if self._folders else ["folder"]
        problems = [*self._problems, *(f"config: {key}: not set" for key in missing)]
        if problems:
            raise SettingsProblems(problems)
        values = {"state_dir": self._home / "roundwire-ship-state", **self._values}
        return Settings(folders=tuple(dict.fromkeys(self._folders)), **values)

    def _keep(self, key: str, value: str, *, is_pair: bool) -> None:
        if not is_pair:
            raise ValueError("expected key = value")
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, n=1, cutoff=0.0)[0]
            raise ValueError(f'{key}: no such key, did you mean "{near}"?')
        try:
            checked = _KEYS[key](value)
        except ValueError as problem:
            raise ValueError(f"{key}: {problem}") from None
        if isinstance(checked, Path):
            checked = (self._home / checked.expanduser()).resolve()
        if key == "folder":
            self._folders.append(checked)
        else:
            self._values[key] = checked


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        is_usable = False
    if not is_usable or re.search(r"[^\w.~:/%\[\]-]", value, flags=re.ASCII):
        raise ValueError(f'expected http:// or https://, got "{value}"')
    return _DOORS.sub("", value.rstrip("/"))


def _path(value: str) -> Path:
    if not value:
        raise ValueError("expected a path")
    return Path(value)


def _patterns(value: str) -> tuple[str, ...]:
    if not value:
        raise ValueError("expected patterns of file names, with spaces between them")
    return tuple(value.split())


def _switch(value: str) -> bool:
    if value.lower() not in _SWITCH:
        raise ValueError(f'expected on or off, got "{value}"')
    return _SWITCH[value.lower()]


def _whole(most: int) -> Callable[[str], int]:
    def check(value: str) -> int:
        if re.fullmatch(r"[0-9]{1,6}", value) and 1 <= int(value) <= most:
            return int(value)
        raise ValueError(f'expected a whole number from 1 to {most}, got "{value}"')

    return check


_KEYS: dict[str, Callable[[str], Any]] = {
    "url": _url,
    "token_file": _path,
    "folder": _path,
    "state_dir": _path,
    "include": _patterns,
    "watch": _switch,
    "poll_seconds": _whole(3600),
    "settle_seconds": _whole(600),
    "max_file_mib": _whole(4096),
}
