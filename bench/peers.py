"""What we are measured against, each a process of its own: `python -m bench.peers NAME PORT [SEND_API_URL]`.

bare: an aiohttp handler that answers 200 and does nothing.
echo: an aiohttp handler that answers each WhatsApp webhook by one httpx call. It checks no signature and
keeps nothing: the least that a bot of this kind costs.
"""

from __future__ import annotations

import asyncio
import sys

import httpx
import orjson
import uvloop
from aiohttp import web


async def bare(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


class Echo:
    """Answers with what was said."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = httpx.AsyncClient()
        self._running: set[asyncio.Task[None]] = set()

    async def hear(self, request: web.Request) -> web.Response:
        value = orjson.loads(await request.read())["entry"][0]["changes"][0]["value"]
        for message in value.get("messages", []):
            task = asyncio.create_task(self._reply(value["metadata"]["phone_number_id"], message))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return web.Response(text="ok")

    async def _reply(self, number: str, message: dict[str, dict[str, str]]) -> None:
        await self._http.post(
            f"{self._url}/v23.0/{number}/messages",
            json={"messaging_product": "whatsapp", "to": message["from"], "text": message["text"]},
        )


async def serve(name: str, port: int, send_api: str) -> None:
    handler = bare if name == "bare" else Echo(send_api).hear
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.add_routes([web.post("/{path:.*}", handler), web.get("/api/health", bare)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""))
