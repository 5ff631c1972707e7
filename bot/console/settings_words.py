"""What the settings are called on their page, what is said under them, and which of them stand under one heading.

A setting that isn't here has its own name, spelt out, and what stands under it in the source.
"""

from __future__ import annotations

_SPELT = {"url": "URL", "utm": "UTM", "id": "id"}
LABELS = {
    "timezone": "Time zone",
    "region": "Country of numbers without a country code",
    "hours": "When the team is there",
    "after_hours": "Said when nobody is there",
    "contact.email": "E-mail",
    "lead_minutes": "Minutes between now and the first time that can be booked",
    "horizon_days": "Days ahead that can be booked",
    "goes_with": "What goes with what",
    "payment.provider": "Payment links are made by",
    "payment.url": "Payment: the one address for all",
    "payment.live": "Payment: with real money",
    "payment.amount": "Payment: how much of the price",
    "payment.deposit_minor": "Deposit: amount, in minor units",
    "payment.deposit_percent": "Deposit: percent of the price",
    "payment.deposit_currency": "Deposit: currency",
    "payment.link_minutes": "Payment: minutes that a link is good for",
    "external.page": "Booking page is on",
    "external.url": "Address of the booking page",
    "external.service_urls": "Addresses per service (number there: address)",
    "external.embed": "How customers get there",
    "external.page_settings": "What the page needs (name: value)",
    "external.reference_parameter": "Name of our reference in the address",
    "external.abandon_hours": "Hours until a handoff counts as abandoned",
    "external.completions.enabled": "Completion webhook",
    "external.completions.page": "Completion webhook: signed by",
    "external.completions.event": "Completion webhook: only this event",
    "outbound.mode": "Outbound messages",
    "outbound.allow": "May be written to while closed",
    "quiet_hours.enabled": "Quiet hours",
    "quiet_hours.begins": "Quiet hours begin",
    "quiet_hours.ends": "Quiet hours end",
    "quiet_hours.zone": "Quiet hours: by whose clock",
    "limits.messages_per_minute": "Messages a minute, in one talk",
    "limits.escalations_per_hour": "Calls for a person an hour, in one talk",
    "conversation_idle_hours": "Hours of silence after which a talk is closed",
    "human_quiet_minutes": "Minutes after which the bot answers again",
    "mail.sender": "Mail: sender's address",
    "mail.sender_name": "Mail: sender's name",
    "mail.reply_to": "Mail: answers go to",
    "mail.notify": "Mail: the team is told at",
    "mail.to_customer": "Mails to customers",
    "mail.to_business": "Mails to the team",
    "mail.only_domains": "Mail: to these domains only",
    "faq": "Questions and answers",
    "theme.text_color": "Color of the text on it",
    "web_chat.origins": "Pages that may show the chat",
    "llm.enabled": "Language models may be asked",
    "llm.providers": "Whose models",
    "llm.variants": "Variants, for a comparison",
    "llm.daily_budget_cents": "Budget a day, in US cents",
    "llm.rephrase": "Let models word some answers",
    "llm.transcribe": "Let a model write voice notes down",
    "llm.transcribe_model": "Model that writes voice notes down",
    "llm.trade": "Trade, for the default persona",
    "costs.payment_basis_points": "A payment: share, in basis points",
    "costs.payment_fixed_minor": "A payment: fixed amount, in minor units",
    "costs.whatsapp_message_micros": "A WhatsApp message, in millionths of a US dollar",
    "costs.sms_message_micros": "An SMS, in millionths of a US dollar",
    "retention.payloads": "Messages word for word, as channels carried them",
    "retention.traces": "Why the bot said what it said",
    "retention.conversations": "Talks",
    "retention.llm_calls": "Calls of language models",
    "retention.errors": "Settled errors",
    "retention.audit": "Who did what",
    "retention.reports": "Reports that belong to nothing",
    "service_drop_limit": "Share of services that a sync may take away",
}
HINTS = {
    "timezone": "Such as America/New_York. All times of the console and of the bot are of this zone.",
    "currency": "Three letters: USD, KWD, EUR.",
    "region": "Two letters: US, KW.",
    "hours": "Empty: whenever any of its places is open.",
    "after_hours": "Once per talk; {opens} becomes the next opening. The bot books all the same.",
    "booking_mode": "Who finishes a booking: the customer on the business's own page, its booking system, or the "
    "calendar that comes with Frontdesk.",
    "lead_minutes": "60: nothing within the next hour is offered.",
    "horizon_days": "Later days are not offered.",
    "goes_with": "What may be suggested with what, best first, by the numbers of the booking system. Empty: nothing is "
    "ever suggested.",
    "payment.url": "Where the same address serves every booking: https on a real host.",
    "payment.live": "Off: test payments only. A test payment never pays for a booking of a live business, nor the "
    "other way round.",
    "payment.deposit_minor": "30 USD are 3000, 5 KWD are 5000. A booking that costs less is paid in whole.",
    "external.page": "Left open, the address says it.",
    "external.service_urls": "For services that have a page of their own, by their number in the booking system.",
    "external.embed": "Inside our page only where the booking page is known to allow it; a link stands beside it.",
    "external.disclaimer": "Shown before the customer goes on. Empty: nothing.",
    "external.completions.enabled": "Off: what the page reports is turned away. On: it counts as soon as its secret is "
    "set below.",
    "external.completions.page": "Left open: the page where customers book.",
    "external.abandon_hours": "One that nobody finished in this time.",
    "outbound.allow": "Numbers with their country code, or e-mail addresses; @example.com means everybody there.",
    "quiet_hours.enabled": "No message that we begin goes out then; answers always do.",
    "quiet_hours.zone": "The customer's by the country of his number, where it has one zone.",
    "conversation_idle_hours": "The customer's next line opens a new one.",
    "human_quiet_minutes": "After so long without a word of the person who took over.",
    "mail.sender": "One that the mail service may send from. Empty: the installation's own.",
    "faq": "Questions in several wordings and languages, each with its answer.",
    "safety.emergency": "Said at once and alone when somebody needs an ambulance. Empty: as in a crisis.",
    "theme.color": "Of buttons and of the chat's head.",
    "theme.greeting": "Empty: the bot's own.",
    "web_chat.origins": "By their origin, such as https://www.example.com. Empty: only our own pages.",
    "llm.providers": "Customers' lines may be shown to them. The first is preferred, the others stand in for it.",
    "llm.variants": "Empty: every provider's usual model, all talks with the first.",
    "llm.daily_budget_cents": "When it is spent, the rules answer alone until midnight. 0: no call at all.",
    "llm.rephrase": "Answers to questions and recommendations; never a time, a price or a booking.",
    "retention.payloads": "They help to find out why a delivery failed.",
    "retention.traces": "The facts and rules under each answer.",
    "service_drop_limit": "0.3: a sync that would retire more than 30 % of the services is refused until a person "
    "decides.",
}
_OPTIONS = {
    ("booking_mode", "internal"): "Here, in Frontdesk's own calendar",
    ("booking_mode", "external"): "The customer, on the business's booking page",
    ("booking_mode", "provider"): "The connected booking system",
    ("payment.provider", "none"): "Nobody: no links",
    ("payment.provider", "static"): "One address for all",
    ("payment.amount", "full"): "All of it",
    ("payment.amount", "deposit"): "A deposit",
    ("external.embed", "link"): "By a button",
    ("external.embed", "iframe"): "Inside our page",
    ("outbound.mode", "closed"): "Closed: only to those on the list",
    ("outbound.mode", "open"): "Open: to every customer",
    ("quiet_hours.zone", "customer"): "The customer's",
    ("quiet_hours.zone", "business"): "The business's",
    ("llm.providers", "openai"): "OpenAI",
}
_GROUPS = {
    "contact": "How customers reach the business",
    "payment": "Payment",
    "external.completions": "What the booking page reports back",
    "external.utm_source": "What our links carry",
    "external.utm_campaign": "What our links carry",
    "external.reference_parameter": "What our links carry",
    "quiet_hours": "Quiet hours",
    "limits": "Limits",
    "mail": "Mail",
    "safety": "Lines that a trade has to say",
    "retention": "Days until it is deleted",
}


def label(path: str) -> str:
    """`external.url` to `Address of the booking page`."""
    if path in LABELS:
        return LABELS[path]
    return _spelt(path.rpartition(".")[2])


def option(path: str, value: str) -> str:
    """What one value of a choice is called."""
    return _OPTIONS.get((path, value)) or _spelt(value)


def group(path: str) -> str:
    """The heading of the settings that belong together; empty: it stands alone."""
    return _GROUPS.get(path) or _GROUPS.get(path.rpartition(".")[0], "")


def about(path: str) -> str:
    """The same for the path of a finding, which may name a group or a part of a setting."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if known := LABELS.get(prefix) or _GROUPS.get(prefix):
            return known
    return _spelt(parts[0])


def _spelt(name: str) -> str:
    text = " ".join(_SPELT.get(word, word) for word in name.split("_"))
    return text[:1].upper() + text[1:]
