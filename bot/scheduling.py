"""Fits services, people and free frames into plans. Pure: frames and wishes in, ranked plans out.

Hard rules: a service starts at the beginning of a free frame and its whole length lies in adjoining
frames of one person; nobody is used twice at once; all parts at one location (the frames given);
services run back to back. A person's frames are used up whole: a 45-minute service takes two
half-hour frames, so the next service starts where a frame of its own person starts, no later than
the end of those two frames. Only if a person was asked for and does all that she can, gaps of up to
`MAX_GAP_MINUTES` between services are fine.

Ranking: the asked person does what she was asked for, then no gaps, then nearest to the wanted
time, then fewest people. For each starting time the best plan only.

Instants are aware UTC datetimes outside, whole seconds since the epoch inside (cheap to compare).
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from bot.catalog import Frame

MAX_GAP_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Need:
    """One service to be done: who may, and how many minutes each takes (extra minutes included)."""

    service_id: UUID
    minutes: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One service of a plan: who does it, when, in which frames."""

    service_id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    parts: tuple[Part, ...]
    as_asked: bool
    """The asked person does everything she is able to do (True as well if nobody was asked for)."""
    gap_minutes: int = 0

    @property
    def starts_at(self) -> datetime:
        return self.parts[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.parts[-1].ends_at

    @property
    def staff_ids(self) -> tuple[UUID, ...]:
        """People in order of appearance, each once."""
        return tuple(dict.fromkeys(part.staff_id for part in self.parts))


class _Diary:
    """Free frames of one person, by start. Ends are worked out only where they are looked at."""

    __slots__ = ("_ends", "frames", "starts")

    def __init__(self, frames: Iterable[Frame]) -> None:
        by_start: dict[int, Frame] = {}
        for frame in frames:
            by_start.setdefault(int(frame.starts_at.timestamp()), frame)
        self.starts = sorted(by_start)
        self.frames = [by_start[start] for start in self.starts]
        self._ends: dict[int, int] = {}

    def end(self, index: int) -> int:
        known = self._ends.get(index)
        if known is None:
            known = self._ends[index] = _seconds(self.frames[index].ends_at)
        return known

    def run_from(self, start: int, seconds: int) -> tuple[int, int] | None:
        """First index and one past the last of the adjoining frames that hold `seconds` from `start`."""
        first = bisect_left(self.starts, start)
        if first == len(self.starts) or self.starts[first] != start:
            return None
        index = first
        while self.end(index) < start + seconds:
            if index + 1 == len(self.starts) or self.starts[index + 1] != self.end(index):
                return None
            index += 1
        return first, index + 1


@dataclass(frozen=True, slots=True)
class _Step:
    """A part while searching: seconds, and the run of frames it uses up."""

    staff_id: UUID
    start: int
    end: int
    block_end: int
    run: tuple[int, int]


def plans(
    needs: Sequence[Need],
    frames: Iterable[Frame],
    *,
    earliest: datetime,
    latest: datetime | None = None,
    wanted: datetime | None = None,
    person: UUID | None = None,
    limit: int = 3,
) -> list[Plan]:
    """Up to `limit` plans, best first, starting in [earliest, latest).

    `wanted`: the asked moment; plans nearest to it come first (without it: earliest first).
    `person`: the asked person, who is to do every service of `needs` that she can do.
    """
    if not needs or limit < 1:
        return []
    search = _Search(needs, frames)
    low = _seconds(earliest)
    high = _seconds(latest) if latest is not None else None
    target = _seconds(wanted) if wanted is not None else low
    starts = sorted(search.first_starts(low, high), key=lambda start: (abs(start - target), start))
    asked = person if person is not None and any(person in need.minutes for need in needs) else None
    phases = [(asked, True), (asked, False), (None, True)] if asked is not None else [(None, True)]
    found: list[Plan] = []
    done: set[int] = set()
    for who, tight in phases:
        if len(found) >= limit:
            break
        batch: list[list[_Step]] = []
        for start in starts:
            steps = None if start in done else search.best_from(start, who, tight=tight)
            if steps is None:
                continue
            done.add(start)
            batch.append(steps)
            if tight and len(found) + len(batch) >= limit:
                break
        batch.sort(key=_gap)  # stable: nearest first stays within equal gaps
        as_asked = person is None or who is not None
        found.extend(search.plan(steps, as_asked=as_asked) for steps in batch)
    return found[:limit]


def plan_at(
    needs: Sequence[Need], frames: Iterable[Frame], *, at: datetime, person: UUID | None = None
) -> Plan | None:
    """The best plan that starts exactly at `at`; with a person: only one in which she does her part."""
    ranked = plans(needs, frames, earliest=at, latest=_after(at), person=person, limit=1)
    return next((plan for plan in ranked if person is None or plan.as_asked), None)


def people_at(needs: Sequence[Need], frames: Sequence[Frame], *, at: datetime) -> tuple[UUID, ...]:
    """Everybody who could be asked for at `at`: doing all that she can of `needs`, the rest done by others."""
    able = dict.fromkeys(staff_id for need in needs for staff_id in need.minutes)
    return tuple(p for p in able if plan_at(needs, frames, at=at, person=p) is not None)


class _Search:
    """Depth-first search over the diaries of those who can do anything of the needs."""

    def __init__(self, needs: Sequence[Need], frames: Iterable[Frame]) -> None:
        self._needs = needs
        self._seconds = [{who: minutes * 60 for who, minutes in n.minutes.items()} for n in needs]
        self._diaries = _diaries(frames, {who for need in needs for who in need.minutes})
        self._reachable: dict[tuple[int, int, int, bool], bool] = {}
        """By need, window, and whether the asked person has to do it (one search asks for one person)."""

    def first_starts(self, low: int, high: int | None) -> set[int]:
        return {
            start
            for who in self._needs[0].minutes
            if who in self._diaries
            for start in self._diaries[who].starts
            if start >= low and (high is None or start < high)
        }

    def best_from(self, start: int, person: UUID | None, *, tight: bool) -> list[_Step] | None:
        """Best steps from a start: without gaps the fewest people, with gaps the smallest gap first."""
        if tight:
            if not self._can(0, start, start, person):
                return None
            for people in range(1, len(self._needs) + 1):
                steps = self._tight([], start, start, person, people)
                if steps is not None:
                    return steps
            return None
        options = list(self._loose([], start, start, person))
        return min(options, key=lambda steps: (_gap(steps), _people(steps)), default=None)

    def plan(self, steps: Sequence[_Step], *, as_asked: bool) -> Plan:
        parts = tuple(
            Part(
                service_id=need.service_id,
                staff_id=step.staff_id,
                starts_at=datetime.fromtimestamp(step.start, UTC),
                ends_at=datetime.fromtimestamp(step.end, UTC),
                frames=tuple(self._diaries[step.staff_id].frames[slice(*step.run)]),
            )
            for need, step in zip(self._needs, steps, strict=True)
        )
        return Plan(parts=parts, as_asked=as_asked, gap_minutes=_gap(steps) // 60)

    def _tight(
        self, steps: list[_Step], low: int, high: int, person: UUID | None, people: int
    ) -> list[_Step] | None:
        index = len(steps)
        if index == len(self._needs):
            return list(steps)
        used = {step.staff_id for step in steps}
        for step in self._candidates(index, low, high, person, steps):
            if step.staff_id not in used and len(used) == people:
                continue
            if not self._can(index + 1, step.end, step.block_end, person):
                continue
            steps.append(step)
            found = self._tight(steps, step.end, step.block_end, person, people)
            steps.pop()
            if found is not None:
                return found
        return None

    def _loose(self, steps: list[_Step], low: int, high: int, person: UUID | None) -> Iterable[list[_Step]]:
        index = len(steps)
        if index == len(self._needs):
            yield list(steps)
            return
        gap = MAX_GAP_MINUTES * 60 if index else 0
        for step in self._candidates(index, low, high + gap, person, steps):
            steps.append(step)
            yield from self._loose(steps, step.end, step.block_end, person)
            steps.pop()

    def _candidates(
        self, index: int, low: int, high: int, person: UUID | None, steps: Sequence[_Step]
    ) -> Iterable[_Step]:
        """Ways to do need `index` starting in [low, high]; people already there come first."""
        able = self._seconds[index]
        if person is not None and person in able:
            order: Iterable[UUID] = (person,)
        else:
            seen = [step.staff_id for step in reversed(steps) if step.staff_id in able]
            order = dict.fromkeys([*seen, *able])
        for who in order:
            diary = self._diaries.get(who)
            if diary is None:
                continue
            free_from = max((s.block_end for s in steps if s.staff_id == who), default=low)
            position = bisect_left(diary.starts, max(low, free_from))
            while position < len(diary.starts) and diary.starts[position] <= high:
                start = diary.starts[position]
                position += 1
                run = diary.run_from(start, able[who])
                if run is not None:
                    yield _Step(who, start, start + able[who], diary.end(run[1] - 1), run)

    def _can(self, index: int, low: int, high: int, person: UUID | None) -> bool:
        """Whether needs from `index` on fit at all, forgetting who is busy: prunes hopeless starts."""
        if index == len(self._needs):
            return True
        key = (index, low, high, person is not None)
        known = self._reachable.get(key)
        if known is None:
            known = any(
                self._can(index + 1, step.end, step.block_end, person)
                for step in self._candidates(index, low, high, person, ())
            )
            self._reachable[key] = known
        return known


def _diaries(frames: Iterable[Frame], people: set[UUID]) -> dict[UUID, _Diary]:
    """Frames by person. Grouped by the number in the id: hashing a UUID is slow, and there are thousands."""
    by_person: dict[int, list[Frame]] = {person.int: [] for person in people}
    for frame in frames:
        held = by_person.get(frame.staff_id.int)
        if held is not None:
            held.append(frame)
    return {person: _Diary(by_person[person.int]) for person in people}


def _gap(steps: Sequence[_Step]) -> int:
    return sum(max(0, after.start - before.block_end) for before, after in itertools.pairwise(steps))


def _people(steps: Sequence[_Step]) -> int:
    return len({step.staff_id for step in steps})


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _after(moment: datetime) -> datetime:
    return datetime.fromtimestamp(_seconds(moment) + 1, UTC)
