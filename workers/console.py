"""The console, wired for the web process."""

from __future__ import annotations

from aiohttp import web

from bot.console.app import Console
from bot.console.ports import ConsolePorts
from bot.console.seedings import Seedings
from bot.demo_businesses import DemoBusinesses
from workers.resources import Resources, now


def add_console(app: web.Application, resources: Resources, demo: DemoBusinesses | None) -> None:
    """Its routes, and the end of its open pages' streams when the process ends. demo: None in production."""
    settings = resources.settings
    seedings = Seedings(demo, resources.pool) if demo else None
    console = Console(
        ConsolePorts(
            pool=resources.pool,
            box=resources.box,
            clock=now,
            rates=resources.rates,
            live=resources.live,
            bell=resources.queue,
            ring_catalog=resources.queue.ring_catalog,
            public_base_url=settings.public_base_url,
            second_factor_may_wait=settings.simulator_enabled and not settings.production,
            mails=settings.mail_configured,
            accounts=resources.accounts,
            seedings=seedings,
            idle_seconds=settings.console_idle_minutes * 60,
            session_seconds=settings.console_session_hours * 3600,
        )
    )
    app.add_routes(console.routes())
    app.on_shutdown.append(console.close)
    if seedings is not None:
        app.on_cleanup.append(lambda _: seedings.close())
