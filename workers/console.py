"""The console, wired for the web process."""

from __future__ import annotations

from aiohttp import web

from bot.console.app import Console
from bot.console.ports import ConsolePorts
from workers.resources import Resources, now


def add_console(app: web.Application, resources: Resources) -> None:
    """Its routes, and the end of its open pages' streams when the process ends."""
    settings = resources.settings
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
            idle_seconds=settings.console_idle_minutes * 60,
            session_seconds=settings.console_session_hours * 3600,
        )
    )
    app.add_routes(console.routes())
    app.on_shutdown.append(console.close)
