"""A server that answers something else: every answer of the real one may be bent on its way to the checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.tls import TLS


@dataclass
class Seen:
    """One answer on its way. `body` is its JSON, else its text; what is changed here is what the checks get."""

    method: str
    path: str
    asked: Any
    status: int
    body: Any
    headers: dict[str, str]
    count: int
    """How many answers of this method and path came before."""

    def of(self, method: str, start: str, end: str = "") -> bool:
        return self.method == method and self.path.startswith(start) and self.path.endswith(end)

    @property
    def items(self) -> list[dict[str, Any]]:
        """Rows of a list of the read API; none for anything else."""
        found = self.body.get("items", []) if isinstance(self.body, dict) else []
        return found if isinstance(found, list) else []


Bend = Callable[[Seen], None]


@dataclass
class BentServer(httpx.AsyncBaseTransport):
    """The real server behind a bend."""

    bend: Bend
    inner: httpx.AsyncHTTPTransport = field(default_factory=lambda: httpx.AsyncHTTPTransport(verify=TLS))
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        content = await answer.aread()
        await answer.aclose()
        key = (request.method, request.url.path)
        is_json = "json" in answer.headers.get("content-type", "")
        seen = Seen(
            method=request.method,
            path=request.url.path,
            asked=_json(request.content),
            status=answer.status_code,
            body=json.loads(content) if is_json and content else content.decode(),
            headers={name: value for name, value in answer.headers.items() if name != "content-length"},
            count=self.counts.get(key, 0),
        )
        self.counts[key] = seen.count + 1
        self.bend(seen)
        body = seen.body if isinstance(seen.body, str) else json.dumps(seen.body)
        if not isinstance(seen.body, str):
            seen.headers["content-type"] = "application/json"
        return httpx.Response(seen.status, headers=seen.headers, content=body.encode())

    async def aclose(self) -> None:
        await self.inner.aclose()


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return {}
