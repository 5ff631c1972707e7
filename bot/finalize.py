"""Book Now: the tap is the yes to the summary it stands under, whichever way it comes (design: finalize contract).

Where the booking is finished here, the tap becomes an event of its conversation and takes the way of any yes; its
result is waited for a few seconds. Its id is made of the intent, the version and the turn that offered it, so a double
click, two tabs and a retry are one. Where the business's page finishes it, the handoff is marked and its address
given. What has an outcome is answered by it, however often it is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from bot.handoff_token import token_of
from bot.handoffs import Handoffs, UnknownHandoff
from bot.live_wait import wait_for
from bot.messages import Inbound, InboundKind, Sender, Surface
from bot.ports import Bell, LiveEvents
from bot.stored_inbound import inbound_to_json
from db import chat, errors, finalize
from db.chat import MessageRow
from db.failures import DATABASE_FAILURES
from db.finalize import Standing
from db.tx import Pool, Tx, tx

log = structlog.get_logger(__name__)

NO_PAGE = "booking_url"
"""Kind of the operator's error about a booking page that nobody can be led to; a flow notes the same."""
_STANDS = frozenset({"confirmed", "completed", "no_show"})
_SURFACES = {"whatsapp": Surface.WHATSAPP, "twilio": Surface.SMS}


class UnknownIntent(LookupError):
    """There is no such booking intent, or it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    confirmation_code: str
    checkout_url: str | None = None
    """Where it is still to be paid."""
    awaits_link: bool = False
    """It is to be paid by a link that is being made; that comes as a message at the latest."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An order is under way, or a person decides: the result comes as a message."""


@dataclass(frozen=True, slots=True)
class Redirected:
    url: str
    degraded: bool = False
    """Nothing could be read or noted; the address is the business's own from its settings."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """It can't be finished here; what is wished is kept, and the business knows."""


@dataclass(frozen=True, slots=True)
class Stale:
    """This summary doesn't stand any more. `now`: the message that holds what stands; None: nothing does."""

    now: MessageRow | None


May = Callable[[Tx, Standing], Awaitable[bool]]
Result = Confirmed | Pending | Redirected | Fallback | Stale


@dataclass(frozen=True, slots=True)
class Finalized:
    """A result, with whose conversation it is of. None: nothing could be read."""

    result: Result
    bot_id: UUID | None = None
    language: str = "en"
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Finalizer:
    """One per web process."""

    pool: Pool
    bell: Bell
    live: LiveEvents
    handoffs: Handoffs
    wait_seconds: float

    async def finalize(
        self,
        workspace_id: UUID,
        intent_id: UUID,
        version: str,
        *,
        ip: str | None,
        may: May | None = None,
        by_customer: bool = True,
    ) -> Finalized:
        """may: whether the caller may act on it; None: on all of the workspace's. by_customer: it is his own tap.

        Raises UnknownIntent, and what a database raises, unless the customer can be led on without it.
        """
        try:
            async with tx(self.pool, workspace_id) as transaction:
                found = await finalize.standing(transaction, intent_id)
                if found is None or (may is not None and not await may(transaction, found)):
                    raise UnknownIntent(str(intent_id))
                offer = await finalize.offer(transaction, found.conversation_id, intent_id)
            if found.handling == "external":
                result = await self._lead_on(workspace_id, found, offer, version, ip)
            else:
                result = await self._book(workspace_id, found, offer, version, by_customer=by_customer)
        except DATABASE_FAILURES as error:
            blind = await self.blind(workspace_id, intent_id, ip=ip)
            if blind is None:
                raise
            log.warning("finalize.blind", reason=type(error).__name__)
            return blind
        log.info("finalize", intent=str(intent_id), result=type(result).__name__)
        return Finalized(result, found.bot_id, found.language, found.conversation_id)

    async def _lead_on(
        self, workspace_id: UUID, found: Standing, offer: MessageRow | None, version: str, ip: str | None
    ) -> Result:
        """To the business's own page. Led there once, it is the same address again."""
        if found.handed_off and offer is not None and version not in _versions(offer, found.id):
            return Stale(offer)
        if found.handed_off and found.external_url is not None:
            try:
                view = await self.handoffs.lead_on(token_of(found.id, workspace_id), ip=ip)
            except UnknownHandoff:
                log.warning("finalize.no_page", intent=str(found.id))
            else:
                return Redirected(view.url, degraded=view.fallback)
        async with tx(self.pool, workspace_id) as transaction:
            await errors.record(
                transaction,
                workspace_id=workspace_id,
                kind=NO_PAGE,
                fingerprint=str(found.conversation_id),
                summary="A customer was about to finish on the booking page, but no usable URL is set.",
                conversation_id=found.conversation_id,
            )
        return Fallback()

    async def _book(
        self,
        workspace_id: UUID,
        found: Standing,
        offer: MessageRow | None,
        version: str,
        *,
        by_customer: bool,
    ) -> Result:
        """Here: in our calendar or in the business's booking system."""
        ended = _ended(found)
        if ended is not None:
            return ended
        if found.status == "intent":
            if offer is None or found.talk_status == "closed":
                return Stale(None)
            action = _versions(offer, found.id).get(version)
            if action is None:
                return Stale(offer)
            tap = f"{found.id}:{version}:{offer.turn}"
            inbound = _tap(found, tap, version, str(action.get("label", "")))
            async with tx(self.pool, workspace_id) as transaction:
                await finalize.add_tap(
                    transaction, found.conversation_id, tap, inbound_to_json(inbound), by_customer=by_customer
                )
            self.bell.ring([found.conversation_id])
        else:
            tap = None

        async def outcome() -> Result | None:
            async with tx(self.pool, workspace_id) as transaction:
                return await self._outcome(transaction, found.id, found.conversation_id, tap)

        async def whole_outcome() -> Result | None:
            result = await outcome()
            return None if isinstance(result, Confirmed) and result.awaits_link else result

        result: Result | None = await wait_for(
            self.live, workspace_id, found.conversation_id, whole_outcome, seconds=self.wait_seconds
        )
        return result or await outcome() or Pending()

    async def _outcome(
        self, transaction: Tx, intent_id: UUID, conversation_id: UUID, tap: str | None
    ) -> Result | None:
        """What became of it so far. None: it is under way.

        Each look sees what was committed by then, so what is still to come is asked for before what has come.
        """
        status = await finalize.tap_status(transaction, tap) if tap is not None else None
        busy = status == "waiting" or await chat.under_way(transaction, conversation_id)
        found = await finalize.standing(transaction, intent_id)
        if found is None:
            return Fallback()
        ended = _ended(found)
        if ended is not None:
            return ended
        if busy or tap is None or found.status != "intent":
            return None
        if status == "quarantined":
            return Fallback()
        if found.talk_status == "human":
            return Pending()  # a person has read it and answers
        return Stale(await finalize.last_reply(transaction, found.conversation_id))

    async def blind(self, workspace_id: UUID, intent_id: UUID, *, ip: str | None) -> Finalized | None:
        """While the tables can't be read: the business's own page, if its bookings are finished on one."""
        try:
            view = await self.handoffs.lead_on(token_of(intent_id, workspace_id), ip=ip)
        except UnknownHandoff:
            return None
        return Finalized(Redirected(view.url, degraded=view.fallback), language=view.language)


def _ended(found: Standing) -> Result | None:
    """What can't be finalized any more, because it was, or never will be. None: it is open or under way."""
    if found.booking_status in _STANDS and found.confirmation_code is not None:
        unpaid = found.payment_status == "pending"
        url = found.payment_url if unpaid else None
        return Confirmed(found.confirmation_code, url, awaits_link=unpaid and url is None)
    if found.status == "needs_operator" or (
        found.booking_status == "pending_provider" and found.needs_operator
    ):
        return Pending()
    if found.status in {"confirmed", "abandoned", "redirected"}:
        return Stale(
            None
        )  # cancelled since, given up, or finished elsewhere before the business took it back
    return None


def _versions(offer: MessageRow, intent_id: UUID) -> dict[str, dict[str, Any]]:
    """The versions of this intent's summary that a message offers, each with its action."""
    return {
        str(action.get("summaryVersion")): action
        for action in offer.payload.get("actions", ())
        if action.get("bookingIntentId") == str(intent_id)
    }


def _tap(found: Standing, external_id: str, version: str, label: str) -> Inbound:
    """As the channel would tell of it."""
    phone = found.address if found.address.startswith("+") else None
    return Inbound(
        external_id=external_id,
        to_address=found.account_address,
        sender=Sender(phone=phone, user_id=None if phone else found.address),
        kind=InboundKind.CHOICE,
        surface=_SURFACES.get(found.channel, Surface.WEB),
        text=label,
        choice_id=f"finalize:{found.id}:{version}",
    )
