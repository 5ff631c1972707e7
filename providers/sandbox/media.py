"""Files that customers sent, as Meta and Twilio keep them: a voice note whose words a test or a person sets.

`POST /_sandbox/voice {"text": ...}` says what every voice note holds from now on. Its bytes are OggS and the text,
which the sandbox's transcription reads back (providers/sandbox/llm.py).
"""

from __future__ import annotations

import base64
import hmac

from aiohttp import web

from providers.sandbox.config import MetaAccount, TwilioAccount
from providers.sandbox.context import SANDBOX
from providers.sandbox.meta import error_body

SPOKEN = web.AppKey("spoken", dict[str, str])
_DEFAULT = "gel manicure tomorrow afternoon at Plaza please"


def add_routes(app: web.Application) -> None:
    app[SPOKEN] = {"text": _DEFAULT}
    app.router.add_get(r"/v{version:\d+(?:\.\d+)?}/{media_id:\d+}", meta_media, name="meta.media")
    app.router.add_get("/_media/meta/{media_id}", meta_file, name="meta.media_file")
    app.router.add_get(
        "/2010-04-01/Accounts/{sid}/Messages/{message_sid}/Media/{media_sid}",
        twilio_media,
        name="twilio.Media",
    )
    app.router.add_get("/_media/twilio/{media_sid}", twilio_file, name="twilio.MediaFile")
    app.router.add_post("/_sandbox/voice", speak)


async def speak(request: web.Request) -> web.StreamResponse:
    """What voice notes say from now on."""
    body = await request.json()
    request.app[SPOKEN]["text"] = str(body["text"])
    return web.json_response({"status": "ok"})


async def meta_media(request: web.Request) -> web.StreamResponse:
    """GET /{media_id}: where the file lies, for five minutes."""
    if not _is_metas(request):
        return web.json_response(error_body(190, "Invalid OAuth access token", "token"), status=401)
    media_id = request.match_info["media_id"]
    url = f"{request.url.origin()}/_media/meta/{media_id}"
    return web.json_response(
        {"messaging_product": "whatsapp", "url": url, "mime_type": "audio/ogg", "id": media_id}
    )


async def meta_file(request: web.Request) -> web.StreamResponse:
    """The file; it needs the token and a user agent, too."""
    if not _is_metas(request) or not request.headers.get("User-Agent"):
        return web.Response(status=401)
    return _file(request)


async def twilio_media(request: web.Request) -> web.StreamResponse:
    """GET .../Media/{sid} with the account's credentials: a redirect to the store."""
    account = request.app[SANDBOX].accounts.get(TwilioAccount, request.match_info["sid"])
    given = request.headers.get("Authorization", "")
    wanted = ""
    if account is not None:
        pair = f"{account.account_sid}:{account.auth_token}".encode()
        wanted = f"Basic {base64.b64encode(pair).decode()}"
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        return web.Response(status=401)
    raise web.HTTPTemporaryRedirect(f"/_media/twilio/{request.match_info['media_sid']}")


async def twilio_file(request: web.Request) -> web.StreamResponse:
    """The store, which asks for nothing."""
    return _file(request)


def _is_metas(request: web.Request) -> bool:
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    accounts = request.app[SANDBOX].accounts.of(MetaAccount)
    return any(hmac.compare_digest(one.access_token.encode(), token.encode()) for one in accounts)


def _file(request: web.Request) -> web.Response:
    return web.Response(body=b"OggS" + request.app[SPOKEN]["text"].encode(), content_type="audio/ogg")
