"""The widget's own files, as browsers get them: read once, without comments and indentation, compressed, with a mark
of their content. Any page may load them; they hold nothing of anybody.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_MAX_AGE = 300
"""Seconds that a browser takes its copy without asking; so long a page may run an older version."""
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": f"public, max-age={_MAX_AGE}",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    name: str
    body: bytes
    packed: bytes
    tag: str

    @property
    def content_type(self) -> str:
        return _TYPES[Path(self.name).suffix]


def load_assets() -> dict[str, Asset]:
    """All of them, by their file name."""
    return {path.name: _asset(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


class Assets:
    """One per web process."""

    def __init__(self) -> None:
        self._files = load_assets()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/widget.js", self.loader), web.get("/widget/{name}", self.file)]

    async def loader(self, request: web.Request) -> web.Response:
        return self._answer(request, "widget.js")

    async def file(self, request: web.Request) -> web.Response:
        return self._answer(request, request.match_info["name"])

    def _answer(self, request: web.Request, name: str) -> web.Response:
        asset = self._files.get(name)
        if asset is None:
            raise web.HTTPNotFound(text="no such file")
        headers = {**_OPEN, "ETag": asset.tag}
        if asset.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        body = asset.body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = asset.packed
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, content_type=asset.content_type, charset="utf-8", headers=headers)


def lean(text: str, suffix: str) -> str:
    """Without indentation, empty lines and lines that are only a comment; what is left is as it was written.

    Right for our own files, where no text and no pattern spans lines (tests/widget/test_assets.py looks).
    """
    if suffix == ".css":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        text = re.sub(r"\s*\n\s*", "\n", text)
        return re.sub(r"(?<=[{};,:])[ ]|[ ](?=[{}])|;(?=\s*})", "", text).strip() + "\n"
    if suffix == ".js":
        lines = (line.strip() for line in text.splitlines())
        return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
    return text


def _asset(path: Path) -> Asset:
    body = lean(path.read_text(encoding="utf-8"), path.suffix).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Asset(path.name, body, gzip.compress(body, mtime=0), tag)
