"""AI: what language models were asked, what came of it and what it cost; the persona in its versions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from bot.catalog_view import load_catalog
from bot.console.acting import Acting, NotFound, Refused
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get, post
from bot.console.text_diff import difference
from bot.console.wording import counted
from bot.llm_prompts import default_body, fill
from bot.workspace import WorkspaceSettings
from db import llm, read_llm
from db.accounts import workspace_settings
from db.read_llm import OUTCOMES, PURPOSES, CallFilters
from providers.llm.pricing import CENT, NANO
from providers.llm.registry import PROVIDERS

_PAGE = 50
_PERIODS = {"1": "Today", "7": "7 days", "30": "30 days", "90": "90 days"}
_TABS = (("", "Use and cost"), ("/calls", "Calls"), ("/personas", "Persona"))
_LONGEST, _LONGEST_NOTE = 8000, 200
"""Characters, as the table has them."""
_WORDS = {
    "open": "Under way",
    "ok": "Answered",
    "refused": "Refused to answer",
    "too_long": "Cut off: too long",
    "filtered": "Filtered by the provider",
    "unreadable": "Answer not readable",
    "timed_out": "Too late",
    "unreachable": "Unreachable",
    "rate_limited": "Too many calls",
    "overloaded": "Overloaded",
    "no_quota": "No credit left",
    "unauthorized": "Key refused",
    "misconfigured": "Model or settings refused",
}
_PROVIDER_WORDS = {"openai": "OpenAI", "anthropic": "Anthropic"}
_PURPOSE_WORDS = {
    "understand": "Understand",
    "rephrase": "Word an answer",
    "transcribe": "Write down a voice note",
}


async def _settings(acting: Acting) -> WorkspaceSettings:
    return WorkspaceSettings.model_validate(await workspace_settings(acting.tx))


def _common(tab: str) -> dict[str, Any]:
    return {
        "tabs": _TABS,
        "tab": tab,
        "outcome_words": _WORDS,
        "purpose_words": _PURPOSE_WORDS,
        "provider_words": defaultdict(lambda: "Another", _PROVIDER_WORDS),
        "usd": usd,
    }


def usd(nanos: int) -> str:
    """Nano-dollars for eyes: `0.0312 USD`."""
    return f"{nanos / NANO:,.4f} USD"


async def use(acting: Acting) -> web.StreamResponse:
    days = acting.choice("days", _PERIODS) or "30"
    # By the calendar: a day of the zone may have 23 or 25 hours.
    first = acting.today().date() - timedelta(days=int(days) - 1)
    begun = datetime.combine(first, time(), acting.workspace.zone)
    settings = await _settings(acting)
    return acting.render(
        "ai.html",
        **_common(""),
        arms=await read_llm.arms(acting.tx, begun),
        failures=await read_llm.failures(acting.tx, begun),
        daily=await read_llm.days(acting.tx, begun, acting.workspace.zone.key),
        spent=await read_llm.spent(acting.tx, acting.today()),
        budget=settings.llm.daily_budget_cents * CENT,
        settings=settings.llm,
        shares=sum(one.share for one in settings.llm.arms()) or 1,
        own_keys=await llm.accounts(acting.tx),
        begun=begun,
        days=days,
        periods=list(_PERIODS.items()),
    )


def _filters(acting: Acting) -> CallFilters:
    return CallFilters(
        status=acting.choice("outcome", OUTCOMES),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
        provider=acting.choice("provider", PROVIDERS),
        variant=acting.search("variant"),
        purpose=acting.choice("purpose", PURPOSES),
    )


async def calls(acting: Acting) -> web.StreamResponse:
    filters = _filters(acting)
    counts = await read_llm.counts(acting.tx, filters)
    return acting.render(
        "ai_calls.html",
        **_common("/calls"),
        page=await read_llm.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE),
        counts=counts,
        outcomes=counted(OUTCOMES, counts, _WORDS.__getitem__),
        providers=[(one, _PROVIDER_WORDS[one]) for one in PROVIDERS],
        purposes=list(_PURPOSE_WORDS.items()),
    )


async def calls_csv(acting: Acting) -> web.StreamResponse:
    header = ("when", "for", "reason", "provider", "model", "variant", "persona", "outcome", "used", "tokens in",
              "of these cached", "tokens out", "cost USD", "price known", "milliseconds", "detail", "talk")  # fmt: skip
    rows = [
        (one.created_at, one.purpose, one.reason, one.provider, one.model, one.variant, one.prompt_version,
         one.outcome, "yes" if one.used else "", one.input_tokens, one.cached_tokens, one.output_tokens,
         f"{one.cost_nanos / NANO:.9f}", "yes" if one.price_known else "no", one.latency_ms, one.detail,
         one.conversation_id)
        for one in await every_row(acting.tx, read_llm, _filters(acting))
    ]  # fmt: skip
    return acting.csv("language-models", header, rows)


def _version(text: str | None) -> int | None:
    """None: no number that a version could have."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


async def personas(acting: Acting) -> web.StreamResponse:
    return await _personas(acting)


async def _personas(acting: Acting, *, typed: str | None = None, trouble: str = "") -> web.Response:
    """typed: a text that couldn't be stored, which must not be lost."""
    settings = await _settings(acting)
    stored = await llm.prompts(acting.tx)
    active = next((one.version for one in stored if one.active), 0)
    bodies = {one.version: one.body for one in stored} | {0: default_body(settings.llm.trade)}
    wanted = _version(acting.query.get("version"))
    shown = active if wanted is None else wanted
    if shown not in bodies:
        raise NotFound
    against = _version(acting.query.get("against"))
    if against not in bodies:
        # What would change if it spoke; of the one that speaks, what it changed.
        against = active if shown != active else max((one for one in bodies if one < shown), default=0)
    catalog = await load_catalog(acting.tx, acting.workspace.id)
    read = fill(bodies[shown], business=acting.workspace.name, settings=settings, catalog=catalog)
    return acting.render(
        "ai_personas.html",
        status=422 if trouble else 200,
        **_common("/personas"),
        stored=stored,
        active=active,
        shown=shown,
        against=against,
        body=bodies[shown],
        versions=sorted(bodies, reverse=True),
        changes=difference(bodies[against], bodies[shown]),
        as_read=read,
        typed=bodies[shown] if typed is None else typed,
        trouble=trouble,
        longest=_LONGEST,
    )


async def write(acting: Acting) -> web.StreamResponse:
    """A new version, which speaks from the next call on."""
    body = acting.form.get("body", "").replace("\r\n", "\n").strip()
    if not body or len(body) > _LONGEST or "\0" in body:
        said = (
            "The text is empty."
            if not body
            else f"The text has {len(body)} characters; it may have {_LONGEST}."
        )
        return await _personas(acting, typed=body, trouble=said)
    current = await llm.active_prompt(acting.tx)
    if current is not None and current[1] == body:
        raise Refused("That is the text that speaks already.")
    version = await llm.add_prompt(acting.tx, body, note=acting.form.get("note", "")[:_LONGEST_NOTE])
    await acting.audit("persona.written", str(version))
    return acting.redirect("/ai/personas", said=f"Version {version} speaks from the next answer on.")


async def activate(acting: Acting) -> web.StreamResponse:
    """Back (or forth) to a version; nothing is lost."""
    version = _version(acting.form.get("version"))
    if version is None:
        raise Refused("There is no such version.")
    try:
        await llm.activate_prompt(acting.tx, version)
    except LookupError:
        raise Refused(f"There is no version {version}.") from None
    await acting.audit("persona.activated", str(version))
    return acting.redirect(
        "/ai/personas",
        said=f"{f'Version {version}' if version else 'The default'} speaks from the next answer on.",
    )


SECTION = Section(
    nav=Nav("ai", "AI", "/ai", Group.RUNNING, 80),
    routes=(
        get("/ai", use),
        get("/ai/calls", calls),
        get("/ai/calls.csv", calls_csv),
        get("/ai/personas", personas),
        post("/ai/personas", write),
        post("/ai/personas/activate", activate),
    ),
)
