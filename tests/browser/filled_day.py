"""A day at two demo businesses, for pictures: thirty days of samples, and on top what a busy today looks like.

What can be said is said, over the salon's own webhooks; what takes a paid model is written into the tables. Names,
numbers and addresses are made up.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

from bot.channels.simulator.acts import tapped
from db import catalog_edits, errors, llm, sync_runs
from db.tx import Pool, Tx, tx
from tests.console.catalog_rows import run_of
from tests.salon import Phone, Salon
from workers.resources import now
from workers.syncing import perform_run
from workers.templates import Installation, chosen, seed_templates

SALON, BARBER = "nail-salon", "fade-street-barbers"
FREE_DAYS = 14

BOOKINGS = (
    ("+96550000101", "Sara Saleh", "gel manicure at Plaza tomorrow at 11am with Monica"),
    ("+96550000102", "Lina Haddad", "classic manicure at Plaza tomorrow at 11:30am with Joy"),
    ("+96550000103", "نورة العلي", "أبي مانيكير جل في بلازا باچر الساعة 12 مع Carlen"),
    ("+96550000104", "Maya Nasser", "classic pedicure at Plaza tomorrow at noon with Monica"),
    ("+96550000105", "Hessa Khalid", "gel manicure at Plaza tomorrow at 4pm with Monica"),
    ("+96550000106", "دلال منصور", "أبي باديكير كلاسيك في بلازا باچر الساعة 5 مع Carlen"),
    ("+96550000107", "Reem Adel", "gel pedicure at Plaza tomorrow at 6pm"),
    ("+96550000108", "Amal Yousef", "gel manicure and classic pedicure at Zahra tomorrow at 3pm"),
    ("+96550000109", "Farah Issa", "classic pedicure at Marina in two days at 2pm"),
    ("+96550000110", "شيخة ناصر", "أبي مانيكير كلاسيك في الزهراء بعد باچر الساعة 4"),
    ("+96550000111", "Dina Fares", "gel manicure at Plaza in two days at 11am with Monica"),
    ("+96550000112", "Noor Sami", "classic manicure at Plaza in two days at 1pm with Joy"),
    ("+96550000113", "Hala Omar", "french manicure at Plaza in two days at 3pm"),
    ("+96550000114", "ريم الفهد", "أبي مانيكير سبا في بلازا بعد باچر الساعة 6"),
)
"""Number, name, and the line that begins the talk."""
LOST = ("+96550000115", "Mona Tariq", "spa manicure at Plaza tomorrow at 2pm")
"""Her order's answer gets lost."""
OTHERS = (
    ("+96550000120", "whatsapp", ("Hi", "how much is a gel manicure?", "and where are you in Plaza?")),
    ("+96550000121", "whatsapp", ("السلام عليكم", "أبي مانيكير جل بعد باچر العصر بالزهراء")),
    ("+96550000122", "whatsapp", ("My nail broke after one day, I want to talk to a person please",)),
    ("+15550100177", "twilio", ("Do you have anything for a pedicure on Friday evening?",)),
    ("+15550100178", "twilio", ("Hello, are you open on Fridays?", "great, thank you")),
)
_TROUBLES = (
    ("mail_failed", "The confirmation couldn't be mailed: the mail service was away for an hour", 3),
    ("send_blocked", "A reminder stayed here: the customer wrote last more than 24 hours ago", 1),
)


async def fill(salon: Salon) -> None:
    resources = salon.resources
    at = Installation(
        resources.pool,
        resources.box,
        resources.http,
        resources.settings.public_base_url,
        resources.settings.sandbox_url,
    )
    await seed_templates(at, chosen([SALON, "barber"]), moment=now())
    here = salon.workspace_ids[SALON]
    async with tx(salon.pool, here) as transaction:
        run = await sync_runs.start_run(transaction, kind="full", trigger="schedule", claim_seconds=60)
    assert run is not None
    await perform_run(salon.pool, resources.box, resources.http, run, now=now(), days=FREE_DAYS)
    for number, name, wish in BOOKINGS:
        await _book(salon.phone(number), name, wish)
    await salon.fault("nailit", "accepted_then_reset", "AddOrder")
    number, name, wish = LOST
    await _book(salon.phone(number), name, wish)
    await asyncio.sleep(resources.settings.timing.unknown_grace_seconds)
    await salon.settle()
    for number, channel, lines in OTHERS:
        phone = salon.phone(number, channel=channel)
        for line in lines:
            await phone.say(line)
    await salon.receipts()
    for kind, summary, times in _TROUBLES:
        for _ in range(times):
            await errors.record(salon.pool, workspace_id=here, kind=kind, fingerprint=kind, summary=summary)
    async with tx(salon.pool, here) as transaction:
        await _edited(transaction)
        await _asked(transaction)
        await run_of(transaction, kind="slots", progress=("free times", 9, FREE_DAYS))


async def _book(phone: Phone, name: str, wish: str) -> None:
    """Says what is wished and answers with what is offered first, until the order is placed."""
    await phone.say(wish)
    for _ in range(12):
        (talk,) = await phone.salon.rows(
            "SELECT state_name FROM conversations WHERE address = $1", phone.customer.phone
        )
        state = talk["state_name"]
        if state == "ask_name":
            await phone.say(name)
        elif state == "confirm" or state.startswith("ask_"):
            offered = [shown for shown in phone.messages if shown.choices][-1].choices
            await phone.act(tapped(offered[0]))
        else:
            return
    raise AssertionError(f"{wish!r} came to no end: {phone.messages[-1].text}")


async def _edited(tx: Tx) -> None:
    """What the salon calls its services itself."""
    for name, aliases, hidden in (
        ("Gel Manicure", ["gel nails", "shellac", "جل"], False),
        ("Classic Pedicure", ["pedi", "بدكير"], False),
        ("Kids Manicure", [], True),
    ):
        service = await tx.fetchval(
            "SELECT id FROM services WHERE workspace_id = current_workspace() AND names ->> 'en' = $1", name
        )
        await catalog_edits.replace_service_edit(
            tx, service, names={}, aliases=aliases, minutes=None, price_minor=None, hidden=hidden
        )


async def _asked(tx: Tx) -> None:
    """Two weeks of two models side by side, and two personas."""
    talks = [
        row["id"] for row in await tx.fetch("SELECT id FROM conversations ORDER BY created_at DESC LIMIT 40")
    ]
    for number in range(180):
        small = number % 2 == 0
        outcome = "timed_out" if number % 41 == 7 else "rate_limited" if number % 59 == 5 else "ok"
        await tx.execute(
            _CALL,
            talks[number % len(talks)],
            "anthropic" if small else "openai",
            "claude-haiku-4-5" if small else "gpt-5-mini",
            "calm" if small else "quick",
            outcome,
            outcome == "ok" and number % 6 != 1,
            820 + 37 * (number % 11),
            640,
            38 + number % 23,
            (410_000 if small else 290_000) + 9_000 * (number % 13),
            (540 if small else 380) + 29 * (number % 17) + (2600 if outcome == "timed_out" else 0),
            "no answer within 3 s" if outcome == "timed_out" else "",
            11 + number * 113,
        )
    await llm.add_prompt(tx, _PERSONA, note="From the agency")
    await llm.add_prompt(
        tx, _PERSONA.replace("Be brief.", "Be brief and warm; one question at a time."), note="Warmer"
    )


_CALL = """
INSERT INTO llm_calls (id, workspace_id, conversation_id, purpose, reason, provider, model, variant, prompt_version,
                       outcome, used, input_tokens, cached_tokens, output_tokens, cost_nanos, latency_ms, detail,
                       created_at)
VALUES (gen_random_uuid(), current_workspace(), $1, 'understand', 'no_facts', $2, $3, $4, 2, $5, $6, $7, $8, $9, $10,
        $11, $12, now() - make_interval(mins => $13))
"""
_PERSONA = """You are the receptionist of {business}.
It offers {offering}.
Places: {places}.
Speak {languages}, as the customer does.
Be brief.
Never promise a time or a price: the calendar and the price list say them."""


async def worth_a_look(pool: Pool, workspace_id: UUID, *, arabic: bool) -> dict[str, UUID]:
    """The rows whose pages say most. arabic: the talk is one in Arabic."""
    found = {}
    for name, query in (_WORTH | (_IN_ARABIC if arabic else {})).items():
        if (value := await pool.fetchval(query, workspace_id)) is not None:
            found[name] = value
    return found


_WORTH = {
    "conversation_id": "SELECT conversation_id FROM bookings WHERE workspace_id = $1 "
    "AND customer_name = 'Sara Saleh'",
    "lead_id": "SELECT id FROM leads WHERE workspace_id = $1 AND status = 'booked' ORDER BY created_at DESC LIMIT 1",
    "customer_id": "SELECT customer_id FROM bookings WHERE workspace_id = $1 ORDER BY created_at LIMIT 1",
    "handoff_id": "SELECT id FROM handoffs WHERE workspace_id = $1 AND status = 'completed_external' "
    "ORDER BY created_at DESC LIMIT 1",
    "service_id": "SELECT id FROM services WHERE workspace_id = $1 AND names ->> 'en' = 'Gel Manicure'",
}
_IN_ARABIC = {
    "conversation_id": "SELECT conversation_id FROM bookings WHERE workspace_id = $1 "
    "AND customer_name = 'نورة العلي'"
}
