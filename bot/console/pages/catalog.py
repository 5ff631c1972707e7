"""Catalog: what can be booked as its source has it, under what an operator made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from bot.catalog_edits import objection_to_price, terms_are_ours
from bot.console import catalog_form
from bot.console.acting import Acting, NotFound
from bot.console.catalog_form import amount
from bot.console.catalog_views import Shelf
from bot.console.page import Group, Handler, Nav, Section, get, post
from bot.console.sync_words import title
from db import catalog_changes, catalog_edits, name_edits, read_catalog
from db.accounts import provider_account_of
from db.catalog import load_catalog
from db.catalog_edits import EditableService
from db.name_edits import Named, NamedRow
from db.read_catalog import FreeDay
from db.sync_status import sync_state

_TABS = (
    ("", "Services"),
    ("/people", "People"),
    ("/places", "Places"),
    ("/times", "Free times"),
    ("/differences", "Differences"),
)
_ONLY = {"edited": "Edited here", "hidden": "Not offered"}
_DAYS = 14
_RETIRED_SHOWN = 60
_NAME_FIELDS = ("name_en", "name_ar", "aliases")
_ALSO_CALLED = {
    Named.PLACE: "One a line, in any language: what customers call it, such as its mall, street or quarter.",
    Named.PERSON: "One a line, in any language: how customers call and spell the name.",
}


async def _shelf(acting: Acting) -> Shelf:
    stored = await load_catalog(acting.tx)
    if stored is None:  # the workspace went away a moment ago
        raise NotFound
    services = await catalog_edits.services_and_edits(acting.tx)
    return Shelf(stored, services, ours=terms_are_ours(stored["provider"]))


async def _common(acting: Acting, tab: str) -> dict[str, Any]:
    account = await provider_account_of(acting.tx)
    return {
        "tabs": _TABS,
        "tab": tab,
        "fresh": await sync_state(acting.tx, acting.now),
        "provider": account.provider if account else None,
        "currency": acting.workspace.currency,
    }


async def services(acting: Acting) -> web.StreamResponse:
    shelf = await _shelf(acting)
    return acting.render(
        "catalog.html",
        **await _common(acting, ""),
        groups=shelf.groups(text=acting.search(), only=acting.choice("only", _ONLY)),
        total=len(shelf.services),
        several_places=len(shelf.stored["locations"]) > 1,
        only=list(_ONLY.items()),
    )


async def people(acting: Acting) -> web.StreamResponse:
    shelf = await _shelf(acting)
    found = shelf.people(await _free(acting, days=7))
    return acting.render("catalog_people.html", **await _common(acting, "/people"), people=found)


async def places(acting: Acting) -> web.StreamResponse:
    shelf = await _shelf(acting)
    return acting.render("catalog_places.html", **await _common(acting, "/places"), places=shelf.places())


async def times(acting: Acting) -> web.StreamResponse:
    shelf = await _shelf(acting)
    first = acting.today().date()
    wanted = [first + timedelta(days=offset) for offset in range(_DAYS)]
    return acting.render(
        "catalog_times.html",
        **await _common(acting, "/times"),
        days=shelf.days(await _free(acting, days=_DAYS), wanted),
        locations=[row["names"] for row in shelf.stored["locations"]],
    )


async def differences(acting: Acting) -> web.StreamResponse:
    shelf = await _shelf(acting)
    return acting.render(
        "catalog_differences.html",
        **await _common(acting, "/differences"),
        differences=shelf.differences(),
        retired=[
            (title(one.kind), one) for one in await read_catalog.retired(acting.tx, limit=_RETIRED_SHOWN)
        ],
    )


async def _free(acting: Acting, *, days: int) -> Sequence[FreeDay]:
    """From now to the end of the last of so many days, today being the first."""
    last = acting.today().date() + timedelta(days=days)
    ends_at = datetime.combine(last, time(), acting.workspace.zone)
    return await read_catalog.free_by_day(
        acting.tx, starts_at=acting.now, ends_at=ends_at, zone=acting.workspace.zone.key
    )


async def _service(acting: Acting) -> EditableService:
    wanted = acting.id("service_id")
    for one in await catalog_edits.services_and_edits(acting.tx):
        if one.id == wanted:
            return one
    raise NotFound


async def service(acting: Acting) -> web.StreamResponse:
    one = await _service(acting)
    return await _form(acting, one, catalog_form.typed(one, acting.workspace.currency), {})


async def _form(
    acting: Acting, one: EditableService, fields: dict[str, str], problems: dict[str, str]
) -> web.Response:
    account = await provider_account_of(acting.tx)
    provider = account.provider if account else None
    return acting.render(
        "catalog_service.html",
        status=422 if problems else 200,
        one=one,
        fields=fields,
        problems=problems,
        provider=provider,
        price_objection=objection_to_price(provider),
        currency=acting.workspace.currency,
        amount=amount,
        edited=not catalog_form.stored(one).empty,
    )


async def save(acting: Acting) -> web.StreamResponse:
    """One transaction, in turn with a sync; talks use the new terms from its commit on."""
    await catalog_changes.lock_catalog(acting.tx)
    one = await _service(acting)
    account = await provider_account_of(acting.tx)
    wanted, problems = catalog_form.read(
        acting.form, one, provider=account.provider if account else None, currency=acting.workspace.currency
    )
    if problems:
        kept = {
            name: acting.form.get(name, "") for name in catalog_form.typed(one, acting.workspace.currency)
        }
        return await _form(acting, one, kept, problems)
    differing = catalog_form.changed(catalog_form.stored(one), wanted)
    if not differing:
        return acting.redirect("/catalog", said="Nothing was changed.")
    if wanted.empty:
        await catalog_edits.drop_edits(acting.tx, one.id)
    else:
        await catalog_edits.replace_service_edit(
            acting.tx,
            one.id,
            names=wanted.names,
            aliases=wanted.aliases,
            minutes=wanted.minutes,
            price_minor=wanted.price_minor,
            hidden=wanted.hidden,
        )
        for size_id, price in wanted.sizes.items():
            if price is None:
                await catalog_edits.drop_size_edit(acting.tx, size_id)
            else:
                await catalog_edits.save_size_edit(acting.tx, size_id, price_minor=price)
    await catalog_changes.bump_version(acting.tx)
    await acting.audit("catalog.edited", str(one.id), changed=differing)
    return acting.redirect("/catalog", said="Saved. Talks use it from now on, and every sync keeps it.")


async def drop(acting: Acting) -> web.StreamResponse:
    """Back to what the source says."""
    await catalog_changes.lock_catalog(acting.tx)
    one = await _service(acting)
    await catalog_edits.drop_edits(acting.tx, one.id)
    await catalog_changes.bump_version(acting.tx)
    await acting.audit("catalog.edits_dropped", str(one.id))
    return acting.redirect("/catalog", said="It is again what its source says.")


def _names_of(kind: Named) -> tuple[Handler, Handler, Handler]:
    """The form of a place's or a person's names: shown, saved, dropped. Prices and minutes are a service's."""
    path, noun = (
        ("/catalog/places", "location_id") if kind is Named.PLACE else ("/catalog/people", "staff_id")
    )

    async def found(acting: Acting) -> NamedRow:
        wanted = acting.id(noun)
        for one in await name_edits.named(acting.tx, kind):
            if one.id == wanted:
                return one
        raise NotFound

    def form(acting: Acting, one: NamedRow, fields: dict[str, str], problems: dict[str, str]) -> web.Response:
        return acting.render(
            "catalog_names.html",
            status=422 if problems else 200,
            one=one,
            fields=fields,
            problems=problems,
            path=path,
            title=dict(_TABS)[path.removeprefix("/catalog")],
            hint=_ALSO_CALLED[kind],
            edited=bool(one.edited_names or one.edited_aliases),
        )

    async def show(acting: Acting) -> web.StreamResponse:
        one = await found(acting)
        return form(acting, one, catalog_form.typed_names(one.edited_names, one.edited_aliases), {})

    async def save(acting: Acting) -> web.StreamResponse:
        """In turn with a sync; talks use the new names from the commit on."""
        await catalog_changes.lock_catalog(acting.tx)
        one = await found(acting)
        problems: dict[str, str] = {}
        names, aliases = catalog_form.read_names(acting.form, one.names, one.edited_names, problems)
        if problems:
            return form(acting, one, {name: acting.form.get(name, "") for name in _NAME_FIELDS}, problems)
        pairs = {"names": (one.edited_names, names), "aliases": (one.edited_aliases, aliases)}
        differing = [point for point, (before, after) in pairs.items() if before != after]
        if not differing:
            return acting.redirect(path, said="Nothing was changed.")
        await name_edits.replace_names(acting.tx, kind, one.id, names=names, aliases=aliases)
        await catalog_changes.bump_version(acting.tx)
        await acting.audit("catalog.edited", str(one.id), changed=differing)
        return acting.redirect(path, said="Saved. Talks use it from now on, and every sync keeps it.")

    async def drop(acting: Acting) -> web.StreamResponse:
        await catalog_changes.lock_catalog(acting.tx)
        one = await found(acting)
        await name_edits.replace_names(acting.tx, kind, one.id, names={}, aliases=[])
        await catalog_changes.bump_version(acting.tx)
        await acting.audit("catalog.edits_dropped", str(one.id))
        return acting.redirect(path, said="It is again what its source says.")

    return show, save, drop


async def services_csv(acting: Acting) -> web.StreamResponse:
    currency = acting.workspace.currency
    header = (
        "group",
        "name",
        "arabic name",
        "size",
        "minutes",
        f"price {currency}",
        "also called",
        "offered",
        "edited",
    )
    rows: list[tuple[object, ...]] = []
    shelf = await _shelf(acting)
    for group in shelf.groups(text=acting.search(), only=acting.choice("only", _ONLY)):
        named = _english(group.names or {})
        for one in group.services:
            rest = (", ".join(one.aliases), "no" if one.hidden else "yes", "yes" if one.edited else "")
            name = (named, _english(one.names), one.names.get("ar"))
            if not one.sizes:
                rows.append((*name, "", one.minutes, amount(one.price, currency), *rest))
            rows += [
                (*name, _english(size.names), one.minutes, amount(size.price, currency), *rest)
                for size in one.sizes
            ]
    return acting.csv("catalog", header, rows)


async def people_csv(acting: Acting) -> web.StreamResponse:
    header = ("name", "arabic name", "also called", "where", "does", "extra minutes", "free in 7 days")
    shelf = await _shelf(acting)
    rows = [
        (_english(one.names), one.names.get("ar"), ", ".join(one.aliases), _english(one.place),
         ", ".join(_english(each) for each in one.services), one.extra_minutes, one.week)
        for one in shelf.people(await _free(acting, days=7))
    ]  # fmt: skip
    return acting.csv("people", header, rows)


def _english(names: Any) -> str:
    return names.get("en") or next(iter(names.values()), "")


_show_place, _save_place, _drop_place = _names_of(Named.PLACE)
_show_person, _save_person, _drop_person = _names_of(Named.PERSON)
SECTION = Section(
    nav=Nav("catalog", "Catalog", "/catalog", Group.BUSINESS, 10),
    routes=(
        get("/catalog", services),
        get("/catalog.csv", services_csv),
        get("/catalog/people", people),
        get("/catalog/people.csv", people_csv),
        get("/catalog/places", places),
        get("/catalog/times", times),
        get("/catalog/differences", differences),
        get("/catalog/services/{service_id}", service),
        post("/catalog/services/{service_id}", save),
        post("/catalog/services/{service_id}/drop", drop),
        get("/catalog/places/{location_id}", _show_place),
        post("/catalog/places/{location_id}", _save_place),
        post("/catalog/places/{location_id}/drop", _drop_place),
        get("/catalog/people/{staff_id}", _show_person),
        post("/catalog/people/{staff_id}", _save_person),
        post("/catalog/people/{staff_id}/drop", _drop_person),
    ),
)
