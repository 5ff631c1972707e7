"""Procfile `web`: the aiohttp server. It only wires: routes live in bot/web."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.demo_businesses import DemoBusinesses
from bot.handoffs import Handoffs
from bot.inbox import Receiver
from bot.magic_links import MagicLinks
from bot.proxies import networks
from bot.web.admin.access import Access
from bot.web.admin.demo import DemoApi
from bot.web.admin.routes import AdminApi
from bot.web.api import api_errors
from bot.web.chat.sessions import Sessions
from bot.web.handoff.completions import CompletionWebhooks
from bot.web.handoff.page import HandoffPage
from bot.web.health import Health
from bot.web.mail_webhooks import MailWebhooks
from bot.web.openapi import OpenApi
from bot.web.payments.pages import PaymentPages
from bot.web.payments.webhooks import PaymentWebhooks
from bot.web.provider_webhooks import ProviderWebhooks
from bot.web.proxies import behind
from bot.web.webhooks import Webhooks
from bot.web.widget.assets import Assets
from bot.web.widget.links import LinkPages
from workers.chat import add_chat
from workers.console import add_console
from workers.logs import configure_logging, start_sentry
from workers.metrics import web_metrics
from workers.provider_webhooks import ProviderNotices
from workers.recorder import Recorder
from workers.resources import Resources, now, open_resources
from workers.settings import Settings, load_settings_or_exit
from workers.watchdog import run_with_watchdog

log = structlog.get_logger(__name__)

_REMEMBER_SECONDS = 60.0
_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def create_app(resources: Resources, recorder: Recorder) -> web.Application:
    """All routes of the product."""
    settings = resources.settings
    receiver = Receiver(resources.pool, resources.accounts, resources.queue, resources.queue, resources.live)
    webhooks = Webhooks(
        channels=resources.channels,
        accounts=resources.accounts,
        receiver=receiver,
        public_base_url=settings.public_base_url,
        observe=recorder.observe,
    )
    measures, metrics = web_metrics(resources)
    app = web.Application(
        client_max_size=4 * 1024 * 1024,
        middlewares=[behind(networks(settings.trusted_proxies)), measures.middleware(), api_errors],
    )
    app.on_response_prepare.append(_security_headers)
    app.add_routes(webhooks.routes())
    notices = ProviderNotices(
        resources.pool, resources.box, resources.queue, resources.queue.ring_catalog, now
    )
    app.add_routes(ProviderWebhooks(notices).routes())
    handoffs = Handoffs(resources.pool, resources.box)
    app.add_routes(HandoffPage(handoffs, own_host=urlsplit(settings.public_base_url).netloc).routes())
    app.add_routes(CompletionWebhooks(handoffs, resources.http, settings.public_base_url, now).routes())
    app.cleanup_ctx.append(_known_businesses(handoffs))
    mail_password = settings.postmark_webhook_password
    reports = MailWebhooks(resources.pool, mail_password.get_secret_value() if mail_password else "")
    app.add_routes(reports.routes())
    app.add_routes(PaymentWebhooks(resources.pool, resources.box, resources.queue, now).routes())
    app.add_routes(PaymentPages().routes())
    access = Access(resources.pool, resources.rates)
    app.add_routes(AdminApi(access, settings.public_base_url).routes())
    demo = _demo_businesses(resources)
    app.add_routes(DemoApi(access, demo).routes())
    links = MagicLinks(resources.pool, resources.box, resources.rates, settings.public_base_url, now)
    add_chat(app, resources, receiver=receiver, handoffs=handoffs, access=access, links=links)
    app.add_routes(OpenApi().routes())
    app.add_routes(Health(resources.pool, resources.queue.ping, settings.services()).routes())
    app.add_routes(metrics.routes())
    add_console(app, resources, demo)
    app.add_routes(Assets().routes())
    app.add_routes(LinkPages(links, Sessions(resources.box, now), resources.rates).routes())
    if not settings.production:
        from bot.web.widget.demo import DemoPages  # noqa: PLC0415  (demo businesses have no place in production)
        from workers.demos import demos  # noqa: PLC0415

        app.add_routes(DemoPages(resources.pool, demos()).routes())
    if settings.simulator_enabled and settings.sandbox_url and not settings.production:
        from bot.web.simulator.page import Simulator  # noqa: PLC0415  (never loaded in production)

        simulator = Simulator(
            pool=resources.pool,
            accounts=resources.accounts,
            http=resources.http,
            own_url=f"http://127.0.0.1:{settings.port}",
            public_base_url=settings.public_base_url,
            sandbox_url=settings.sandbox_url,
            clock=now,
        )
        app.add_routes(simulator.routes())
        app.on_shutdown.append(simulator.close)
    return app


def _demo_businesses(resources: Resources) -> DemoBusinesses | None:
    """None in production: whatever is found there is somebody's real business."""
    settings = resources.settings
    if settings.production:
        return None
    from workers.demo_businesses import Templates  # noqa: PLC0415  (never loaded in production)

    return Templates(
        resources.pool,
        resources.box,
        resources.http,
        public_base_url=settings.public_base_url,
        sandbox_url=settings.sandbox_url,
        clock=now,
    )


def _known_businesses(handoffs: Handoffs) -> Callable[[web.Application], AsyncIterator[None]]:
    """Businesses whose customers finish elsewhere, kept in memory for the time when the tables can't be read."""

    async def keep(_: web.Application) -> AsyncIterator[None]:
        async def renew() -> None:
            while True:
                await handoffs.remember()
                await asyncio.sleep(_REMEMBER_SECONDS)

        task = asyncio.create_task(renew(), name="handoff-businesses")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return keep


async def _security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """On every answer, errors too."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["Server"] = "frontdesk"


async def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; requests that are under way get their answer."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with open_resources(settings, process="web") as resources, Recorder(resources.pool) as recorder:
        runner = web.AppRunner(
            create_app(resources, recorder),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=settings.timing.shutdown_seconds,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
            log.info("web.started", host=settings.host, port=settings.port)
            await stopping.wait()
        finally:
            await runner.cleanup()
        log.info("web.stopped")


def main() -> None:
    settings = load_settings_or_exit()
    configure_logging(settings, "web")
    start_sentry(settings, "web")
    run_with_watchdog(lambda: run(settings), stall_seconds=settings.timing.watchdog_seconds)


if __name__ == "__main__":
    main()
