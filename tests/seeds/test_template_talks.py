"""Talks with the templates' businesses: what follows their mode ends on their page, a tour in our calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import pytest

from bot.catalog import Catalog, Frame, FrameQuery, Service
from bot.catalog_view import load_catalog
from bot.policy import ALWAYS_INTERNAL
from db.secrets import SecretBox
from db.tx import Pool, tx
from providers.own_calendar.working import frames_of, performers
from seeds.template_file import LoadedTemplate, shipped_templates
from tests.chats import salon
from tests.chats.chat import Chat
from workers.templates import Installation, seed_templates


@dataclass
class Roster(salon.Diary):
    """Everybody's working time by the template's own calendar, none of it taken."""

    template: LoadedTemplate | None = None

    def free(self, query: FrameQuery) -> Sequence[Frame]:
        assert self.template is not None
        assert self.template.file is not None
        zone, calendar = self.template.settings.zone, self.template.file.calendar
        people = {(one.external_id, one.location_id): one.id for one in self.catalog.staff.values()}
        days = {one.astimezone(zone).date() for one in (query.starts_at, query.ends_at)}
        return [
            Frame(people[who.external_id, query.location_id], query.location_id, one.starts_at, one.ends_at)
            for who in performers(calendar)
            for day in sorted(days)
            for one in frames_of(who, day, step=calendar.step_minutes, zone=zone)
            if query.starts_at <= one.starts_at < query.ends_at
        ]


OWN = [one for one in shipped_templates().values() if one.file is not None]


async def opened(pool: Pool, box: SecretBox, template: LoadedTemplate) -> Catalog:
    async with httpx.AsyncClient() as http:
        place = Installation(pool, box, http, "https://bot.example.com")
        [report] = await seed_templates(place, [template], moment=salon.NOW)
    async with tx(pool, report.workspace_id) as connection:
        return await load_catalog(connection, report.workspace_id)


def talk(template: LoadedTemplate, catalog: Catalog, service: Service) -> Chat:
    """Asks for the service by its name and answers whatever is asked, until a summary stands."""
    assert template.file is not None
    diary = Roster(catalog, template=template)
    chat = Chat(catalog=catalog, settings=template.settings, form=template.file.form(), diary=diary)
    chat.say(f"{service.names['en']}, I'm Sara Test")
    for _ in range(8):
        assert chat.reply is not None
        if chat.reply.actions:
            return chat
        asked = chat.reply.text.splitlines()[-1].lower()
        if "how many" in asked:
            chat.say("4")
        elif chat.shown:
            chat.say(chat.shown[0].title)
        else:
            chat.say("12 Sample Street")
    raise AssertionError(f"{template.key}: {service.external_id} never came to a summary: {chat.reply}")


@pytest.mark.parametrize("template", OWN, ids=lambda one: one.key)
async def test_every_kind_of_booking_ends_where_it_must(template: LoadedTemplate, pool: Pool, box: SecretBox):
    catalog = await opened(pool, box, template)
    by_kind = {one.booking_type: one for one in reversed(list(catalog.services.values()))}
    assert set(by_kind) == set(template.template.booking_types)
    for kind, service in by_kind.items():
        chat = talk(template, catalog, service)
        assert chat.reply is not None
        action = chat.reply.actions[0]
        assert chat.step.intent is not None
        assert chat.step.intent.booking_type == kind
        if kind in ALWAYS_INTERNAL:
            assert (action.handling, chat.step.handoff) == ("internal", None)
            continue
        assert (action.handling, chat.orders) == ("external", [])
        assert chat.step.handoff is not None
        external = template.settings.external
        assert chat.step.handoff.booking_url == external.service_urls.get(service.external_id, external.url)
        assert chat.step.handoff.page == external.page
        assert chat.step.handoff.service == service.names["en"]
