"""Times that a placed booking can be moved to, for a page: what the customer would be offered, read from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bot.catalog import LoadedFrames, NeedFrames
from bot.catalog_view import load_catalog, load_frames
from bot.flows import free_times, summary
from bot.flows.contract import Customer, TurnContext
from bot.flows.history import History, KnownBooking
from bot.flows.state import State
from bot.flows.talk import Talk
from bot.messages import Surface
from bot.scheduling import Plan
from bot.workspace import FormField, WorkspaceSettings
from db.ids import new_id
from db.tx import Tx

_MOST_READS = 4
"""One day of one place is one read."""


@dataclass(frozen=True, slots=True)
class FreeTime:
    """people: names in English, each once; empty for bays and tables. total_minor: by the catalog of today."""

    plan: Plan
    people: tuple[str, ...]
    total_minor: int

    @property
    def starts_at(self) -> datetime:
        return self.plan.starts_at

    @property
    def key(self) -> str:
        """The choice as a form's value."""
        who = ",".join(str(part.staff_id) for part in self.plan.parts)
        return f"{self.starts_at.isoformat()}|{who}"


async def times_for(
    transaction: Tx,
    booking: KnownBooking,
    *,
    workspace_id: UUID,
    settings: WorkspaceSettings,
    form: tuple[FormField, ...],
    day: date,
    now: datetime,
) -> list[FreeTime] | None:
    """Of one local day, earliest first. None: the catalog doesn't offer its services or place any more."""
    frames = LoadedFrames()
    context = TurnContext(
        now=now,
        turn=1,
        workspace_name="",
        settings=settings,
        form=form,
        customer=Customer(id=booking.customer_id),
        surface=Surface.WEB,
        catalog=await load_catalog(transaction, workspace_id),
        frames=frames,
        new_id=new_id,
        conversation_id=booking.id,
        history=History(upcoming=(booking,)),
    )
    for _ in range(_MOST_READS):
        talk = Talk(State(), context)
        wish = free_times.wish_of(talk, booking)
        if wish is None:
            return None
        talk.state.wish = wish
        try:
            found = free_times.of_day(talk, day)
        except NeedFrames as need:
            frames.answers[need.query] = await load_frames(transaction, need.query)
        else:
            total = summary.total_minor(talk)
            return [FreeTime(plan, _people(talk, plan), total) for plan in found]
    raise RuntimeError("a day asked for readings without end")


def _people(talk: Talk, plan: Plan) -> tuple[str, ...]:
    names = (talk.staff_called(who) for who in plan.staff_ids)
    return tuple(name for name in names if name)
