"""`frontdesk catalog`: what a business offers, and an operator's edits of it."""

# Most imports stand inside functions, so that `frontdesk --help` stays quick.

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from workers.settings import Settings, exit_with, load_settings_or_exit

if TYPE_CHECKING:
    from uuid import UUID

    from db.catalog_edits import EditableService, EditableSize
    from db.tx import Pool, Tx

_LANGUAGES = ("en", "ar")


class _Refused(Exception):
    """One plain line for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """What was asked for; None and empty: as it is."""

    service: str | None
    size: str | None
    price: str | None
    minutes: int | None
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    hidden: bool | None
    drop: bool

    @property
    def empty(self) -> bool:
        given = (self.price, self.minutes, self.hidden)
        return not (self.drop or self.names or self.aliases or any(one is not None for one in given))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A business's services and who has the last word on their prices."""

    currency: str
    provider: str | None
    services: Sequence[EditableService]


def catalog(
    workspace: Annotated[str, typer.Argument(help="The business's key, such as nail-salon.")],
    service: Annotated[
        str | None, typer.Option(help="Only this service, by name in any language or part of it.")
    ] = None,
    size: Annotated[str | None, typer.Option(help="With --set-price: this size of the service.")] = None,
    set_price: Annotated[
        str | None, typer.Option(metavar="12.500", help="In the business's currency.")
    ] = None,
    set_minutes: Annotated[int | None, typer.Option(min=1, max=1440)] = None,
    set_name: Annotated[
        list[str] | None, typer.Option(metavar="en=NAME", help="What customers read; repeatable.")
    ] = None,
    add_alias: Annotated[
        list[str] | None, typer.Option(help="A word customers use for it; repeatable.")
    ] = None,
    hide: Annotated[bool | None, typer.Option("--hide/--show", help="Offer it no more, or again.")] = None,
    drop_edits: Annotated[bool, typer.Option(help="Back to what the booking system says.")] = False,
) -> None:
    """List the services of a business, or edit one. Edits survive every sync and can be dropped.

    With a booking system of others, prices are its own: such an edit is refused with the reason.
    """
    from workers.simulation import SetupError

    edit = _Edit(
        service, size, set_price, set_minutes, tuple(set_name or ()), tuple(add_alias or ()), hide, drop_edits
    )
    if service is None and not edit.empty:
        exit_with(["say which service to edit: --service NAME"])
    settings = load_settings_or_exit(demo_fallback=True)
    try:
        shown = asyncio.run(_run(settings, workspace, edit))
    except SetupError as error:
        exit_with([str(error)])
    except _Refused as error:
        typer.echo(f"frontdesk: {error}", err=True)
        raise typer.Exit(1) from None
    _show(shown)


async def _run(settings: Settings, workspace: str, edit: _Edit) -> _Shown:
    from db.accounts import find_workspace
    from workers.simulation import open_command_pool

    async with open_command_pool(settings, "catalog") as pool:
        found = await find_workspace(pool, workspace)
        if found is None:
            raise _Refused(f"there is no business {workspace!r}")
        currency = str(found.settings["currency"])
        edited = None if edit.empty else await _apply(pool, found.id, currency, edit)
        return await _read(pool, found.id, currency, edit.service, edited)


async def _read(
    pool: Pool, workspace_id: UUID, currency: str, service: str | None, edited: UUID | None
) -> _Shown:
    from db.accounts import provider_account_of
    from db.catalog_edits import services_and_edits
    from db.tx import tx

    async with tx(pool, workspace_id) as connection:
        account = await provider_account_of(connection)
        services = await services_and_edits(connection)
    if edited is not None:  # it may be called otherwise by now
        services = [one for one in services if one.id == edited]
    elif service is not None:
        services = _called(services, service)
    return _Shown(currency, account.provider if account else None, services)


async def _apply(pool: Pool, workspace_id: UUID, currency: str, edit: _Edit) -> UUID:
    """One transaction, in turn with a sync; every process sees the new catalog from its commit on.

    Returns the edited service.
    """
    from db import catalog_changes, catalog_edits
    from db.accounts import provider_account_of
    from db.tx import tx

    async with tx(pool, workspace_id) as connection:
        await catalog_changes.lock_catalog(connection)
        account = await provider_account_of(connection)
        chosen = _one_of(
            _called(await catalog_edits.services_and_edits(connection), edit.service or ""), edit.service
        )
        if edit.drop:
            await catalog_edits.drop_edits(connection, chosen.id)
        await _write(connection, chosen, edit, currency, account.provider if account else None)
        await catalog_changes.bump_version(connection)
    return chosen.id


async def _write(
    connection: Tx, chosen: EditableService, edit: _Edit, currency: str, provider: str | None
) -> None:
    """Raises _Refused; then nothing is written."""
    from bot.catalog_edits import aliases_written, objection_to_minutes, objection_to_price
    from db.catalog_edits import save_service_edit, save_size_edit

    price = None if edit.price is None else _price(edit.price, currency)
    if price is not None and (objection := objection_to_price(provider)):
        raise _Refused(objection)
    if edit.minutes is not None and (
        objection := objection_to_minutes(provider, chosen.minutes, edit.minutes)
    ):
        raise _Refused(objection)
    if price is not None and (chosen.sizes or edit.size is not None):
        await save_size_edit(connection, _size_of(chosen, edit.size).id, price_minor=price)
        price = None
    names, aliases = _names(edit.names), aliases_written(edit.aliases)
    if names or aliases or any(one is not None for one in (price, edit.minutes, edit.hidden)):
        await save_service_edit(
            connection,
            chosen.id,
            names=names,
            aliases=aliases,
            minutes=edit.minutes,
            price_minor=price,
            hidden=edit.hidden,
        )


def _called(services: Sequence[EditableService], wanted: str) -> list[EditableService]:
    """Those of exactly this name, else those whose name holds it. Raises _Refused."""
    sought = wanted.strip().casefold()

    def names(one: EditableService) -> list[str]:
        spellings = (*one.names.values(), *one.edited_names.values(), *one.aliases, *one.edited_aliases)
        return [name.casefold() for name in spellings]

    exact = [one for one in services if sought in names(one)]
    found = exact or [one for one in services if any(sought in name for name in names(one))]
    if not found or not sought:
        raise _Refused(f"there is no service {wanted!r}")
    return found


def _one_of(found: Sequence[EditableService], wanted: str | None) -> EditableService:
    if len(found) > 1:
        known = ", ".join(_name(one.names) for one in found[:8])
        raise _Refused(f"{wanted!r} may be one of {len(found)} services: {known}")
    return found[0]


def _size_of(chosen: EditableService, wanted: str | None) -> EditableSize:
    known = ", ".join(_name(size.names) for size in chosen.sizes) or "none"
    if wanted is None:
        raise _Refused(f"its price depends on the size; say which: --size NAME ({known})")
    for size in chosen.sizes:
        if wanted.casefold() in {name.casefold() for name in size.names.values()}:
            return size
    raise _Refused(f"it has no size {wanted!r}; its sizes: {known}")


def _price(text: str, currency: str) -> int:
    from bot.catalog_edits import price_written

    try:
        return price_written(text, currency)
    except ValueError as error:
        raise _Refused(str(error)) from None


def _names(given: Sequence[str]) -> dict[str, str]:
    names = {}
    for one in given:
        language, _, name = one.partition("=")
        if language not in _LANGUAGES or not name.strip():
            raise _Refused(f"{one!r} is no name; write en=NAME or ar=NAME")
        names[language] = name.strip()
    return names


def _name(names: dict[str, str]) -> str:
    return names.get("en") or next(iter(names.values()), "")


def _show(shown: _Shown) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bot.catalog_edits import terms_are_ours

    table = Table("service", "minutes", f"price {shown.currency}", "also called", box=None)
    ours = terms_are_ours(shown.provider)
    for one in shown.services:
        name = Text(_name(one.edited_names) or _name(one.names))
        if one.edited_names:
            name.append(f" (was {_name(one.names)})", style="dim")
        if one.hidden:
            name.append(" (hidden)", style="bold")
        aliases = ", ".join(dict.fromkeys([*one.aliases, *one.edited_aliases]))
        price = _price_text(one.price_minor, one.edited_price_minor, shown.currency, ours=ours)
        table.add_row(name, _minutes_text(one, ours=ours), "" if one.sizes else price, Text(aliases))
        for size in one.sizes:
            price = _price_text(size.price_minor, size.edited_price_minor, shown.currency, ours=ours)
            table.add_row(Text(f"  {_name(size.names)}"), "", price, "")
    Console(highlight=False).print(table)


def _minutes_text(one: EditableService, *, ours: bool) -> str:
    from bot.catalog_edits import minutes_in_force

    now = minutes_in_force(one.minutes, one.edited_minutes, ours=ours)
    return str(now) if now == one.minutes else f"{now} (was {one.minutes})"


def _price_text(source: int, edited: int | None, currency: str, *, ours: bool) -> str:
    from babel.numbers import get_currency_precision

    from bot.catalog_edits import price_in_force

    digits = get_currency_precision(currency)
    now = price_in_force(source, edited, ours=ours)
    text = str(Decimal(now).scaleb(-digits))
    return text if now == source else f"{text} (was {Decimal(source).scaleb(-digits)})"
