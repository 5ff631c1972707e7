"""Checkout sessions: made, asked about, expired. `PaymentLinks` for Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from providers.http import ONCE, JsonCall, Retries, call_json
from providers.outcome import CallFailure, Disposition
from providers.payments import LinkReport, LinkRequest, LinkState, PaymentLink
from providers.stripe.amounts import stripe_amount

BASE_URL = "https://api.stripe.com"
VERSION = "2024-06-20"
"""Pinned, so that the shapes of answers don't move: the last version without a name of its own."""
SHORTEST_LIFE = timedelta(minutes=31)
"""Stripe wants 30 minutes at least; one more for clocks that differ."""
LONGEST_LIFE = timedelta(hours=24) - timedelta(minutes=1)


class Session(BaseModel):
    """A checkout session as answers and webhooks hold it; unknown fields are left alone."""

    model_config = ConfigDict(extra="ignore")

    id: str
    url: str | None = None
    status: str | None = None
    payment_status: str | None = None
    expires_at: int | None = None
    amount_total: int | None = None
    currency: str | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None
    livemode: bool = False

    def report(self, *, failed: bool = False) -> LinkReport:
        metadata = self.metadata or {}
        return LinkReport(
            link_id=self.id,
            state=LinkState.FAILED if failed else self._state(),
            amount_minor=self.amount_total,
            currency=(self.currency or "").upper(),
            booking_reference=self.client_reference_id or metadata.get("booking", ""),
            workspace_reference=metadata.get("workspace", ""),
            live=self.livemode,
            payment_reference=metadata.get("payment", ""),
        )

    def _state(self) -> LinkState:
        if self.status == "expired":
            return LinkState.EXPIRED
        if self.status != "complete":
            return LinkState.OPEN
        return LinkState.PAID if self.payment_status == "paid" else LinkState.PROCESSING


@dataclass(frozen=True, slots=True)
class StripeCheckout:
    """One account's links."""

    secret_key: str = field(repr=False)
    http: httpx.AsyncClient = field(repr=False)
    base_url: str = BASE_URL
    limit: float = 10.0
    """Seconds per call."""

    async def create(self, request: LinkRequest) -> PaymentLink:
        amount = stripe_amount(request.amount_minor, request.currency)
        session = await self._call(
            "create checkout session",
            "POST",
            "/v1/checkout/sessions",
            form=_form(request, amount),
            key=request.key,
        )
        if not session.url or session.expires_at is None:
            # A replay of a key whose session ended since: there is nothing to pay at any more.
            raise CallFailure(Disposition.PERMANENT, "link_ended", "the payment link has ended already")
        if not session.url.startswith(("https://", "http://")):
            raise CallFailure(Disposition.OPERATOR, "schema_drift", "the payment link is no web address")
        return PaymentLink(session.id, session.url, datetime.fromtimestamp(session.expires_at, UTC))

    async def report(self, link_id: str) -> LinkReport:
        path = f"/v1/checkout/sessions/{_id(link_id)}"
        return (await self._call("read checkout session", "GET", path, retries=Retries())).report()

    async def expire(self, link_id: str) -> None:
        path = f"/v1/checkout/sessions/{_id(link_id)}/expire"
        try:
            await self._call("expire checkout session", "POST", path, form={}, key=f"expire-{link_id}")
        except CallFailure as failure:
            if failure.disposition is not Disposition.PERMANENT:
                raise  # one that isn't open any more is refused: it has ended as it was asked to

    async def _call(
        self,
        name: str,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        key: str = "",
        retries: Retries = ONCE,
    ) -> Session:
        headers = {"Authorization": f"Bearer {self.secret_key}", "Stripe-Version": VERSION}
        if key:
            headers["Idempotency-Key"] = key
        call = JsonCall(
            name=f"Stripe: {name}",
            method=method,
            url=self.base_url.rstrip("/") + path,
            repeatable=True,  # a GET, or by its key
            headers=headers,
            form=form,
            explain=_code,
        )
        try:
            return Session.model_validate(await call_json(self.http, call, limit=self.limit, retries=retries))
        except ValidationError as error:
            raise CallFailure(Disposition.OPERATOR, "schema_drift", f"{name}: an unknown answer") from error
        except CallFailure as failure:
            raise _settled(failure) from failure


def _form(request: LinkRequest, amount: int) -> dict[str, str]:
    item = "line_items[0]"
    metadata = {"workspace": request.workspace_reference, "booking": request.booking_reference}
    if request.payment_reference:
        metadata["payment"] = request.payment_reference
    form = {
        "mode": "payment",
        "submit_type": "book",
        f"{item}[quantity]": "1",
        f"{item}[price_data][currency]": request.currency.lower(),
        f"{item}[price_data][unit_amount]": str(amount),
        f"{item}[price_data][product_data][name]": request.title[:250],
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "client_reference_id": request.booking_reference,
        "expires_at": str(int(request.expires_at.timestamp())),
        "locale": "en" if request.language == "en" else "auto",
        **{f"metadata[{name}]": value for name, value in metadata.items()},
        **{f"payment_intent_data[metadata][{name}]": value for name, value in metadata.items()},
    }
    if request.customer_email:
        form["customer_email"] = request.customer_email
    return form


def _settled(failure: CallFailure) -> CallFailure:
    """A key in use (409) comes to an end; a key reused for something else is our own mistake."""
    if failure.code == "idempotency_error":
        return CallFailure(Disposition.OPERATOR, failure.code, failure.detail)
    if "HTTP 409" in failure.detail:
        return CallFailure(Disposition.RETRY, "busy", failure.detail)
    return failure


def _code(answer: object) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return ""
    return str(error.get("code") or error.get("type") or "")


def _id(link_id: str) -> str:
    if not (link_id.startswith("cs_") and link_id.replace("_", "").isalnum() and link_id.isascii()):
        raise ValueError("not the id of a checkout session")
    return link_id


def expiry(now: datetime, wanted: datetime | None) -> datetime:
    """The wanted end of a link within what Stripe allows."""
    soonest, latest = now + SHORTEST_LIFE, now + LONGEST_LIFE
    return min(max(wanted or latest, soonest), latest)
