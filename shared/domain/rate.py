"""How often may one server, or one address, knock? A bucket of tokens that refills evenly. Pure; time is an argument."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a limit. `more_in_seconds`: until there is one more; None when nothing is used."""

    name: str
    per_minute: int
    burst: int
    left: int
    more_in_seconds: int | None

    @property
    def policy_field(self) -> str:
        """The header field `RateLimit-Policy`: how many at once, and in how many seconds as many come again."""
        return f'"{self.name}";q={self.burst};w={math.ceil(self.burst * 60 / self.per_minute)}'

    @property
    def field(self) -> str:
        """The header field `RateLimit`: how many are left, and in how many seconds there is one more."""
        more = "" if self.more_in_seconds is None else f";t={self.more_in_seconds}"
        return f'"{self.name}";r={self.left}{more}'


@dataclass(slots=True)
class Bucket:
    """`per_minute` arrivals on average, `burst` of them at once. A bucket begins full."""

    per_minute: int
    burst: int
    tokens: float
    filled_at_unix: float

    @classmethod
    def full(cls, per_minute: int, burst: int, now_unix: float) -> "Bucket":
        """A bucket nobody took from yet."""
        return cls(per_minute, burst, float(burst), now_unix)

    def take(self, now_unix: float) -> int:
        """Take one; 0 when there was one, else the whole seconds until there will be."""
        if waits_seconds := self.waits(now_unix):
            return waits_seconds
        self.tokens -= 1
        return 0

    def waits(self, now_unix: float) -> int:
        """0 when there is one to take, else the whole seconds until there will be."""
        self._fill(now_unix)
        return 0 if self.tokens >= 1 else max(1, math.ceil((1 - self.tokens) * 60 / self.per_minute))

    def quota(self, name: str, now_unix: float) -> Quota:
        """What is left, of a limit of this name."""
        self._fill(now_unix)
        left = int(self.tokens)
        next_seconds = None if self.tokens >= self.burst else math.ceil((left + 1 - self.tokens) * 60 / self.per_minute)
        return Quota(name, self.per_minute, self.burst, left, next_seconds)

    def _fill(self, now_unix: float) -> None:
        elapsed_seconds = max(0.0, now_unix - self.filled_at_unix)
        self.tokens = min(float(self.burst), self.tokens + elapsed_seconds * self.per_minute / 60)
        self.filled_at_unix = now_unix
