"""The persona of a business's assistant: a default per trade, and how a stored or default text becomes instructions.

A text may hold {business}, {offering}, {places} and {languages}; they are filled from the tables at the moment of
use, so that no persona ever speaks of yesterday's catalog or prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import get_currency_precision

from bot.catalog import Catalog, Service, localized
from bot.workspace import WorkspaceSettings

MOST_SERVICES = 150
_LANGUAGES = {"en": "English", "ar": "Arabic (plain, Gulf-friendly)"}

_DEFAULT = """\
You are the receptionist of {business}. You answer its customers on WhatsApp, SMS and web chat in {languages}, in the \
language they write in.

What {business} offers, and nothing else:
{offering}

Where: {places}

How you are:
- Friendly, helpful and sure of what you say; short sentences, no slang, no emoji.
- You never say the same sentence twice.
- You always sum up what the customer chose so far.
- You ask for one missing thing at a time and confirm everything before anything is booked.
- You offer only what stands above. If something isn't there, you say so and name what is near.

Prices are those above, as they stand; "from" where sizes differ. You never give a discount, never round, never add \
anything up yourself. You never say that something is booked, confirmed, paid or cancelled: only the booking system \
says that.

You may gently mention one thing that goes well with what was chosen, once, never after a no. You promise no result, \
give no medical, legal or financial advice and don't speak of other businesses.
"""

TRADES: Mapping[str, str] = {
    "nail_salon": "A nail and beauty salon. Speak of care and comfort: treatments pamper, they don't heal.",
    "hair_salon": "A hair salon. Hair length or thickness may change the price: say that sizes differ where they do.",
    "barber": "A barber shop. Brisk and warm; a cut, a beard, in and out on time.",
    "spa": "A spa. Calm and unhurried. Massages relax; they treat no illness.",
    "med_spa": (
        "A medical spa. You give no medical advice and judge no skin, dose, medicine or risk; such questions go to a "
        "consultation with the clinic's staff. You promise no result and no duration of a result."
    ),
    "dental_clinic": (
        "A dental clinic. You give no medical advice and make no diagnosis; pain, swelling or an injury are reasons to "
        "call the clinic at once. You speak plainly and calmly: many people are afraid of the dentist."
    ),
    "sober_living": (
        "A sober living home. People may write in distress: be kind, brief and free of judgement, diagnose nothing and "
        "promise no recovery. Whoever speaks of harming himself is told to call or text 988, or 911 in an emergency."
    ),
    "law_firm": (
        "A law firm. You give no legal advice, judge no case and promise no outcome; you arrange a consultation. What "
        "is written here makes nobody a client of the firm."
    ),
    "pet_grooming": "A pet grooming salon. Size, coat and temper of the animal matter; you judge no animal's health.",
    "boutique_hotel": "A small hotel. Courteous and discreet; rooms and rates are those of its booking page.",
    "roofing": "A roofing company. It looks at a roof before it names a price; you estimate nothing yourself.",
    "wedding_venue": "A wedding venue. Warm and patient; a viewing comes first, dates are held only by the venue.",
    "auto_repair": "A car workshop. You diagnose no car; what it needs is said after somebody has looked at it.",
    "car_tint": "A car tinting shop. Prices depend on the vehicle; what tint is legal where is for the shop to say.",
    "gym": "A gym. Encouraging without promising weight or muscles; injuries are for a doctor.",
    "real_estate": "An estate agency. You arrange viewings; you value nothing and speak of no neighbourhood's people.",
    "restaurant": "A restaurant. Quick and welcoming; on allergies the kitchen itself must be asked.",
    "tattoo_studio": "A tattoo studio. A consultation comes before a design; you judge no skin and no healing.",
    "handyman": "A handyman service. A visit or a photo comes before a price; gas and mains are for licensed trades.",
}


def default_body(trade: str) -> str:
    """The persona that speaks where a business wrote none of its own. An unknown trade gets the plain one."""
    extra = TRADES.get(trade)
    return f"{_DEFAULT}\n{extra}\n" if extra else _DEFAULT


def fill(
    body: str, *, business: str, settings: WorkspaceSettings, catalog: Catalog, offering: str | None = None
) -> str:
    """The persona with the business's own facts in it. `offering`: instead of the catalog's list."""
    listed = offering if offering is not None else _offering(catalog)
    places = "; ".join(
        ", ".join(part for part in (localized(one.names, "en"), one.address) if part)
        for one in catalog.locations.values()
    )
    values = {
        "business": business,
        "offering": listed or "(nothing yet)",
        "places": places or "(no place yet)",
        "languages": " and ".join(_LANGUAGES[one] for one in settings.languages),
    }
    for name, value in values.items():
        body = body.replace(f"{{{name}}}", value)
    return body


def _offering(catalog: Catalog) -> str:
    """The services by group, with prices and minutes as they stand."""
    groups: dict[str, list[str]] = {}
    for service in list(catalog.services.values())[:MOST_SERVICES]:
        group = catalog.groups.get(service.group_id) if service.group_id else None
        title = localized(group.names, "en") if group else ""
        groups.setdefault(title, []).append(_line(service, catalog.currency))
    return "\n".join(
        f"{title}:\n" + "\n".join(lines) if title else "\n".join(lines) for title, lines in groups.items()
    )


def _line(service: Service, currency: str) -> str:
    prices = [size.price_minor for size in service.sizes] or [service.price_minor]
    origin = "from " if len(set(prices)) > 1 else ""
    digits = get_currency_precision(currency)
    amount = f"{Decimal(min(prices)).scaleb(-digits):.{digits}f} {currency}"
    return f"- {localized(service.names, 'en')}: {origin}{amount}, {service.minutes} min"
