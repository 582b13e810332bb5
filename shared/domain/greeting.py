"""The reporter's handshake: who it is and how it is. It tells of no round and is no delivery."""

from collections.abc import Mapping
from dataclasses import dataclass

LARGEST_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a reporter says of itself. `instance` tells two of one server apart; None elsewhere: it did not say.

    `claimed_server_id` decides nothing, the token does. `spool`: {files, bytes} of what it has not handed on yet.
    """

    instance: str
    claimed_server_id: str | None = None
    boot_id: str | None = None
    sender_version: str | None = None
    lua_kind: str | None = None
    config_problems: tuple[str, ...] | None = None
    spool: Mapping[str, int] | None = None
