"""What can go wrong, as the domain sees it. HTTP and exit codes are decided at the edges.

RoundwireError
├── Refused                 a delivery that is answered with a problem and no 2xx
│   ├── NotAuthenticated
│   ├── TooLarge
│   ├── UnsupportedEncoding
│   ├── KeptAllTheSame      its bytes are kept, and it is counted by that
│   │   ├── NotJson
│   │   └── Withheld        carries the `reason` for which it waits in quarantine, and the `pointer` to what is wrong
│   ├── NotAHandshake
│   ├── BadFileName
│   └── TooMany             carries `retry_after_seconds`
├── NothingDurable          neither the database nor the spool can take anything now
└── IllegalMove             a state a round_event cannot go to from where it is
"""

from shared.domain.vocabulary import Outcome, QuarantineReason


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


class KeptAllTheSame(Refused):
    """It is refused, and since it is authentic its bytes are evidence: whoever keeps them counts it too."""


class NotJson(KeptAllTheSame):
    """Not JSON at all."""

    code = "not_json"


class Withheld(KeptAllTheSame):
    """It may say what it will, but was asked for in a way that nobody can follow: it waits in quarantine, unread."""

    def __init__(self, reason: QuarantineReason, pointer: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.pointer = reason, pointer
        self.code = str(reason)


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
