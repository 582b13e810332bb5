"""What the last deliveries said when they were read: while a match is told its voices are asked again and again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from shared.parsers.understood import Understanding


class ReadingMemory:
    """The latest readings, by whatever decides what was read. Deliveries never change, so none grows old."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._readings: OrderedDict[Hashable, Understanding] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Hashable, read: Callable[[], Understanding]) -> Understanding:
        """The reading of `key`, read now when it is not remembered; what `read` raises is not."""
        with self._lock:
            if key in self._readings:
                self._readings.move_to_end(key)
                return self._readings[key]
        reading = read()
        with self._lock:
            self._readings[key] = reading
            if len(self._readings) > self._most:
                self._readings.popitem(last=False)
        return reading
