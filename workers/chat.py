"""Wires the web chat's API into the web process: bot/web/chat."""

from __future__ import annotations

from aiohttp import web

from bot.finalize import Finalizer
from bot.handoffs import Handoffs
from bot.inbox import Receiver
from bot.magic_links import MagicLinks
from bot.web.admin.access import Access
from bot.web.chat.desk import ChatDesk
from bot.web.chat.doors import Doors
from bot.web.chat.finalizing import FinalizeApi
from bot.web.chat.lead_doors import LeadDoors
from bot.web.chat.leads import LeadChatApi
from bot.web.chat.origins import Origins, allow_origin
from bot.web.chat.sessions import Sessions
from bot.web.chat.stream import Streams
from bot.web.chat.widget import WidgetApi
from bot.web.widget.api import WidgetContext
from workers.resources import Resources, now


def add_chat(
    app: web.Application,
    resources: Resources,
    *,
    receiver: Receiver,
    handoffs: Handoffs,
    access: Access,
    links: MagicLinks,
) -> None:
    """receiver: the process's own, whose messages share their commits."""
    settings, wait = resources.settings, resources.settings.timing.chat_wait_seconds
    desk = ChatDesk(resources.pool, resources.accounts, receiver, resources.live, wait)
    doors = Doors(
        resources.pool,
        resources.accounts,
        desk,
        Sessions(resources.box, now),
        Origins(resources.pool, settings.public_base_url),
        resources.rates,
    )
    streams = Streams(desk, resources.live)
    finalizer = Finalizer(resources.pool, resources.queue, resources.live, handoffs, wait)
    app.on_response_prepare.append(allow_origin)
    app.on_shutdown.append(streams.close)
    app.add_routes(WidgetApi(doors, streams).routes())
    app.add_routes(WidgetContext(doors).routes())
    finalizing = FinalizeApi(resources.pool, doors, access, finalizer)
    app.add_routes(finalizing.routes())
    lead_doors = LeadDoors(resources.pool, doors, access, links)
    leads = LeadChatApi(resources.pool, lead_doors, desk, streams, finalizer, finalizing)
    app.add_routes(leads.routes())
