"""Procfile `messages`: an arq worker that takes turns. The bell only says which conversation to look at."""

from __future__ import annotations

import asyncio
import signal

import structlog

from workers.logs import configure_logging, start_sentry
from workers.metrics import metrics_listener
from workers.queue import MESSAGES_QUEUE, run_worker
from workers.resources import open_resources, take_turns
from workers.settings import Settings, load_settings_or_exit
from workers.watchdog import run_with_watchdog

log = structlog.get_logger(__name__)


async def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; running turns may finish within the job time-out."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with (
        open_resources(settings, process="messages") as resources,
        metrics_listener(resources, "messages"),
    ):
        log.info("messages.started")
        await run_worker(
            settings,
            lambda conversation_id: take_turns(resources, conversation_id),
            queue=MESSAGES_QUEUE,
            stopping=stopping,
        )
        log.info("messages.stopped")


def main() -> None:
    settings = load_settings_or_exit()
    configure_logging(settings, "messages")
    start_sentry(settings, "messages")
    run_with_watchdog(lambda: run(settings), stall_seconds=settings.timing.watchdog_seconds)


if __name__ == "__main__":
    main()
