"""How often somebody may come: a bucket per key, in this process. A bound on noise, not a guard of money."""

from __future__ import annotations

from dataclasses import dataclass, field

_MAX_KEYS = 10_000


@dataclass(slots=True)
class Pace:
    """`per_minute` at an even pace, and as many at once."""

    per_minute: int
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Key -> (what is left, seconds of the clock when that was so)."""

    def wait(self, key: str, *, now: float) -> float:
        """Takes one. 0: it may pass; else the seconds until it may. `now`: any clock that only goes forward."""
        left, since = self._buckets.get(key, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + (now - since) * self.per_minute / 60)
        if left < 1:
            self._buckets[key] = (left, now)
            return (1 - left) * 60 / self.per_minute
        self._forget(now)
        self._buckets[key] = (left - 1, now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Those that are full again need no memory."""
        if len(self._buckets) >= _MAX_KEYS:
            self._buckets = {key: entry for key, entry in self._buckets.items() if now - entry[1] < 60}
