"""How the pages of the web chat are made: templates, policy, headers."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_SORRY = (
    (
        "gone",
        {"en": "This link isn't valid any more", "ar": "الرابط ما عاد صالح"},
        {
            "en": "It is too old or was withdrawn. Write to us where you got it, and we'll send you a new one.",
            "ar": "يمكن الرابط قديم أو انلغى أو ناقص. راسلنا من نفس المكان اللي وصلك منه ونرسل لك رابط جديد.",
        },
    ),
    (
        "busy",
        {"en": "Please try again in a moment", "ar": "حاول بعد شوي لو سمحت"},
        {
            "en": "The chat can't be opened right now. Nothing is lost.",
            "ar": "ما نقدر نفتح المحادثة الحين. ما ضاع شي من كلامك.",
        },
    ),
)


def templates_of(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def policy() -> str:
    """Everything from ourselves, nothing inline, framed by nobody."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def render_chat(
    templates: Environment,
    *,
    title: str,
    workspace: str = "",
    bot: str = "",
    wish: str = "",
    link: bool = False,
    language: str = "en",
) -> str:
    """A page that is a chat: of a business, or (`link`) of whoever opened a magic link."""
    return templates.get_template("chat.html").render(
        title=title,
        workspace=workspace,
        bot=bot,
        wish=wish,
        link=link,
        language=wish or language,
        messages=_SORRY,
        noscript="The chat needs JavaScript. تحتاج المحادثة إلى JavaScript.",
    )


def html(text: str, *, policy: str, status: int = 200) -> web.Response:
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
