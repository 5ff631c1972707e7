"""Sandbox of Postmark's mail API, and where its mails can be read in a browser: `/_sandbox/mails`.

Any server token that begins with `sandbox-` is accepted; `sandbox-empty…` has no credit left. Recipients whose name
begins with `inactive` bounced before, senders at `unconfirmed.example.com` were never confirmed.
"""

from __future__ import annotations

import base64
import re
from typing import Any
from uuid import uuid4

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError

from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.index_page import FOLDER
from providers.sandbox.ledger import Entry
from providers.sandbox.postmark_schemas import Email, addresses

SHOWN = 100
_STREAMS = frozenset({"outbound"})
_PAGES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_MAIL_HEADERS = {
    **_HEADERS,
    # A mail is a stranger's HTML: it may style itself and open links elsewhere, nothing else.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox",
}


class PostmarkError(Exception):
    """Answered as `{ErrorCode, Message}`."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, error_body(code, message)


def error_body(code: int, message: str) -> dict[str, Any]:
    return {"ErrorCode": code, "Message": message}


def add_routes(app: web.Application) -> None:
    app.router.add_post("/postmark/email", send, name="postmark.email")
    app.router.add_get("/_sandbox/mails", list_page)
    app.router.add_get("/_sandbox/mails.json", list_json)
    app.router.add_get(r"/_sandbox/mails/{seq:\d+}", mail_page)
    app.router.add_get(r"/_sandbox/mails/{seq:\d+}/html", mail_html)
    app.router.add_get(r"/_sandbox/mails/{seq:\d+}/attachments/{index:\d+}", attachment)


async def send(request: web.Request) -> web.StreamResponse:
    """`POST /email`: one mail."""
    sandbox = request.app[SANDBOX]
    try:
        token, mail = _token(request), await _email(request)
        _refuse(mail, token)
        answer = await _accept(sandbox, mail)
    except PostmarkError as error:
        return web.json_response(error.body, status=error.status)
    return web.json_response(answer)


def _token(request: web.Request) -> str:
    token = request.headers.get("X-Postmark-Server-Token", "")
    if not token.startswith("sandbox-"):
        raise PostmarkError(401, 10, "No Account or Server API tokens were supplied in the HTTP headers.")
    if request.headers.get("Accept", "") != "application/json":
        raise PostmarkError(422, 409, "The 'Accept' header must be application/json.")
    return token


async def _email(request: web.Request) -> Email:
    if request.content_type != "application/json":
        raise PostmarkError(422, 409, "The 'Content-Type' header must be application/json.")
    try:
        return Email.model_validate(orjson.loads(await request.read()))
    except orjson.JSONDecodeError as error:
        raise PostmarkError(422, 402, "Received invalid JSON input.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PostmarkError(422, 300, f"Invalid '{where}': {first['msg']}") from error


def _refuse(mail: Email, token: str) -> None:
    if token.startswith("sandbox-empty"):
        raise PostmarkError(422, 405, "Your account has run out of credits.")
    sender = addresses(mail.From)[0]
    if sender.endswith("@unconfirmed.example.com"):
        raise PostmarkError(
            422, 400, f"The 'From' address you supplied ({sender}) is not a Sender Signature."
        )
    if mail.MessageStream not in _STREAMS:
        raise PostmarkError(422, 1235, "The 'MessageStream' provided does not exist on this server.")
    if addresses(mail.To)[0].startswith("inactive"):
        raise PostmarkError(
            422, 406, f"You tried to send to recipient(s) that have been marked as inactive: {mail.To}"
        )


async def _accept(sandbox: Sandbox, mail: Email) -> dict[str, Any]:
    ledger = sandbox.ledgers["postmark"]
    data = {"id": str(uuid4()), "mail": mail.model_dump(mode="json")}
    entry = ledger.write("mail", "postmark", data, mail.Metadata.get("effect"))
    await ledger.durable(entry)
    return {
        "To": mail.To,
        "SubmittedAt": entry.at,
        "MessageID": data["id"],
        "ErrorCode": 0,
        "Message": "OK",
    }


async def list_page(request: web.Request) -> web.StreamResponse:
    """The newest mails, the newest first."""
    mails = [_row(entry) for entry in reversed(_mails(request)[-SHOWN:])]
    html = _PAGES.get_template("mails.html").render(mails=mails)
    return web.Response(text=html, content_type="text/html", headers=_HEADERS)


async def list_json(request: web.Request) -> web.StreamResponse:
    """All mails, oldest first, as they were sent; `?to=` only those to one address."""
    to = request.query.get("to")
    found = [
        {"seq": entry.seq, "at": entry.at, "id": entry.data["id"], **entry.data["mail"]}
        for entry in _mails(request)
        if to is None or to in addresses(entry.data["mail"]["To"])
    ]
    return web.Response(body=orjson.dumps({"mails": found}), content_type="application/json")


async def mail_page(request: web.Request) -> web.StreamResponse:
    """One mail: its head, the HTML in a closed frame, the plain text, its attachments."""
    entry = _mail(request)
    mail = entry.data["mail"]
    files = [
        {"index": index, "name": each["Name"], "type": each["ContentType"], "text": _shown(each)}
        for index, each in enumerate(mail["Attachments"])
    ]
    html = _PAGES.get_template("mail.html").render(
        row=_row(entry), mail=mail, files=files, headers=mail["Headers"]
    )
    return web.Response(text=html, content_type="text/html", headers=_HEADERS)


async def mail_html(request: web.Request) -> web.StreamResponse:
    """The mail's own HTML, for the frame."""
    return web.Response(
        text=_mail(request).data["mail"]["HtmlBody"], content_type="text/html", headers=_MAIL_HEADERS
    )


async def attachment(request: web.Request) -> web.StreamResponse:
    """A file, always to be kept and never shown."""
    files, index = _mail(request).data["mail"]["Attachments"], int(request.match_info["index"])
    if index >= len(files):
        raise web.HTTPNotFound(text="no such attachment")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", files[index]["Name"])
    is_calendar = files[index]["ContentType"].startswith("text/calendar")
    return web.Response(
        body=base64.b64decode(files[index]["Content"]),
        content_type="text/calendar" if is_calendar else "application/octet-stream",
        headers={**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
    )


def _mails(request: web.Request) -> list[Entry]:
    return [entry for entry in request.app[SANDBOX].ledgers["postmark"].entries if entry.kind == "mail"]


def _mail(request: web.Request) -> Entry:
    wanted = int(request.match_info["seq"])
    for entry in _mails(request):
        if entry.seq == wanted:
            return entry
    raise web.HTTPNotFound(text="no such mail")


def _row(entry: Entry) -> dict[str, Any]:
    mail = entry.data["mail"]
    return {
        "seq": entry.seq,
        "at": entry.at[:19].replace("T", " "),
        "from": mail["From"],
        "to": mail["To"],
        "subject": mail["Subject"],
        "files": [each["Name"] for each in mail["Attachments"]],
    }


def _shown(file: dict[str, Any]) -> str:
    """A text to look at; anything else only by its name."""
    if not file["ContentType"].startswith("text/"):
        return ""
    return base64.b64decode(file["Content"]).decode("utf-8", "replace")
