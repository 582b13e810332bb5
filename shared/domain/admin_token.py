"""The token that opens what is neither for senders nor for everybody: which ones are too easily guessed. Pure."""

SHORTEST = 24
_FEWEST_CHARACTERS = 10
_COMMON = ("changeme", "change-me", "password", "secret", "admin", "token", "example", "default", "roundwire")


def weakness(token: str) -> str | None:
    """What is wrong with it, in words that do not repeat it; None when it will do.

    A random one of `SHORTEST` characters passes; words that stand in examples do not, however often they are repeated.
    """
    if len(token) < SHORTEST:
        return f"must have at least {SHORTEST} characters, such as those of `openssl rand -hex 32`"
    if not (token.isascii() and token.isprintable()) or " " in token:
        return "must be of letters, digits and signs, without a space"
    if len(set(token)) < _FEWEST_CHARACTERS or len(_without_common_words(token)) < SHORTEST // 2:
        return "is too easily guessed; take the output of `openssl rand -hex 32`"
    return None


def _without_common_words(token: str) -> str:
    rest = token.lower()
    for word in _COMMON:
        rest = rest.replace(word, "")
    return rest
