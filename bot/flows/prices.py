"""What things cost, how long they take and how they differ: of what is named, of what stands, of a whole group."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bot.catalog import Service, localized
from bot.flows import needs, summary
from bot.flows.talk import Talk
from bot.understanding.contract import Intent, Understanding

SHOWN = 8
COMPARED = 4
"""Services set side by side, at most."""
MANY = 4
"""From so many services of one group on they stand in one line, under what the cheapest costs."""


def _named(talk: Talk, u: Understanding) -> list[Service]:
    ids = [match.id for mention in u.services for match in mention]
    return [talk.catalog.services[one] for one in dict.fromkeys(ids)]


def hear(talk: Talk, u: Understanding, asked: Intent) -> None:
    """Answers one of the three questions that this is about."""
    if asked is Intent.ASK_PRICE:
        _tell(talk, u)
    elif asked is Intent.ASK_DURATION:
        _lengths(talk, u)
    else:
        _compare(talk, u)


def _tell(talk: Talk, u: Understanding) -> None:
    """Prices of what is named, else of what stands, else from what on each group begins."""
    named = _named(talk, u)
    if named:
        group = _one_group(named)
        if group is not None and len(named) >= MANY:
            _of_group(talk, group, named)
        elif len(u.services) == 1:
            _by_group(talk, named)
        else:
            _each(talk, named)
            if (
                len(named) == len(u.services) > 1
            ):  # each was named by itself: "a cut and a blow dry, what's the total?"
                sizes_differ = any(len({size.price_minor for size in one.sizes}) > 1 for one in named)
                _total(talk, sum(_least([one]) for one in named), least=sizes_differ)
    elif u.unknown_service is not None or u.need is not None:
        return
    elif talk.wish.items:
        _of_wish(talk)
    else:
        _of_everything(talk)


def _of_wish(talk: Talk) -> None:
    """What stands, each in the size that was chosen, and the total; "from" while a size is open."""
    wish = list(zip(talk.wish.items, talk.services(), strict=True))
    is_open = {
        service.id: item.size_id is None and len({size.price_minor for size in service.sizes}) > 1
        for item, service in wish
    }
    for item, service in wish:
        if is_open[service.id]:
            _each(talk, [service])
        else:
            _one(talk, summary.item_name(talk, item), summary.item_price(talk, item))
    if len(wish) > 1:
        known = [
            _least([service]) if is_open[service.id] else summary.item_price(talk, item)
            for item, service in wish
        ]
        _total(talk, sum(known), least=any(is_open.values()))


def _total(talk: Talk, minor: int, *, least: bool) -> None:
    """`least`: a size is still open, so that it may be more."""
    talk.answer("total_from" if least else "total_is", total=talk.words.money(minor))


def _each(talk: Talk, found: Sequence[Service]) -> None:
    for service in found[:SHOWN]:
        costs = {size.price_minor for size in service.sizes}
        if len(costs) > 1:
            sizes = ", ".join(
                f"{localized(size.names, talk.state.language)} {talk.words.money(size.price_minor)}"
                for size in service.sizes
            )
            lowest = talk.words.money(min(costs))
            talk.answer("price_from", service=talk.called(service), price=lowest, sizes=sizes)
        else:
            _one(talk, talk.called(service), _least([service]))


def _one(talk: Talk, called: str, minor: int) -> None:
    """What a call or a table costs isn't told as "0.00": booking it is free, what is eaten there isn't."""
    if minor:
        talk.answer("price_is", service=called, price=talk.words.money(minor))
    else:
        talk.answer("price_nothing", service=called)


def _one_group(found: Sequence[Service]) -> UUID | None:
    """The group that all of these belong to."""
    groups = {service.group_id for service in found}
    return groups.pop() if len(groups) == 1 else None


def _least(found: Sequence[Service]) -> int:
    """The lowest price among these, minor units."""
    return min(min((size.price_minor for size in one.sizes), default=one.price_minor) for one in found)


def _of_group(talk: Talk, group_id: UUID, found: Sequence[Service]) -> None:
    group = talk.catalog.groups.get(group_id)
    if group is None or not _least(found):
        _each(talk, found)
        return
    cheapest_first = sorted(found, key=lambda one: _least([one]))
    services = [
        f"{talk.called(one)} {summary.price_text(talk, one)}".strip() for one in cheapest_first[:SHOWN]
    ]
    talk.answer(
        "price_from",
        service=localized(group.names, talk.state.language),
        price=talk.words.money(_least(found)),
        sizes=talk.words.comma.join(services),
    )


def _of_everything(talk: Talk) -> None:
    """Nothing is named: what each group begins with, or each of a few services."""
    offered = talk.catalog.services_at(talk.wish.location_id)
    if not offered:
        talk.answer("ask_price_of")
        return
    _by_group(talk, offered)


def _by_group(talk: Talk, found: Sequence[Service]) -> None:
    """From what on each of their groups begins; few services, or such without a group, one by one."""
    groups = dict.fromkeys(one.group_id for one in found if one.group_id in talk.catalog.groups)
    if len(found) <= MANY or len(groups) < 2:
        _each(talk, found)
        return
    begins = [
        talk.words.dotted(
            [
                localized(talk.catalog.groups[one].names, talk.state.language),
                talk.words.money(_least([service for service in found if service.group_id == one])),
            ]
        )
        for one in groups
        if one is not None and _least([service for service in found if service.group_id == one])
    ]
    talk.answer("prices_begin", groups="\n".join(f"• {one}" for one in begins[:SHOWN]))


def _lengths(talk: Talk, u: Understanding) -> None:
    """How long each of what is named, or of what stands, takes."""
    found = _named(talk, u) or talk.services()
    if not found and u.need is None:
        talk.answer("ask_length_of")
    for service in found[:SHOWN]:
        talk.answer(
            "length_is", service=talk.called(service), length=talk.words.count("minutes", service.minutes)
        )


def _compare(talk: Talk, u: Understanding) -> None:
    """Each with its price, its length and what its description says; which one is left to the customer."""
    asked = _named(talk, u)
    if not asked:
        open_ones = [talk.catalog.services[one] for one in talk.state.candidates]
        asked = open_ones or talk.services()
    if not asked:
        talk.answer("ask_compare")
    for service in asked[:COMPARED]:
        talk.answer("detail_line", text=f"• {needs.line(talk, service)}")
