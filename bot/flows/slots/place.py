"""The location slot: by name, by tap, by a pin."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from bot.catalog import Location, Service
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk, drop_plan, paged
from bot.messages import GeoPoint
from bot.understanding.contract import Match
from bot.wording.words import Line
from bot.workspace import SlotKind

EARTH_KM = 6371.0


def take(talk: Talk, location_id: UUID) -> None:
    """The customer chose a place."""
    wish = talk.wish
    if wish.location_id != location_id:
        if wish.staff_id is not None and talk.catalog.staff[wish.staff_id].location_id != location_id:
            person = talk.catalog.staff[wish.staff_id]
            home = talk.catalog.locations.get(person.location_id)
            talk.say("staff_elsewhere", staff=talk.called(person), place=talk.called(home) if home else "")
            wish.staff_id = None
        wish.location_id = location_id
        drop_plan(wish)
    talk.touch(SlotKind.LOCATION)


def hear(talk: Talk, matches: Sequence[Match]) -> None:
    """Places named in a text (those said out are not among them). Several: asked which."""
    named = list(dict.fromkeys(match.id for match in matches))
    if len(named) > 1 and talk.wish.location_id in named:
        named.remove(talk.wish.location_id)
    if len(named) == 1:
        take(talk, named[0])
    elif named:
        talk.heard = True
        names = [talk.called(talk.catalog.locations[one]) for one in named]
        talk.say("which_of_places", options=talk.words.joined(names, last="or"))


def said_yes(talk: Talk) -> None:
    """A yes to the one place that was offered."""
    offered = [
        one.id.partition("@")[0].removeprefix("loc:")
        for one in talk.state.offered
        if one.id.startswith("loc:")
    ]
    here = [one for one in talk.catalog.locations if str(one) in offered]
    if talk.state.name is BotState.ASK_LOCATION and len(here) == 1:
        take(talk, here[0])


def hear_pin(talk: Talk, pin: GeoPoint) -> None:
    """The nearest place to a shared position."""
    ranked = sorted(
        (distance_km(pin, place.latitude, place.longitude), str(place.id), place)
        for place in talk.catalog.locations.values()
        if place.latitude is not None and place.longitude is not None
    )
    if not ranked:
        talk.say("no_pin")
        talk.heard = True
        return
    nearest = ranked[0][2]
    talk.say("nearest", place=talk.called(nearest))
    take(talk, nearest.id)


def distance_km(pin: GeoPoint, latitude: float, longitude: float) -> float:
    """Great-circle distance (haversine)."""
    lat1, lat2 = radians(pin.latitude), radians(latitude)
    half = sin((lat2 - lat1) / 2) ** 2
    half += cos(lat1) * cos(lat2) * sin(radians(longitude - pin.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def missing(talk: Talk) -> Question | None:
    """What has to be asked about the place: nothing if there is only one that can serve the wish."""
    wish = talk.wish
    possible = [
        place
        for place in talk.catalog.locations.values()
        if all(place.id in service.location_ids for service in talk.services())
    ]
    if wish.location_id is not None and talk.state.editing is not SlotKind.LOCATION:
        return _elsewhere(talk, possible)
    if len(possible) == 1 and talk.state.editing is not SlotKind.LOCATION:
        wish.location_id = possible[0].id
        return None
    if not possible:
        which = [_only_at(talk, service) for service in talk.services()]
        talk.say("no_place_does_all", which=talk.words.joined(which))
        possible = [one for one in talk.catalog.locations.values() if _does_some(talk, one)]
    return ask(talk, possible or list(talk.catalog.locations.values()))


def _only_at(talk: Talk, service: Service) -> str:
    there = [talk.called(one) for one in talk.catalog.locations.values() if one.id in service.location_ids]
    values = {"service": talk.called(service), "places": talk.words.joined(there, last="or")}
    return talk.words.say(Line("only_at", values))


def _elsewhere(talk: Talk, possible: list[Location]) -> Question | None:
    """A chosen service that the chosen place doesn't offer."""
    here = talk.location
    lacking = [s for s in talk.services() if here is not None and here.id not in s.location_ids]
    if here is None or not lacking:
        return None
    for service in lacking:
        others = [talk.called(p) for p in talk.catalog.locations.values() if p.id in service.location_ids]
        if not others:
            talk.say("offered_nowhere", service=talk.called(service))
            talk.wish.items = [item for item in talk.wish.items if item.service_id != service.id]
            drop_plan(talk.wish)
            continue
        talk.say(
            "not_there",
            service=talk.called(service),
            place=talk.called(here),
            others=talk.words.joined(others, last="or"),
        )
    if not any(here.id not in service.location_ids for service in talk.services()):
        return None
    if possible:
        return ask(talk, possible)
    again = talk.state.name is BotState.ASK_LOCATION and SlotKind.LOCATION in talk.touched
    if again and _leave_out(talk, here):
        return None
    return ask(talk, [one for one in talk.catalog.locations.values() if _does_some(talk, one)])


def _does_some(talk: Talk, place: Location) -> bool:
    return any(place.id in service.location_ids for service in talk.services())


def _leave_out(talk: Talk, here: Location) -> bool:
    """No place does it all. Told so, the customer chose this one: what it lacks is another booking.

    False: it does nothing of it.
    """
    if not _does_some(talk, here):
        return False
    lacking = [service for service in talk.services() if here.id not in service.location_ids]
    names = talk.words.joined([talk.called(service) for service in lacking])
    talk.said = [line for line in talk.said if line.key != "not_there"]
    talk.say("done_elsewhere", services=names, place=talk.called(here))
    gone = {service.id for service in lacking}
    talk.wish.items = [item for item in talk.wish.items if item.service_id not in gone]
    drop_plan(talk.wish)
    return True


def ask(talk: Talk, places: Sequence[Location]) -> Question:
    options = [talk.option("loc", p.id, talk.called(p), p.address) for p in places]
    names = talk.words.joined([talk.called(p) for p in places], last="or")
    lead = Line("ask_location", {"options": names})
    if len(places) == 1:
        lead = Line("ask_one_place", {"place": names})
        options.append(talk.button("change", "title_change"))
    return Question(
        state=BotState.ASK_LOCATION,
        slot=SlotKind.LOCATION,
        lines=(lead,),
        choices=paged(talk, options),
        label="label_locations",
    )
