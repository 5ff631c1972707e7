"""The demo's car shop: window tint at two places in Chicago, kept in ShopMonkey."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.llm_settings import LlmSettings
from bot.workspace import (
    BookingMode,
    Contact,
    FormField,
    Outbound,
    SlotKind,
    WorkspaceSettings,
    standard_form,
)
from providers.contract import ProviderAccount
from seeds.sandbox_numbers import DEMO_MAIL, SandboxNumbers
from seeds.texts import AFTER_HOURS, SHOP_HOURS, TINT_FAQ

VEHICLE = FormField(
    key="vehicle",
    kind=SlotKind.TEXT,
    question={
        "en": "Which car is it? Year, make and model, please",
        "ar": "ما هي السيارة؟ السنة والشركة والموديل من فضلك",
    },
    max_length=120,
    fact="vehicle",
)
WANTED = {"en": "What may we do for your car?", "ar": "شنو نسوي لسيارتك؟"}

HOURS = {
    **{day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "sat": [["09:00", "16:00"]],
    "sun": [["10:00", "16:00"]],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TintShop(SandboxNumbers):
    """Two bays per place; who works in them is the shop's affair, so nobody is asked for by name."""

    name: str
    phone: str
    website: str

    @property
    def settings(self) -> WorkspaceSettings:
        return WorkspaceSettings(
            timezone="America/Chicago",
            currency="USD",
            region="US",
            languages=("en", "ar"),
            booking_mode=BookingMode.PROVIDER,
            contact=Contact(phone=self.phone, email=f"hello@{self.key}.example.com", website=self.website),
            outbound=Outbound(mode="open"),
            mail=DEMO_MAIL,
            hours=SHOP_HOURS,
            after_hours=AFTER_HOURS,
            faq=TINT_FAQ,
            llm=LlmSettings(trade="car_tint"),
        )

    @property
    def form(self) -> tuple[FormField, ...]:
        """The standard questions without the person, and the car after the time."""
        fields: list[FormField] = []
        for one in standard_form():
            if one.kind is SlotKind.STAFF:
                continue
            wanted = {"question": WANTED} if one.kind is SlotKind.SERVICES else {}
            fields.append(one.model_copy(update=wanted))
            if one.kind is SlotKind.TIME:
                fields.append(VEHICLE)
        return tuple(fields)

    def provider_account(self, sandbox_url: str) -> ProviderAccount:
        """Its booking system, with fresh secrets."""
        return ProviderAccount(
            provider="shopmonkey",
            dialect="",
            base_url=f"{sandbox_url}/shopmonkey/v3",
            timezone=self.settings.timezone,
            currency=self.settings.currency,
            secrets={"api_key": f"demo-{secrets.token_urlsafe(24)}"},
            settings={"hours": HOURS, "bays": 2},
        )

    def sandbox_provider(self, known: Mapping[str, str]) -> dict[str, Any]:
        """The booking system's account for the sandbox; known: its secrets."""
        return {"kind": "shopmonkey", "key": self.key, "api_key": known["api_key"]}


TINT = TintShop(
    key="car-tint",
    name="Car Tint",
    phone="+15550100400",
    website="https://car-tint.example.com",
    whatsapp_number_id="100000000000104",
    whatsapp_display="+15550100204",
    whatsapp_business_id="200000000000104",
    sms_number="+15550100104",
)
