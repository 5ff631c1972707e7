"""Acuity's webhooks name only ids; what the appointment holds is asked for, to find our reference in it."""

from __future__ import annotations

import base64

import httpx

from providers.handoff.completions import acuity_reference
from providers.http import JsonCall, call_json
from providers.outcome import CallFailure, Disposition

BASE_URL = "https://acuityscheduling.com"
LIMIT_SECONDS = 5.0


async def look_up_reference(
    http: httpx.AsyncClient,
    *,
    booking_id: str,
    user_id: str,
    api_key: str,
    field_id: str,
    base_url: str = BASE_URL,
) -> str | None:
    """Our reference in the appointment's hidden field; None if it has none or no such appointment exists.

    Raises CallFailure: RETRY when it can't be read now, OPERATOR when the account's key is refused.
    """
    if not booking_id.isdigit():
        raise ValueError("an appointment's id is a number")
    token = base64.b64encode(f"{user_id}:{api_key}".encode()).decode()
    call = JsonCall(
        name="acuity appointment",
        method="GET",
        url=f"{base_url.rstrip('/')}/api/v1/appointments/{booking_id}",
        repeatable=True,
        headers={"Authorization": f"Basic {token}"},
    )
    try:
        appointment = await call_json(http, call, limit=LIMIT_SECONDS)
    except CallFailure as failure:
        if failure.disposition is Disposition.PERMANENT and failure.code == "http_404":
            return None
        raise
    return acuity_reference(appointment, field_id=field_id)
