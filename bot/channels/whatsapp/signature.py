"""Meta's proofs: the verification GET and X-Hub-Signature-256 over the raw body.

Source: developers.facebook.com, whatsapp/webhooks/create-webhook-endpoint; a vector stands in the tests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

HEADER = "x-hub-signature-256"


def sign(body: bytes, app_secret: str) -> str:
    """The header's value for these raw bytes. Meta escapes non-ASCII: never sign re-serialised JSON."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str, app_secret: str) -> bool:
    """Constant time. No secret: False."""
    if not app_secret:
        return False
    return hmac.compare_digest(sign(body, app_secret).encode(), header.encode("utf-8", "replace"))


def verify_subscription(query: Mapping[str, str], verify_token: str) -> str | None:
    """The challenge to answer as plain body with 200, or None: answer 403. Constant time."""
    offered = query.get("hub.verify_token", "")
    matches = hmac.compare_digest(offered.encode("utf-8", "replace"), verify_token.encode("utf-8", "replace"))
    if not verify_token or not matches or query.get("hub.mode") != "subscribe":
        return None
    return query.get("hub.challenge")
