"""Who is who within one round: the key a player has in it, and who is a bot. Pure."""

import hashlib
from dataclasses import dataclass, field

from shared.domain.text import clean_name

PREFIX_LENGTH = 8
"""As much of a GUID as every source tells."""

_BOT_GUID = "OMNIBOT"
_BOT_NAME = "[BOT]"


def is_bot(guid: str, name: str) -> bool:
    """Whether the GUID or the name, as sent, is a bot's."""
    return guid.upper().startswith(_BOT_GUID) or name.startswith(_BOT_NAME)


@dataclass(slots=True)
class PlayerKeys:
    """The keys of one round's players, each given once."""

    _taken: set[str] = field(default_factory=set)

    def key(self, guid: str, name: str, *, is_bot: bool) -> str:
        """The GUID's prefix in capitals where that tells people apart; bots share one, and so do strangers with chosen GUIDs.

        Senders differ in the colour codes they leave in a name, so it is the clean one that tells bots apart.
        """
        key = prefix = guid[:PREFIX_LENGTH].upper()
        if is_bot or not prefix:
            key = f"{prefix}#{_short_hash(clean_name(name))}"
        if key in self._taken:
            key = f"{prefix}#{_short_hash(guid + name)}"
        if key in self._taken:
            key = f"{key}.{len(self._taken)}"
        self._taken.add(key)
        return key


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
