"""Payment providers by name: which secrets an account needs, and the adapter that makes its links."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from providers.outcome import CallFailure, Disposition
from providers.payments import PaymentLinks
from providers.stripe.checkout import BASE_URL, StripeCheckout

SECRET_KEY = "secret_key"  # noqa: S105 (the fields' names)
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105
OLD_WEBHOOK_SECRET = "old_webhook_secret"  # noqa: S105
"""Still good while a rotation is under way."""
_MODES = {"sk_test_": False, "rk_test_": False, "sk_live_": True, "rk_live_": True}


def key_is_live(secret_key: str) -> bool:
    """Raises ValueError for what is no secret key of Stripe; its message never repeats the key."""
    for prefix, live in _MODES.items():
        if secret_key.startswith(prefix) and secret_key.isascii() and secret_key.isprintable():
            return live
    raise ValueError("a secret key begins with sk_test_, sk_live_, rk_test_ or rk_live_")


def create_links(
    provider: str, secrets: Mapping[str, str], http: httpx.AsyncClient, *, base_url: str, limit: float
) -> PaymentLinks:
    """limit: seconds per call. Raises CallFailure (operator) for a provider that nobody knows, or without its key."""
    if provider != "stripe":
        raise CallFailure(
            Disposition.OPERATOR, "no_payment_account", f"unknown payment provider {provider!r}"
        )
    if not secrets.get(SECRET_KEY):
        raise CallFailure(Disposition.OPERATOR, "no_payment_account", "the payment account has no secret key")
    return StripeCheckout(secrets[SECRET_KEY], http, base_url or BASE_URL, limit)
