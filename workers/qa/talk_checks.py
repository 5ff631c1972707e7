"""Customers' talks: who answers, what is kept, where a booking ends."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from workers.qa.checks import Failed, holds, one_of, same
from workers.qa.client import Answer, Widget
from workers.qa.customer import NAME, OTHER_NAME, Talk, path_of
from workers.qa.expect import Expected, Offer, host_of
from workers.qa.visit import Greeted, Row, Visit


async def config(visit: Visit) -> str:
    """A session opened by keys belongs to this business and no other, and says so."""
    talk = await visit.talk()
    same("business", visit.expected.name, talk.greeting["business"])
    same("languages", list(visit.expected.languages), talk.greeting["languages"])
    one_of("language", visit.expected.languages, talk.greeting["language"])
    contact = talk.greeting["contact"].values()
    holds(set(visit.expected.contact) <= set(contact), f"the contact {visit.expected.contact}", contact)
    visit.first = talk
    return f"{visit.expected.name}, bot {visit.expected.bot_key}"


async def mismatch(visit: Visit) -> str:
    """Workspace, bot and session must belong together; what doesn't is refused politely, naming nobody."""
    other, mine = visit.others[0], visit.stands_first()
    widget = Widget(visit.server)
    theirs = visit.stranger or await Talk(widget, other).open()
    tried = {
        "another business's bot": await widget.session(visit.key, theirs.bot_id),
        "a bot that nobody has": await widget.session(visit.key, "no-such-bot"),
        "another business's session": await widget.message(
            visit.key, visit.expected.bot_key, theirs.session_id, text="Hello"
        ),
        "our session at another business": await widget.message(
            other.workspace_key, other.bot_key, mine.session_id, text="Hello"
        ),
        "a session that nobody signed": await widget.message(
            visit.key, visit.expected.bot_key, f"{mine.session_id}x", text="Hello"
        ),
    }
    for what, answer in tried.items():
        _refused(what, answer, other)
    return f"{len(tried)} kinds refused"


def _refused(what: str, answer: Answer, other: Expected) -> None:
    holds(400 <= answer.status < 500, f"{what}: refused (4xx)", f"{answer.status} {answer.text[:150]}")
    error = answer.body.get("error") if isinstance(answer.body, Mapping) else None
    holds(error and error.get("message"), f"{what}: a message for people", answer.text[:150])
    holds(other.name not in answer.text, f"{what}: no word of {other.name}", answer.text[:150])


async def partial(visit: Visit) -> str:
    """A name and an address are enough: the lead is there, incomplete, although no more ever comes."""
    talk = visit.stands_first()
    said_at = visit.clock()
    reply = await talk.say(f"Hello, I'm {NAME}, {talk.email}")
    visit.greeted = Greeted(reply, said_at, visit.clock())
    lead = await visit.row("leads", lambda row: row["email"] == talk.email, what="the talk's lead", good=bool)
    same("lead's talk", talk.conversation_id, lead["conversationId"])
    same("lead's status", "incomplete", lead["status"])
    holds("partial_intent" in lead["tags"], "the tag partial_intent", lead["tags"])
    same("lead's name", NAME, lead["name"])
    visit.left["lead"] = lead
    return "incomplete, partial_intent"


async def _lead_of(visit: Visit, talk: Talk, *, status: str) -> Row:
    return await visit.row(
        "leads",
        lambda row: row["conversationId"] == talk.conversation_id,
        what="the talk's lead",
        good=lambda row: row["status"] == status,
    )


async def routes(visit: Visit) -> str:
    """Every declared kind of booking comes to its button, with the handling that the file's own rules give it."""
    seen = []
    for offer in visit.expected.offers:
        talk = await visit.talk()
        action = await talk.book(offer)
        visit.talks[offer.booking_type], visit.actions[offer.booking_type] = talk, action
        same(f"{offer.booking_type}: handling", offer.handling, action["handling"])
        holds(action.get("label"), f"{offer.booking_type}: a label on the button", action)
        address = str(action.get("externalUrl", ""))
        if offer.handling == "external":
            holds(path_of(address).startswith("/h/"), f"{offer.booking_type}: our page /h/...", address)
        else:
            same(f"{offer.booking_type}: externalUrl", "", address)
        intent = await _intent(visit, action)
        same(f"{offer.booking_type}: talk of the wish", talk.conversation_id, intent["conversationId"])
        same(f"{offer.booking_type}: booking type of the wish", offer.booking_type, intent["bookingType"])
        one_of(f"{offer.booking_type}: the wish's state", ("intent", "pending"), intent["status"])
        seen.append(f"{offer.booking_type} {offer.handling}")
    return ", ".join(seen)


def books_here(expected: Expected) -> bool:
    return expected.internal is not None and not expected.by_provider


async def internal(visit: Visit) -> str:
    """The button books: a code, a booking tied to lead and talk; pressed again it says the same and books no second."""
    offer = _offer(visit.expected.internal)
    talk, action = visit.stands(offer)
    await _only_his(visit, action)
    first = await _finalize(talk, action)
    holds(first.get("status") == "confirmed", "status confirmed", first)
    code = first.get("confirmationCode")
    holds(code, "a confirmation code", first)
    again = await _finalize(talk, action)
    same("code of the second press", code, again.get("confirmationCode"))
    await _booked(visit, talk, action, code=str(code))
    _keep(visit, talk, offer, f"The button books it: confirmed, code such as {code}.")
    return f"{offer.booking_type}: confirmed with a code, twice the same"


async def _booked(visit: Visit, talk: Talk, action: Row, *, code: str) -> Row:
    booking = await visit.row(
        "bookings",
        lambda row: row.get("confirmationCode") == code,
        what=f"the booking {code}",
        good=lambda row: row["status"] == "confirmed",
    )
    same("booking's status", "confirmed", booking["status"])
    same("booking's talk", talk.conversation_id, booking["conversationId"])
    same("booking's wish", action["bookingIntentId"], booking["intentId"])
    lead = await _lead_of(visit, talk, status="booked")
    same("lead's status", "booked", lead["status"])
    same("bookings of the wish", 1, await _count(visit, action))
    intent = await _intent(visit, action, status="confirmed")
    same("wish's state", "confirmed", intent["status"])
    visit.left["booking"] = booking
    return booking


async def _count(visit: Visit, action: Row) -> int:
    rows = await visit.dashboard.newest("bookings", visit.key)
    return sum(1 for one in rows if one["intentId"] == action["bookingIntentId"])


async def _intent(visit: Visit, action: Row, *, status: str = "") -> Row:
    """The button's wish; status: the one that is waited for, if any."""
    return await visit.row(
        "intents",
        lambda row: row["id"] == action["bookingIntentId"],
        what="the button's wish",
        good=lambda row: status in {"", row["status"]},
    )


async def stale(visit: Visit) -> str:
    """After a change the button that stood before books nothing: it answers with what stands now."""
    offer = [one for one in visit.expected.offers if one.handling == "internal"][-1]
    talk, before = visit.stands(offer)
    await talk.say(f"Please put it under the name {OTHER_NAME}")
    now = talk.action
    if now is None:
        raise Failed("a new summary with its button", talk.last)
    holds(now["summaryVersion"] != before["summaryVersion"], "another version of the summary", "the same")
    pressed = await _finalize(talk, before)
    holds(pressed.get("status") == "stale", "status stale of the old button", pressed)
    holds(OTHER_NAME in str(pressed.get("summary")), f"the summary with {OTHER_NAME}", pressed)
    rows = await visit.dashboard.newest("bookings", visit.key)
    booked = [one for one in rows if one["intentId"] == before["bookingIntentId"] and one["status"] != "held"]
    same("bookings by the old button", 0, len(booked))
    visit.actions[offer.booking_type] = now
    return f"{offer.booking_type}: the old button is answered with what stands now"


def by_provider(expected: Expected) -> bool:
    return expected.by_provider


async def provider(visit: Visit) -> str:
    """The button places an order in the booking system: internal to the customer, one order in its ledger."""
    offer = visit.expected.offers[0]
    talk, action = visit.stands(offer)
    before = await visit.orders.ids(visit.key) if visit.orders else set()
    first = await _finalize(talk, action)
    one_of("status", ("confirmed", "pending"), first.get("status"))
    code = first.get("confirmationCode")
    if not code:
        done = await visit.row(
            "bookings",
            lambda row: row["intentId"] == action["bookingIntentId"],
            what="the order's booking",
            good=lambda row: row["status"] == "confirmed",
        )
        code = done["confirmationCode"]
    again = await _finalize(talk, action)
    same(
        "status and code of the second press",
        ("confirmed", code),
        (again["status"], again.get("confirmationCode")),
    )
    booking = await _booked(visit, talk, action, code=str(code))
    number = booking["providerOrderId"]
    holds(number, "the booking system's own number", booking)
    _keep(
        visit,
        talk,
        offer,
        "The button places the order in the booking system; the code comes with its answer.",
    )
    if visit.orders is None:
        return f"{offer.booking_type}: confirmed (the ledger was not at hand)"
    same("new orders in the ledger", {number}, await visit.orders.ids(visit.key) - before)
    return f"{offer.booking_type}: one order in the ledger"


def books_elsewhere(expected: Expected) -> bool:
    return expected.external is not None


async def page(visit: Visit) -> str:
    """The page between: fetched by a link preview it changes nothing; the customer sees where he goes."""
    offer = _offer(visit.expected.external)
    _, action = visit.stands(offer)
    path = path_of(str(action["externalUrl"]))
    for method in ("HEAD", "GET", "GET"):
        got = await visit.server.call(method, path)
        same(f"{method} of the page", 200, got.status)
    shown = unescape(got.text)
    holds(offer.service in shown, f"the page names {offer.service}", "it doesn't")
    holds(visit.expected.name in shown, f"the page names {visit.expected.name}", "it doesn't")
    holds('method="post"' in got.text, "a button that posts", "none")
    handoff = await _handoff(visit, action, status="new")
    same("handoff's state after three looks", "new", handoff["status"])
    intent = await _intent(visit, action, status="intent")
    same("wish's state after three looks", "intent", intent["status"])
    return "three looks, still new"


async def external(visit: Visit) -> str:
    """The button leads to the template's page with UTM and reference; noted as redirected, never as booked."""
    offer = _offer(visit.expected.external)
    talk, action = visit.stands(offer)
    await _only_his(visit, action)
    first = await _finalize(talk, action)
    holds(first.get("status") == "redirected", "status redirected", first)
    url = str(first.get("redirectUrl", ""))
    leads_on(visit.expected, offer, url)
    again = await _finalize(talk, action)
    same("address of the second press", url, again.get("redirectUrl"))
    handoff = await _handoff(visit, action, status="redirected")
    same("handoff's state", "redirected", handoff["status"])
    same("handoff's talk", talk.conversation_id, handoff["conversationId"])
    same("wish's state", "redirected", (await _intent(visit, action, status="redirected"))["status"])
    same("lead's status", "redirected", (await _lead_of(visit, talk, status="redirected"))["status"])
    same("bookings of the wish", 0, await _count(visit, action))
    visit.left["redirect"], visit.left["handoff"] = url, handoff
    _keep(
        visit,
        talk,
        offer,
        f"The button leads to {host_of(url)}; the handoff reads redirected, nothing is booked.",
    )
    return f"{offer.booking_type} to {host_of(url)}"


def leads_on(expected: Expected, offer: Offer, url: str) -> None:
    """https, the host and path of the file, UTM, and our signed reference. Raises Failed."""
    parts, wanted = urlsplit(url), urlsplit(offer.url)
    same("scheme", "https", parts.scheme)
    same("host", wanted.hostname, parts.hostname)
    same("path", wanted.path, parts.path)
    query = dict(parse_qsl(parts.query))
    same("utm_source", expected.utm_source, query.get("utm_source"))
    same("utm_medium", "web", query.get("utm_medium"))
    same("utm_campaign", expected.utm_campaign, query.get("utm_campaign", ""))
    if expected.reference_parameter:
        holds(reference_in(expected, url), f"a signed reference in {expected.reference_parameter}", url)


def reference_in(expected: Expected, url: str) -> str:
    """Our reference, where the page carries it; empty without one."""
    found = dict(parse_qsl(urlsplit(url).query)).get(expected.reference_parameter, "")
    return found if found.count(".") == 1 else ""


async def _handoff(visit: Visit, action: Row, *, status: str) -> Row:
    return await visit.row(
        "handoffs",
        lambda row: row["intentId"] == action["bookingIntentId"],
        what="the wish's handoff",
        good=lambda row: row["status"] == status,
    )


async def _finalize(talk: Talk, action: Row) -> Mapping[str, Any]:
    got = await talk.widget.finalize(
        str(action["bookingIntentId"]), talk.session_id, summaryVersion=action.get("summaryVersion")
    )
    body: Mapping[str, Any] = got.ok("POST /api/bookings/{id}/finalize")
    return body


async def _only_his(visit: Visit, action: Row) -> None:
    """Another customer's session presses nobody's button but its own."""
    stranger = visit.stands_first()
    got = await stranger.widget.finalize(
        str(action["bookingIntentId"]), stranger.session_id, summaryVersion=action["summaryVersion"]
    )
    holds(
        got.status in {403, 404},
        "another customer's press refused (403, 404)",
        f"{got.status} {got.text[:150]}",
    )


def _offer(found: Offer | None) -> Offer:
    if found is None:
        raise Failed("a kind of booking that ends there", "the template has none")
    return found


def _keep(visit: Visit, talk: Talk, offer: Offer, ends: str) -> None:
    visit.left.setdefault("told", []).append((talk, f"{offer.service} ({offer.booking_type})", ends))
