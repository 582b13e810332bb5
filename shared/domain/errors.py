"""What can go wrong, as the domain sees it. HTTP and exit codes are decided at the edges.

RoundwireError
├── Refused                 a delivery that is answered with a problem and no 2xx
│   ├── NotAuthenticated
│   ├── TooLarge
│   ├── UnsupportedEncoding
│   ├── NotJson
│   ├── NotAHandshake
│   ├── BadFileName
│   └── TooMany             carries `retry_after_seconds`
├── NothingDurable          neither the database nor the spool can take anything now
└── IllegalMove             a state a round_event cannot go to from where it is
"""

from shared.domain.vocabulary import Outcome


class RoundwireError(Exception):
    """The root: everything below it is expected somewhere."""


class Refused(RoundwireError):
    """A delivery that cannot be taken. `code` is stable, the message is one plain sentence, `outcome` is what is counted."""

    code = "refused"
    outcome = Outcome.REFUSED_MALFORMED


class NotAuthenticated(Refused):
    """No registered server's token."""

    code = "not_authenticated"
    outcome = Outcome.REFUSED_AUTH


class TooLarge(Refused):
    """More bytes than the door takes, before or after inflating."""

    code = "too_large"
    outcome = Outcome.REFUSED_SIZE


class UnsupportedEncoding(Refused):
    """A content type or encoding this door does not read, or a body that is not in the encoding it claims."""

    code = "unsupported_encoding"


class NotJson(Refused):
    """Not JSON at all."""

    code = "not_json"


class NotAHandshake(Refused):
    """JSON, but not a reporter's handshake."""

    code = "not_a_handshake"


class BadFileName(Refused):
    """Not a plain file name: a path, control characters, or longer than any name."""

    code = "bad_file_name"


class TooMany(Refused):
    """Above the server's rate."""

    code = "rate_limited"
    outcome = Outcome.REFUSED_RATE

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class NothingDurable(RoundwireError):
    """Nothing durable can be done at the moment: the sender must keep what it sent."""


class IllegalMove(RoundwireError):
    """A move that the state machine does not know."""
