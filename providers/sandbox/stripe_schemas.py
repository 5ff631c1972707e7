"""Forms that Stripe's Checkout accepts, written from its documentation: nested brackets, exact keys, exact limits."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
ZERO_DECIMALS = frozenset({"jpy", "krw", "clp", "vnd", "xof", "ugx"})
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "kwd": 150, "bhd": 190, "omr": 190, "jpy": 50}
"""About half a dollar; others: 1."""
_KEY = re.compile(r"([a-z_]+)((?:\[[A-Za-z0-9_]*\])*)")
_NAMED_SINCE = "2024-09-30"
_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})(\.[a-z]+)?")
_STRICT = ConfigDict(extra="forbid")
_URL = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=5000)]
_Whole = Annotated[str, StringConstraints(pattern=r"^-?\d{1,15}$")]
Metadata = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=40)],
        Annotated[str, StringConstraints(max_length=500)],
    ],
    Field(max_length=50),
]


class ProductData(BaseModel):
    model_config = _STRICT

    name: Annotated[str, StringConstraints(min_length=1, max_length=1500)]


class PriceData(BaseModel):
    model_config = _STRICT

    currency: Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
    unit_amount: _Whole
    product_data: ProductData


class LineItem(BaseModel):
    model_config = _STRICT

    quantity: _Whole
    price_data: PriceData


class PaymentIntentData(BaseModel):
    model_config = _STRICT

    metadata: Metadata = Field(default_factory=dict)


class CreateSession(BaseModel):
    """`POST /v1/checkout/sessions` for a hosted one-off payment."""

    model_config = _STRICT

    mode: Literal["payment"]
    line_items: Annotated[list[LineItem], Field(min_length=1, max_length=100)]
    success_url: _URL
    cancel_url: _URL | None = None
    submit_type: Literal["auto", "book", "donate", "pay", "subscribe"] = "auto"
    client_reference_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | None = None
    expires_at: _Whole | None = None
    locale: Literal["auto", "en", "en-GB", "de", "es", "fr", "it", "nl", "tr"] = "auto"
    customer_email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    metadata: Metadata = Field(default_factory=dict)
    payment_intent_data: PaymentIntentData = Field(default_factory=PaymentIntentData)


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`line_items[0][quantity]=1` as objects and lists. Raises ValueError for what can't be read."""
    root: dict[str, Any] = {}
    for key, value in pairs:
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError(key)
        path = [match[1], *re.findall(r"\[([A-Za-z0-9_]*)\]", match[2])]
        here = root
        for part in path[:-1]:
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                raise ValueError(key)  # noqa: TRY004 (one kind of trouble for the caller)
        if path[-1] in here:
            raise ValueError(key)
        here[path[-1]] = value
    listed: dict[str, Any] = _lists(root)
    return listed


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(each) for key, each in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def good_version(header: str | None) -> bool:
    """Versions have a name since autumn 2024, and none before."""
    match = _VERSION.fullmatch(header or "")
    return match is not None and (match[2] is not None) == (match[1] >= _NAMED_SINCE)


def charge_problem(amount: int, currency: str) -> str:
    """The code of a refusal; empty: it can be charged."""
    if amount <= 0 or (currency in THREE_DECIMALS and amount % 10):
        return "parameter_invalid_integer"
    return "amount_too_small" if amount < LEAST.get(currency, 1) else ""
