"""Hand-offs at work: what their page shows, leading a customer on, and what booking pages report back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from pydantic import ValidationError

from bot import handoff_reference, handoff_token
from bot.booking_urls import url_problem
from bot.theme import Theme
from bot.workspace import WorkspaceSettings
from db import handoffs
from db.failures import DATABASE_FAILURES
from db.secrets import SecretBox
from db.tx import Pool, tx
from providers.handoff.contract import Completion, Outcome, Prefill, Tracking
from providers.handoff.pages import may_be_framed, outgoing_url, page_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything a hand-off page says. `url`: where its button leads, https on a real host."""

    business: str
    url: str
    destination: str
    """What that place is called: "Square", or the host of a website."""
    language: str
    frame: bool
    contact: tuple[tuple[str, str], ...]
    """Pairs of what it is (phone, email, website) and its value."""
    disclaimer: str = ""
    service: str = ""
    preferred_time: str = ""
    customer_name: str = ""
    theme: Theme = field(default_factory=Theme)
    finished: bool = False
    """The page or an operator said that it is booked there."""
    fallback: bool = False
    """The handoff itself can't be read at the moment: only the business is known."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


class UnknownHandoff(LookupError):
    """No handoff has this token (any more)."""


@dataclass(slots=True)
class Handoffs:
    """One per web process."""

    pool: Pool
    box: SecretBox
    _known: dict[bytes, tuple[str, WorkspaceSettings]] = field(default_factory=dict)
    """Businesses by their mark, for when the tables can't be read."""

    async def remember(self) -> None:
        """Reads the businesses anew. A failure keeps what is known."""
        try:
            rows = await handoffs.external_workspaces(self.pool)
        except DATABASE_FAILURES as error:
            log.warning("handoff.businesses_not_read", reason=type(error).__name__)
            return
        known: dict[bytes, tuple[str, WorkspaceSettings]] = {}
        for workspace_id, name, settings in rows:
            try:
                parsed = WorkspaceSettings.model_validate(settings)
            except ValidationError:
                log.exception("handoff.settings_unreadable", workspace=str(workspace_id))
                continue
            known[handoff_token.mark_of(workspace_id)] = (name, parsed)
        self._known = known

    def settings_of(self, workspace_id: UUID) -> WorkspaceSettings | None:
        """As they were read last; None: it isn't known as one whose customers finish elsewhere."""
        known = self._known.get(handoff_token.mark_of(workspace_id))
        return None if known is None else known[1]

    async def view(self, token: str) -> PageView:
        """Changes nothing: previews of links fetch pages too. Raises UnknownHandoff."""
        try:
            found = await handoffs.find(self.pool, token)
        except DATABASE_FAILURES as error:
            log.warning("handoff.not_read", reason=type(error).__name__)
            return self._fallback(token)
        if found is None:
            raise UnknownHandoff(token)
        return self._seen(found, token)

    async def lead_on(self, token: str, *, ip: str | None) -> PageView:
        """The customer pressed the button: noted, as well as it can be. Raises UnknownHandoff."""
        try:
            found = await handoffs.find(self.pool, token)
            if found is None:
                raise UnknownHandoff(token)
            view = self._seen(found, token)
            async with tx(self.pool, found.workspace_id) as transaction:
                await handoffs.mark_redirected(
                    transaction, found.id, url=view.url, ip_hash=self._ip_hash(found.workspace_id, ip)
                )
        except DATABASE_FAILURES as error:
            # The customer's way doesn't wait for our tables; only the mark is lost.
            log.warning("handoff.not_marked", reason=type(error).__name__)
            return self._fallback(token)
        return view

    async def completed(self, workspace_id: UUID, page: str, completion: Completion) -> str:
        """What a verified webhook means for the handoff that its reference names. A word for the log."""
        token = handoff_reference.verify(self.box, completion.reference)
        async with tx(self.pool, workspace_id) as transaction:
            handoff_id = await handoffs.find_here(transaction, token) if token else None
            if not await handoffs.note_completion(
                transaction,
                page=page,
                booking_id=completion.booking_id,
                outcome=completion.outcome.value,
                handoff_id=handoff_id,
            ):
                return "repeated"
            if handoff_id is None:
                return "no_handoff"
            by = f"webhook:{page}"
            if completion.outcome in {Outcome.BOOKED, Outcome.MOVED} and await handoffs.was_cancelled(
                transaction, page=page, booking_id=completion.booking_id
            ):
                return "cancelled_before"
            match completion.outcome:
                case Outcome.BOOKED:
                    await handoffs.complete(
                        transaction, handoff_id, by=by, external_booking_id=completion.booking_id
                    )
                case Outcome.MOVED:
                    # The creation may come before or instead of what announced the first one.
                    await handoffs.complete(
                        transaction, handoff_id, by=by, external_booking_id=completion.booking_id
                    )
                    await handoffs.moved_to(
                        transaction, handoff_id, external_booking_id=completion.booking_id, by=by
                    )
                case Outcome.CANCELLED:
                    await handoffs.undo_completion(
                        transaction, handoff_id, page=page, booking_id=completion.booking_id, by=by
                    )
                case Outcome.OTHER:
                    return "not_ours"
        return completion.outcome.value

    def _seen(self, found: handoffs.OpenHandoff, token: str) -> PageView:
        settings = WorkspaceSettings.model_validate(found.settings)
        return _view_of(self.box, token, business=found.workspace_name, settings=settings, found=found)

    def _fallback(self, token: str) -> PageView:
        """The business's own address, from the settings that were read last. Raises UnknownHandoff without one."""
        known = self._known.get(handoff_token.mark_in(token))
        if known is None or not known[1].external.url:
            raise UnknownHandoff(token)
        name, settings = known
        return _view_of(self.box, token, business=name, settings=settings, found=None)

    def _ip_hash(self, workspace_id: UUID, ip: str | None) -> str | None:
        """Tells that two visits came from one place, without storing where."""
        if not ip:
            return None
        return hashlib.sha256(self.box.mac("handoff-ip", f"{workspace_id}/{ip}")).hexdigest()[:32]


def _view_of(
    box: SecretBox,
    token: str,
    *,
    business: str,
    settings: WorkspaceSettings,
    found: handoffs.OpenHandoff | None,
) -> PageView:
    """With `found` None: all that can be said without the handoff itself."""
    external = settings.external
    url = found.booking_url if found else external.url
    if url_problem(url) is not None:  # what was stored once is judged by today's rules
        raise UnknownHandoff(token)
    page = page_of(url, named=found.page if found else external.page)
    tracking = Tracking(
        reference=handoff_reference.sign(box, token),
        source=external.utm_source or "frontdesk",
        medium=(found.source if found else "") or "web",
        campaign=external.utm_campaign,
        parameter=external.reference_parameter or "fd_ref",
    )
    prefill = (
        Prefill(found.customer_name, found.customer_email, found.customer_phone, found.notes)
        if found
        else Prefill()
    )
    language = found.language if found else settings.languages[0]
    reach = settings.contact
    return PageView(
        business=business,
        url=outgoing_url(url, page, prefill, tracking, external.page_settings),
        destination=page.title or (urlsplit(url).hostname or ""),
        language=language,
        frame=external.embed == "iframe" and may_be_framed(url, page),
        contact=tuple(
            (kind, value)
            for kind, value in (("phone", reach.phone), ("email", reach.email), ("website", reach.website))
            if value
        ),
        disclaimer=_in_language(external.disclaimer, language),
        service=found.service if found else "",
        preferred_time=found.preferred_time if found else "",
        customer_name=found.customer_name if found else "",
        theme=settings.theme,
        finished=found is not None and found.status == "completed_external",
        fallback=found is None,
    )


def _in_language(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
