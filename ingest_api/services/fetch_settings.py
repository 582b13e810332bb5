"""How files of a game server are reached: `fetch/<server_id>.cfg` in the data folder, one `key = value` a line.

    host = game.example
    port = 22
    user = et
    key_file = et_ed25519
    host_key = ssh-ed25519 AAAA…
    path = /home/et/legacy/gamestats

A problem is told by line and key; a relative `key_file` begins at the folder of the settings file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

import asyncssh

from shared.domain.errors import RoundwireError

FOLDER = "fetch"
_SUFFIX = ".cfg"
_LARGEST_PORT = 65_535


class FetchSettingsWrong(RoundwireError):
    """The settings cannot be used; `problems` are one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """The way to one game server's files. `host_key`: the only one that is believed."""

    host: str
    port: int
    user: str
    key: asyncssh.SSHKey
    host_key: asyncssh.SSHKey
    path: str


def settings_files(data_folder: Path) -> dict[str, Path]:
    """The settings file of every server that has one, by server_id."""
    return {file.stem: file for file in sorted((data_folder / FOLDER).glob(f"*{_SUFFIX}"))}


def read_settings(file: Path) -> FetchSettings:
    """The settings in this file. Raises FetchSettingsWrong."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FetchSettingsWrong([f"{file.name} cannot be read: {_reason(error)}"]) from error
    values: dict[str, Any] = {"port": 22}
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, _, value = (part.strip() for part in line.partition("="))
        try:
            values[key] = _value(key, value, file.absolute().parent)
        except ValueError as problem:
            problems.append(f"{file.name} line {number}: {problem}")
    problems += [f"{file.name}: {key}: not set" for key in _READERS if key not in values and not _named(key, problems)]
    if problems:
        raise FetchSettingsWrong(problems)
    return FetchSettings(**{"key" if name == "key_file" else name: value for name, value in values.items()})


def _value(key: str, value: str, home: Path) -> Any:
    reader = _READERS.get(key)
    if reader is None:
        near = get_close_matches(key, _READERS, n=1, cutoff=0.0)
        raise ValueError(f'{key or "?"}: no such key, did you mean "{near[0]}"?')
    if not value:
        raise ValueError(f"{key}: no value")
    try:
        return reader(value, home)
    except ValueError as problem:
        raise ValueError(f"{key}: {problem}") from None


def _named(key: str, problems: list[str]) -> bool:
    return any(f": {key}: " in problem for problem in problems)


def _word(value: str, _home: Path) -> str:
    if any(character.isspace() or not character.isprintable() for character in value):
        raise ValueError("one word is needed")
    return value


def _port(value: str, _home: Path) -> int:
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= _LARGEST_PORT:
        raise ValueError(f"a number from 1 to {_LARGEST_PORT} is needed")
    return int(value)


def _private_key(value: str, home: Path) -> asyncssh.SSHKey:
    file = home / Path(value).expanduser()
    try:
        return asyncssh.read_private_key(file)
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise ValueError(f"no private key without a passphrase in {file}: {_reason(error)}") from None


def _host_key(value: str, _home: Path) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(value)
    except asyncssh.KeyImportError:
        raise ValueError("a public key is needed, as `ssh-keyscan HOST` prints it behind the host's name") from None


def _path(value: str, _home: Path) -> str:
    if not value.isprintable():
        raise ValueError("a folder is needed")
    return value.rstrip("/") or "/"


def _reason(error: Exception) -> str:
    return (error.strerror or "unreadable") if isinstance(error, OSError) else "not readable as such"


_READERS: Mapping[str, Callable[[str, Path], Any]] = MappingProxyType(
    {"host": _word, "port": _port, "user": _word, "key_file": _private_key, "host_key": _host_key, "path": _path}
)
