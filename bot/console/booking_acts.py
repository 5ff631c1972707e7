"""One booking: everything that is known of it, and what a person does with it.

What changes it is put into the customer's talk and takes the way of his own yes (bot/flows/desk.py): the booking
system is asked first, and he is told when it is done. Whether the visit took place is the tables' affair alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import TypeAdapter

from bot.console import live
from bot.console.acting import Acting, NotFound, Refused, Watching
from bot.console.booking_can import Can, may
from bot.console.booking_story import story
from bot.effect_mails import confirmation_again
from bot.flows.contract import Act
from bot.flows.history import KnownBooking, known_booking
from bot.flows.known import version
from bot.free_times import FreeTime, times_for
from bot.workspace import FormField, WorkspaceSettings, standard_form
from db import (
    accounts,
    booking_desk,
    escalations,
    history,
    read_booking_story,
    read_bookings,
    read_conversations,
)
from db.read_bookings import BookingRow
from providers.contract import OWN_ORDER_PREFIX, Capabilities
from providers.outcome import CallFailure

LONGEST_REASON = 200
_PAUSE = timedelta(minutes=1)
"""Between two confirmations that are sent again: a second click is none."""
_FORM = TypeAdapter(tuple[FormField, ...])


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking as it stands in this transaction."""

    row: BookingRow
    known: KnownBooking
    can: Can


async def booking(acting: Acting) -> web.StreamResponse:
    return acting.render("booking.html", **await _page(acting))


async def booking_part(acting: Acting) -> web.StreamResponse:
    """The parts of the page that live."""
    return acting.fragment("booking_part.html", **await _page(acting))


async def news(watching: Watching) -> web.StreamResponse:
    booking_id = watching.id("booking_id")
    async with watching.transaction() as tx:
        if await read_bookings.find(tx, booking_id) is None:
            raise NotFound
    return await live.stream(watching, lambda tx: read_booking_story.version(tx, booking_id))


async def _page(acting: Acting) -> dict[str, Any]:
    standing = await _standing(acting)
    row = standing.row
    calls = await read_booking_story.calls(acting.tx, row.id)
    done = await read_booking_story.done(acting.tx, row.id, since=row.created_at)
    return {
        "row": row,
        "known": standing.known,
        "can": standing.can,
        "version": version(standing.known),
        "items": await read_bookings.items(acting.tx, row.id),
        "neighbours": await read_booking_story.neighbours(acting.tx, row.id),
        "talk": await read_conversations.find(acting.tx, row.conversation_id),
        "story": story(row, done, calls),
        "order": "" if (row.provider_order_id or "").startswith(OWN_ORDER_PREFIX) else row.provider_order_id,
        "longest": LONGEST_REASON,
    }


async def _standing(acting: Acting) -> Standing:
    booking_id = acting.id("booking_id")
    row = await read_bookings.find(acting.tx, booking_id)
    raw = await history.known_booking(acting.tx, booking_id)
    if row is None or raw is None:
        raise NotFound
    known = known_booking(raw)
    can = may(
        known,
        status=row.status,
        now=acting.now,
        waiting=await read_booking_story.waiting(acting.tx, booking_id),
        system=await _system(acting) if row.status == "confirmed" else None,
        mails=acting.ports.mails,
    )
    return Standing(row, known, can)


async def _system(acting: Acting) -> Capabilities | None:
    if acting.ports.accounts is None:
        return None
    try:
        return (await acting.ports.accounts.booking_provider(acting.workspace.id)).capabilities
    except CallFailure:
        return None  # the account can't be used now; the call will say so where it is read


# -- what a person does -----------------------------------------------------------------------------------------


async def cancel(acting: Acting) -> web.StreamResponse:
    """With done_there: it was cancelled in the booking system by hand."""
    talk, standing = await _locked(acting)
    there = acting.form.get("done_there") == "1"
    if not (standing.can.cancel_there if there else standing.can.cancel):
        raise Refused(_why(standing.can, "It can't be cancelled from here."))
    data = {"done_there": True} if there else {}
    await _act(acting, talk, standing, Act.CANCEL_BOOKING, text=_reason(acting), **data)
    await acting.audit("booking.cancelled_there" if there else "booking.cancel", str(standing.row.id))
    return acting.back(
        _at(standing.row.id), said="The cancellation is on its way; the customer is told when it is done."
    )


async def move(acting: Acting) -> web.StreamResponse:
    talk, standing = await _locked(acting)
    if not standing.can.move:
        raise Refused(_why(standing.can, "It can't be moved from here."))
    chosen = acting.form.get("time", "")
    day = _day_of(acting, chosen)
    free = await _free(acting, standing, day) if day is not None else None
    if not any(one.key == chosen for one in free or ()):
        raise Refused("That time isn't free any more. Choose another one.")
    starts_at, _, people = chosen.partition("|")
    await _act(
        acting,
        talk,
        standing,
        Act.MOVE_BOOKING,
        text=_reason(acting),
        starts_at=starts_at,
        staff_ids=people.split(","),
    )
    await acting.audit("booking.move", str(standing.row.id), to=starts_at)
    return acting.redirect(
        _at(standing.row.id), said="The move is on its way; the customer is told when it is done."
    )


async def resend(acting: Acting) -> web.StreamResponse:
    """By mail, in the chat, or both: whatever may be sent there is decided where it is sent."""
    ways = [way for way in ("mail", "chat") if acting.form.get(way) == "1"]
    if not ways:
        raise Refused("Choose the chat, the mail, or both.")
    talk, standing = await _locked(acting, any_version=True, in_talk="chat" in ways)
    if ("mail" in ways and not standing.can.mail) or ("chat" in ways and not standing.can.chat):
        raise Refused(_why(standing.can, "It can't be sent that way now."))
    done = await read_booking_story.done(acting.tx, standing.row.id, since=acting.now - _PAUSE)
    if any(one.action == "booking.resend" for one in done):
        raise Refused("It was sent again a moment ago. Wait a minute before you send it once more.")
    if "chat" in ways:
        await _act(acting, talk, standing, Act.RESEND_BOOKING)
    if "mail" in ways:
        request = await confirmation_again(acting.tx, standing.row.id)
        if request is None:
            raise Refused("There is no mail address to write to.")
        await booking_desk.plan_call(
            acting.tx, talk, kind="send_mail", request=request, booking_id=standing.row.id, by=acting.label
        )
    await acting.audit("booking.resend", str(standing.row.id), by=ways)
    acting.after_commit(lambda: acting.ports.bell.ring([talk]))
    return acting.back(_at(standing.row.id), said="The confirmation is on its way.")


async def complete(acting: Acting) -> web.StreamResponse:
    return await _end(acting, "completed", "Marked as completed.")


async def no_show(acting: Acting) -> web.StreamResponse:
    return await _end(acting, "no_show", "Marked as no show.")


async def _end(acting: Acting, status: str, said: str) -> web.StreamResponse:
    booking_id = acting.id("booking_id")
    row = await read_bookings.find(acting.tx, booking_id)
    if row is None:
        raise NotFound
    if row.status == status:
        return acting.back(_at(booking_id), said="It was marked so before.")
    if not await booking_desk.end_visit(acting.tx, booking_id, status=status, now=acting.now):
        raise Refused("Only a confirmed visit that has begun can be marked so.")
    await acting.audit(f"booking.{status}", str(booking_id))
    return acting.back(_at(booking_id), said=said)


async def _locked(
    acting: Acting, *, any_version: bool = False, in_talk: bool = True
) -> tuple[UUID, Standing]:
    """Its customer's open talk (where nothing is to be said in it: the one he booked in), and the booking as it
    stands; nobody else changes it until this act is written down.
    """
    booking_id = acting.id("booking_id")
    row = await read_bookings.find(acting.tx, booking_id)
    if row is None:
        raise NotFound
    talk = await booking_desk.talk_of(acting.tx, booking_id) if in_talk else row.conversation_id
    if talk is None or not await booking_desk.lock(acting.tx, booking_id):
        raise Refused("Its customer was erased; nothing can be done with it any more.")
    standing = await _standing(acting)
    if not any_version and acting.form.get("version") != version(standing.known):
        raise Refused("The booking has changed meanwhile. Look at it again; nothing was done.")
    return talk, standing


async def _act(
    acting: Acting, talk: UUID, standing: Standing, act: Act, *, text: str = "", **data: object
) -> None:
    about = {"booking_id": str(standing.row.id), "version": version(standing.known), **data}
    if not await escalations.add_act(acting.tx, talk, act=act.value, by=acting.label, text=text, data=about):
        raise Refused("The conversation was closed at this moment. Please try again.")
    acting.after_commit(lambda: acting.ports.bell.ring([talk]))


def _reason(acting: Acting) -> str:
    text = " ".join(acting.form.get("reason", "").split())
    if len(text) > LONGEST_REASON:
        raise Refused(f"The reason has at most {LONGEST_REASON} characters.")
    return text


def _why(can: Can, otherwise: str) -> str:
    return " ".join(can.why) or otherwise


def _at(booking_id: UUID) -> str:
    return f"/bookings/{booking_id}"


# -- another time -------------------------------------------------------------------------------------------------


async def other_times(acting: Acting) -> web.StreamResponse:
    standing = await _standing(acting)
    today = acting.now.astimezone(acting.workspace.zone).date()
    settings = await _settings(acting)
    last = today + timedelta(days=settings.horizon_days)
    day = _asked_day(acting, standing, today, last)
    free = await _free(acting, standing, day) if standing.can.move else []
    by_people: dict[str, list[FreeTime]] = {}
    for one in free or ():
        by_people.setdefault(" and ".join(one.people) or "Anybody free", []).append(one)
    return acting.render(
        "booking_move.html",
        row=standing.row,
        can=standing.can,
        version=version(standing.known),
        day=day,
        today=today,
        before=day - timedelta(days=1) if day > today else None,
        after=day + timedelta(days=1) if day < last else None,
        last=last,
        offered=free is not None,
        groups=by_people,
        longest=LONGEST_REASON,
    )


def _asked_day(acting: Acting, standing: Standing, today: date, last: date) -> date:
    """The day in the address, else the booking's own; within what can be booked."""
    own = standing.row.starts_at.astimezone(acting.workspace.zone).date()
    try:
        asked = date.fromisoformat(acting.query.get("date", ""))
    except ValueError:
        asked = own
    return min(max(asked, today), last)


def _day_of(acting: Acting, chosen: str) -> date | None:
    """The local day of a chosen time; None: no page offered that."""
    try:
        moment = datetime.fromisoformat(chosen.partition("|")[0])
    except ValueError:
        return None
    return moment.astimezone(acting.workspace.zone).date() if moment.tzinfo is not None else None


async def _free(acting: Acting, standing: Standing, day: date) -> list[FreeTime] | None:
    talk = await read_conversations.find(acting.tx, standing.row.conversation_id)
    profile = await accounts.bot_profile(acting.tx, talk.bot_id) if talk is not None else None
    return await times_for(
        acting.tx,
        standing.known,
        workspace_id=acting.workspace.id,
        settings=await _settings(acting),
        form=_FORM.validate_python(profile.form) if profile and profile.form else standard_form(),
        day=day,
        now=acting.now,
    )


async def _settings(acting: Acting) -> WorkspaceSettings:
    return WorkspaceSettings.model_validate(await accounts.workspace_settings(acting.tx))
