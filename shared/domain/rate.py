"""How often may one server knock? A bucket of tokens that refills evenly. Pure; time is an argument."""

import math
from dataclasses import dataclass


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
        per_second = self.per_minute / 60
        elapsed_seconds = max(0.0, now_unix - self.filled_at_unix)
        self.tokens = min(float(self.burst), self.tokens + elapsed_seconds * per_second)
        self.filled_at_unix = now_unix
        if self.tokens >= 1:
            self.tokens -= 1
            return 0
        return max(1, math.ceil((1 - self.tokens) / per_second))
