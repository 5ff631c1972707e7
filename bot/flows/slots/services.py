"""The services slot: several, sizes, ambiguous names, groups to look through."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bot.catalog import Service, localized
from bot.flows import summary
from bot.flows.slots import at_that_hour
from bot.flows.state import BotState, ItemWish, Offered, Unclear
from bot.flows.talk import PAGE, Question, Talk, drop_plan, paged
from bot.understanding.contract import Intent, Match, TextFact, Understanding
from bot.wording.words import Line
from bot.workspace import SlotKind

_AND = "و"
"""Written to the word after it."""
TOPIC = "topic"
"""Key of the question whether what was just asked about shall be booked."""
_SHOWN_ALREADY = frozenset({"recommend", "need_fits", "need_fits_at"})
"""Answers that say of each of the offered services what it is for."""


def take(talk: Talk, service_id: UUID, *, replace: bool = False, beside: bool = False) -> None:
    """A service is wanted: added to what is wanted, or instead of it.

    `beside`: it answers no open question for another one ("which pedicure?", "add a mask too").
    """
    wish = talk.wish
    if replace and not any(item.service_id == service_id for item in wish.items):
        wish.items = []
    if any(item.service_id == service_id for item in wish.items):
        if SlotKind.SERVICES not in talk.touched:
            talk.say("already_have", what=talk.called(talk.catalog.services[service_id]))
    else:
        wish.items.append(ItemWish(service_id=service_id))
        drop_plan(wish)
    talk.state.unclear = [one for one in talk.state.unclear if service_id not in one.ids]
    if not (beside and talk.state.candidates and service_id not in talk.state.candidates):
        next_unclear(talk)
    talk.state.group_id = None
    talk.state.topic = []
    talk.touch(SlotKind.SERVICES)


def put_unclear(talk: Talk, said: str, ids: Sequence[UUID], *, replace: bool = False) -> None:
    """Asks which of these is meant, after what is asked already."""
    unique = list(dict.fromkeys(ids))
    talk.state.unclear.append(Unclear(said=said, ids=unique, replace=replace))
    if not talk.state.candidates:
        next_unclear(talk)


def next_unclear(talk: Talk) -> None:
    """The next word that may mean several services, if any."""
    state = talk.state
    state.candidates, state.candidates_said, state.candidates_replace = [], "", False
    while state.unclear and not state.candidates:
        one = state.unclear.pop(0)
        state.candidates, state.candidates_said, state.candidates_replace = one.ids, one.said, one.replace


def drop_unclear(talk: Talk) -> None:
    talk.state.unclear, talk.state.topic = [], []
    next_unclear(talk)


def leave_out(talk: Talk) -> None:
    """None of the offered ones; the rest of the wish goes on."""
    talk.heard = True
    if talk.state.candidates and talk.wish.items:
        next_unclear(talk)
        talk.say("left_out")


def remove(talk: Talk, service_id: UUID) -> None:
    wish = talk.wish
    kept = [item for item in wish.items if item.service_id != service_id]
    if len(kept) == len(wish.items):
        talk.say("not_in_wish", what=talk.called(talk.catalog.services[service_id]))
        talk.heard = True
        return
    wish.items = kept
    drop_plan(wish)
    talk.touch(SlotKind.SERVICES)


def hear(talk: Talk, u: Understanding, text: str = "") -> None:
    """Services named in a text: to add, to take out, to have instead, or to choose among."""
    replace = talk.state.editing is SlotKind.SERVICES or (
        Intent.CHANGE in u.intents and Intent.ADD not in u.intents and len(talk.wish.items) == 1
    )
    unclear: list[tuple[str, list[UUID]]] = []
    joined = Intent.ADD in u.intents
    for named in u.services:
        mention = _at_that_hour(talk, named, u)
        if not mention:
            continue
        wanted = _named_before(talk, mention)
        if named in u.removed:
            mine = [m.id for m in mention if any(i.service_id == m.id for i in talk.wish.items)]
            for one in mine or [mention[0].id]:
                remove(talk, one)
            continue
        if wanted is not None:
            take(talk, wanted, replace=replace, beside=Intent.ADD in u.intents)
            replace = False
        else:
            said = text[mention[0].span.start : mention[0].span.end]
            alone = _without_and(talk, said, mention)
            joined = joined or alone != said
            unclear.append((alone, [match.id for match in mention]))
            talk.heard = True
    if not joined:
        unclear = _told_closer(unclear)
    if unclear:
        waiting, talk.state.unclear = talk.state.unclear, []
        if not joined:  # else what is asked already is still wanted, too
            next_unclear(talk)
        for said, ids in unclear:
            put_unclear(talk, said, ids, replace=replace)
            replace = False
        talk.state.unclear += waiting
        talk.touch(SlotKind.SERVICES)
    if u.size_hint is not None:
        hear_size(talk, u.size_hint)
    hear_unknown(talk, u)


def _without_and(talk: Talk, said: str, mention: Sequence[Match]) -> str:
    """ "وبديكير" is "and" before a pedicure, "ويفي" is a word of its own."""
    names = (name for one in mention for name in talk.catalog.services[one.id].names.values())
    if not said.startswith(_AND) or any(word.startswith(_AND) for name in names for word in name.split()):
        return said
    return said.removeprefix(_AND)


def hear_unknown(talk: Talk, u: Understanding) -> bool:
    """Something the catalog doesn't have is named: said so, with what is near. False: nothing such was."""
    if u.unknown_service is None or u.services:
        return False
    talk.heard = True
    talk.say("unknown_service", what=u.unknown_service.value)
    near = [one for one in u.near_services if one in talk.catalog.services]
    if near and not talk.wish.items:
        talk.say("near_services")
        drop_unclear(talk)
        put_unclear(talk, u.unknown_service.value, near)
    return True


def _told_closer(unclear: list[tuple[str, list[UUID]]]) -> list[tuple[str, list[UUID]]]:
    """ "My nails done, gel": what both may mean is meant."""
    kept: list[tuple[str, list[UUID]]] = []
    for said, ids in unclear:
        both = [one for one in kept[-1][1] if one in ids] if kept else []
        if both and len(both) < max(len(ids), len(kept[-1][1])):
            kept[-1] = (said if len(both) == len(ids) else kept[-1][0], both)
        else:
            kept.append((said, ids))
    return kept


def _at_that_hour(talk: Talk, mention: Sequence[Match], u: Understanding) -> list[Match]:
    meant = at_that_hour.spoken_for(talk, [match.id for match in mention], u)
    return [match for match in mention if match.id in meant]


def _named_before(talk: Talk, mention: Sequence[Match]) -> UUID | None:
    """The one service that a mention means; the place and an open choice narrow several down. None: ask."""
    here = talk.wish.location_id
    ids = list(dict.fromkeys(match.id for match in mention))
    ids = [one for one in ids if one in talk.state.candidates] or ids
    asked_about = {one for topic in talk.state.topic for one in topic.ids}
    ids = [one for one in ids if one in asked_about] or ids
    if len(ids) > 1 and here is not None:
        at_place = [one for one in ids if here in talk.catalog.services[one].location_ids]
        ids = at_place or ids
    return ids[0] if len(ids) == 1 else None


def hear_size(talk: Talk, hint: TextFact) -> None:
    """Words such as "short hair": the one size whose name holds them."""
    for item in talk.wish.items:
        sizes = talk.catalog.services[item.service_id].sizes
        fit = [s for s in sizes if any(hint.value.lower() in name.lower() for name in s.names.values())]
        if not fit:
            wanted = set(hint.value.lower().split())
            fit = [s for s in sizes if any(wanted & set(name.lower().split()) for name in s.names.values())]
        if len(fit) == 1:
            take_size(talk, item, fit[0].id)


def take_size(talk: Talk, item: ItemWish, size_id: UUID) -> None:
    if item.size_id != size_id:
        item.size_id, item.quoted_minor = size_id, None
    talk.touch(SlotKind.SERVICES)


def open_size(talk: Talk) -> ItemWish | None:
    """The first wanted service whose size is still open. A single size is nobody's choice."""
    for item in talk.wish.items:
        sizes = talk.catalog.services[item.service_id].sizes
        if len(sizes) == 1:
            item.size_id = sizes[0].id
        elif sizes and item.size_id not in {size.id for size in sizes}:
            return item
    return None


def missing(talk: Talk) -> Question | None:
    meant = at_that_hour.spoken_for(talk, talk.state.candidates)
    if len(meant) == 1 < len(talk.state.candidates):
        take(talk, meant[0], replace=talk.state.candidates_replace)
    if talk.state.candidates:
        return _ask_among(talk, talk.state.candidates)
    if not talk.wish.items and talk.state.editing is None and talk.state.topic:
        return _ask_topic(talk)
    if not talk.wish.items or talk.state.editing is SlotKind.SERVICES:
        return ask(talk)
    item = open_size(talk)
    return _ask_size(talk, item) if item is not None else None


def assume(talk: Talk) -> None:
    """Where the form asks for no service and there is only one, that one is meant."""
    if talk.wish.items or any(one.kind is SlotKind.SERVICES for one in talk.context.form):
        return
    offered = talk.catalog.services_at(talk.wish.location_id)
    if len(offered) == 1:
        talk.wish.items = [ItemWish(service_id=offered[0].id)]


def _row(talk: Talk, service: Service) -> Offered:
    # A room's or a table's minutes are the calendar's affair: nobody books "a night, 60 min".
    stays = service.booking_type == "RESERVATION"
    length = "" if stays else talk.words.count("min", service.minutes)
    facts = ", ".join(filter(None, (summary.price_text(talk, service), length)))
    return talk.option("svc", service.id, talk.called(service), facts)


def _ask_among(talk: Talk, ids: Sequence[UUID]) -> Question:
    rows = [_row(talk, talk.catalog.services[one]) for one in ids]
    if talk.wish.items:
        rows.append(talk.button("none", "title_none"))
    near = any(line.key == "near_services" for line in talk.said)
    said = talk.state.candidates_said
    lead = Line("ask_which_named", {"what": said}) if said else Line("ask_which_service")
    if talk.state.asks == 0 and any(line.key in _SHOWN_ALREADY for line in talk.answers):
        lead = Line("ask_which_one")
    return Question(
        state=BotState.ASK_SERVICES,
        slot=SlotKind.SERVICES,
        lines=() if near else (lead,),
        choices=paged(talk, rows),
        label="label_services",
    )


def _ask_topic(talk: Talk) -> Question:
    """What was just asked about and answered: shall it be that?"""
    ids = list(dict.fromkeys(one for topic in talk.state.topic for one in topic.ids))
    rows = [_row(talk, talk.catalog.services[one]) for one in ids]
    line = Line("ask_which_one")
    if len(rows) == 1:
        line = Line(
            "ask_topic_it" if talk.answers else "ask_topic",
            {"service": talk.called(talk.catalog.services[ids[0]])},
        )
        rows = [talk.option("svc", ids[0], talk.words.label("title_book_it"))]
    rows.append(talk.button("else", "title_other_wish"))
    return Question(
        state=BotState.ASK_SERVICES,
        slot=SlotKind.SERVICES,
        key=TOPIC,
        lines=(line,),
        choices=paged(talk, rows),
        label="label_services",
    )


def ask(talk: Talk) -> Question:
    """A short list as it is; a long one by groups."""
    offered = talk.catalog.services_at(talk.wish.location_id)
    example = talk.called(offered[0]) if offered else ""
    groups = {s.group_id: None for s in offered if s.group_id in talk.catalog.groups}
    group_id = talk.state.group_id if talk.state.group_id in groups else None
    if group_id is not None:
        name = localized(talk.catalog.groups[group_id].names, talk.state.language)
        rows = [_row(talk, service) for service in offered if service.group_id == group_id]
        line = Line("ask_in_group", {"group": name})
    elif len(offered) > PAGE + 1 and len(groups) > 1:
        rows = []
        for one in groups:
            if one is None:
                continue
            inside = [service for service in offered if service.group_id == one]
            title = localized(talk.catalog.groups[one].names, talk.state.language)
            rows.append(talk.option("grp", one, title, ", ".join(talk.called(s) for s in inside[:4])))
        own = talk.own_question(SlotKind.SERVICES)
        line = Line("ask_own" if own else "ask_group", {"question": own, "example": example})
    else:
        rows = [_row(talk, service) for service in offered]
        own = talk.own_question(SlotKind.SERVICES)
        line = Line("ask_own" if own else "ask_services", {"question": own, "example": example})
    return Question(
        state=BotState.ASK_SERVICES,
        slot=SlotKind.SERVICES,
        lines=(line,),
        choices=paged(talk, rows),
        label="label_services",
    )


def _ask_size(talk: Talk, item: ItemWish) -> Question:
    service = talk.catalog.services[item.service_id]
    names = [localized(size.names, talk.state.language) for size in service.sizes]
    rows = [
        talk.option("size", size.id, name, talk.words.money(size.price_minor))
        for size, name in zip(service.sizes, names, strict=True)
    ]
    values = {"service": talk.called(service), "options": talk.words.joined(names, last="or")}
    return Question(
        state=BotState.ASK_SIZE,
        slot=SlotKind.SERVICES,
        lines=(Line("ask_size", values),),
        choices=paged(talk, rows),
        label="label_sizes",
    )
