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
        passes = left >= 1
        self._remember(key, (left - 1 if passes else left, now))
        return 0.0 if passes else (1 - left) * 60 / self.per_minute

    def _remember(self, key: str, entry: tuple[float, float]) -> None:
        """Who came last stands last. Keys are the sender's to choose: the memory has a bound, and keeping it costs
        nothing; who is forgotten first has been quiet for longest, and is mostly full again.
        """
        self._buckets.pop(key, None)
        self._buckets[key] = entry
        if len(self._buckets) > _MAX_KEYS:
            del self._buckets[next(iter(self._buckets))]
