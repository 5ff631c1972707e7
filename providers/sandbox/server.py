"""The sandbox server: Nail It, ShopMonkey, Meta, Twilio, Postmark, Stripe and language models on one port, with faults.

`create_app` builds it for tests, `serve` runs it for the command line. It keeps everything under one data
folder and picks up from there after any kind of end.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from providers.sandbox import (
    control,
    index_page,
    llm,
    media,
    meta,
    nailit,
    postmark,
    shopmonkey,
    stripe,
    twilio,
    twilio_callbacks,
)
from providers.sandbox.config import SandboxConfig
from providers.sandbox.context import LLM_FAULT, SANDBOX, SLOT_TAKEN, Sandbox
from providers.sandbox.faults import LLM_FAULTS, Fault, FaultKind

MAX_BODY = 4 * 1024 * 1024
_HTML = (
    "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h1>Oops</h1></body></html>"
)
_AFTER = {FaultKind.ACCEPTED_THEN_5XX, FaultKind.ACCEPTED_THEN_RESET, FaultKind.ACCEPTED_THEN_SLOW}


def create_app(data_dir: Path, *, config: SandboxConfig, now: Callable[[], datetime]) -> web.Application:
    """The server as an application. `now` returns aware datetimes.

    Raises `SandboxError` if the folder is in use or damaged, or a catalog file is wrong.
    """
    app = web.Application(middlewares=[_misbehave], client_max_size=MAX_BODY)
    app[SANDBOX] = Sandbox(data_dir, config, now)
    nailit.add_routes(app)
    shopmonkey.add_routes(app)
    meta.add_routes(app)
    twilio.add_routes(app)
    llm.add_routes(app)
    media.add_routes(app)
    postmark.add_routes(app)
    stripe.add_routes(app)
    control.add_routes(app)
    index_page.add_routes(app)
    app.cleanup_ctx.append(_callbacks)
    app.on_cleanup.append(_close)
    return app


async def serve(
    host: str,
    port: int,
    data_dir: Path,
    config: SandboxConfig,
    now: Callable[[], datetime],
    *,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Run until cancelled. Raises `SandboxError`, or `OSError` for a port in use.

    `ready` gets the port once it listens (port 0 lets the system choose).
    """
    runner = web.AppRunner(create_app(data_dir, config=config, now=now), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        if ready is not None:
            ready(runner.addresses[0][1])
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _callbacks(app: web.Application) -> AsyncIterator[None]:
    """Start the sender and go on with what an earlier run left untold."""
    sandbox = app[SANDBOX]
    await sandbox.callbacks.start()
    for message in sandbox.meta.untold():
        meta.follow(sandbox, message)
    for message in sandbox.twilio.untold():
        twilio_callbacks.follow(sandbox, message)
    yield
    await sandbox.callbacks.close()


async def _close(app: web.Application) -> None:
    app[SANDBOX].close()


@web.middleware
async def _misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the planned faults happen to calls of the providers; the control API is spared."""
    route = request.match_info.route
    resource_name = route.resource.name if route.resource is not None else None
    if not resource_name:
        return await handler(request)
    provider, call = resource_name.split(".")[:2]
    faults = request.app[SANDBOX].faults.draw(provider, call)
    for fault in faults:
        if fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.ms / 1000)
    decisive = next((one for one in faults if one.kind is not FaultKind.SLOW), None)
    if decisive is None:
        return await handler(request)
    if decisive.kind is FaultKind.SLOT_TAKEN:
        request[SLOT_TAKEN] = True
        return await handler(request)
    if decisive.kind in LLM_FAULTS:
        request[LLM_FAULT] = decisive.kind
        return await handler(request)
    if decisive.kind in _AFTER:
        response = await handler(request)
        return await _spoil_after(request, response, faults)
    if decisive.kind in {FaultKind.EMPTY, FaultKind.STATUS_ONE}:
        return _bend(await handler(request), decisive.kind)
    return _instead(request, provider, decisive)


async def _spoil_after(
    request: web.Request, response: web.StreamResponse, faults: list[Fault]
) -> web.StreamResponse:
    """The work is done and written down; now its answer goes wrong."""
    for fault in faults:
        match fault.kind:
            case FaultKind.ACCEPTED_THEN_SLOW:
                await asyncio.sleep(fault.ms / 1000)
            case FaultKind.ACCEPTED_THEN_5XX:
                response = web.Response(text=_HTML, content_type="text/html", status=fault.status)
            case FaultKind.ACCEPTED_THEN_RESET:
                _reset(request)
            case _:
                continue
    return response


def _instead(request: web.Request, provider: str, fault: Fault) -> web.StreamResponse:
    """What comes instead of the work."""
    match fault.kind:
        case FaultKind.HTML:
            return web.Response(text=_HTML, content_type="text/html")
        case FaultKind.HTTP_5XX:
            return _error(provider, fault.status)
        case FaultKind.RATE_LIMITED:
            return _error(provider, 429, retry_after=fault.ms // 1000)
        case FaultKind.SUCCESS_FALSE:
            body = shopmonkey.error_body("API-50000", "unexpected internal error")
            return web.json_response(body)
        case _:  # reset and blackout
            _reset(request)
            return web.Response(status=503)


def _error(provider: str, status: int, *, retry_after: int = 0) -> web.Response:
    """The provider's own error shape for 429 and 5xx; Nail It knows only HTML there."""
    limited = status == 429
    if provider == "shopmonkey":
        text = "Too Many Requests" if limited else "Service Unavailable"
        response = web.json_response(shopmonkey.error_body(f"API-{status}00", text), status=status)
        if limited:
            response.headers["Retry-After"] = str(retry_after)
            response.headers["X-RateLimit-Limit-Minute"] = "300"
            response.headers["X-RateLimit-Remaining-Minute"] = "0"
        return response
    if provider == "meta":
        code, text = (130429, "Rate limit hit") if limited else (131016, "Service unavailable")
        return web.json_response(meta.error_body(code, text, text), status=status)
    if provider == "twilio":
        code, text = (20429, "Too Many Requests") if limited else (20500, "Internal Server Error")
        return web.json_response(twilio.error_body(status, code, text), status=status)
    if provider == "postmark":
        code, text = (429, "Rate Limit Exceeded") if limited else (100, "Maintenance")
        return web.json_response(postmark.error_body(code, text), status=status)
    if provider == "stripe":
        kind = "rate_limit_error" if limited else "api_error"
        return web.json_response(stripe.error_body(kind, "Something went wrong on our end."), status=status)
    if provider in {"openai", "anthropic"}:
        kind = "rate_limit_error" if limited else "overloaded_error"
        return web.json_response(llm.error_body(provider, status, kind), status=status)
    return web.Response(text=_HTML, content_type="text/html", status=status)


def _bend(response: web.StreamResponse, kind: FaultKind) -> web.StreamResponse:
    """Oddities seen at Nail It: every list empty, or `Status` 1 beside valid data."""
    if not isinstance(response, web.Response) or response.content_type != "application/json":
        return response
    body = orjson.loads(response.body if isinstance(response.body, bytes) else b"null")
    if isinstance(body, dict) and kind is FaultKind.STATUS_ONE and body.get("Status") == 0:
        body["Status"] = 1
    elif isinstance(body, dict) and kind is FaultKind.EMPTY:
        body = {key: [] if isinstance(value, list) else value for key, value in body.items()}
    return web.Response(body=orjson.dumps(body), content_type="application/json", status=response.status)


def _reset(request: web.Request) -> None:
    """Drop the connection with a TCP reset, without an answer."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
