"""Free time frames: from the vendor's names to UTC, and which of them an order line takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from providers.contract import FrameRecord, OrderLine
from providers.nailit.answers import TimeFrame
from providers.nailit.values import FRAME, clock_time, frames_needed, local_instant
from providers.outcome import CallFailure, Disposition


def frame_records(
    frames: Iterable[TimeFrame], *, call: str, staff: str, location: str, day: date, zone: ZoneInfo
) -> list[FrameRecord]:
    """A day's frames as UTC half hours, without wall times that the clock jumps over."""
    records = []
    for frame in frames:
        try:
            starts_at = local_instant(day, clock_time(frame.time_frame_name), zone)
        except ValueError as error:
            raise CallFailure(
                Disposition.OPERATOR, "schema_drift", f"{call}: field time_frame_name: {error}"
            ) from None
        if starts_at is not None:
            records.append(
                FrameRecord(
                    staff_external_id=staff,
                    location_external_id=location,
                    external_id=str(frame.time_frame_id),
                    starts_at=starts_at,
                    ends_at=starts_at + FRAME,
                )
            )
    return records


def frames_for(line: OrderLine, free: Iterable[FrameRecord]) -> tuple[int, ...] | None:
    """Ids of the consecutive free frames the line's whole length takes, or None if one isn't free.

    A line that was frozen with other ids than the day has now doesn't fit any more: None.
    """
    by_start = {
        frame.starts_at: int(frame.external_id)
        for frame in free
        if frame.staff_external_id == line.staff_external_id
    }
    ids: list[int] = []
    for step in range(frames_needed(line.minutes)):
        found = by_start.get(line.starts_at + step * FRAME)
        if found is None or (ids and found != ids[-1] + 1):
            return None
        ids.append(found)
    if line.frame_external_ids and tuple(map(str, ids)) != line.frame_external_ids:
        return None
    return tuple(ids)


def frozen_frames(line: OrderLine) -> tuple[int, ...]:
    """The line's own frame ids, checked: whole numbers, consecutive, as many as the length takes.

    Raises `CallFailure` (PERMANENT): ordering them would book the wrong time.
    """
    try:
        ids = tuple(int(text) for text in line.frame_external_ids)
    except ValueError:
        ids = ()
    consecutive = ids == tuple(range(ids[0], ids[0] + len(ids))) if ids else False
    if not consecutive or len(ids) != frames_needed(line.minutes):
        raise CallFailure(
            Disposition.PERMANENT,
            "bad_frames",
            f"{line.minutes} minutes take {frames_needed(line.minutes)} consecutive frames, not the given",
        )
    return ids


def refuse_overlaps(lines: Sequence[OrderLine]) -> None:
    """No person twice at one time within an order. Raises `CallFailure` (PERMANENT)."""
    seen: set[tuple[str, object]] = set()
    for line in lines:
        for step in range(frames_needed(line.minutes)):
            key = (line.staff_external_id, line.starts_at + step * FRAME)
            if key in seen:
                raise CallFailure(
                    Disposition.PERMANENT,
                    "double_booked",
                    "two services of the order need one person at one time",
                )
            seen.add(key)
