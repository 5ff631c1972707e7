"""Where a payment page leads back to: `/pay/ok` and `/pay/cancel`, in English and Arabic. They change nothing.

Whether something was paid is never read from such a visit: only the provider's own report says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent
_POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "ok": {
            "title": "Thank you!",
            "text": "As soon as your payment has arrived, we confirm it in the chat.",
            "then": "You can close this page now.",
        },
        "cancel": {
            "title": "Nothing was paid",
            "text": "Your booking stands. The payment link in the chat works until it runs out; you can use it again.",
            "then": "Any question? Just write to us in the chat.",
        },
    },
    "ar": {
        "ok": {
            "title": "شكراً لك!",
            "text": "أول ما يوصلنا الدفع نأكده لك في المحادثة.",
            "then": "تقدر تسكر هذه الصفحة الحين.",
        },
        "cancel": {
            "title": "ما تم أي دفع",
            "text": "حجزك ثابت. رابط الدفع في المحادثة يشتغل لين تنتهي مدته، وتقدر تستخدمه مرة ثانية.",
            "then": "عندك سؤال؟ اكتب لنا في المحادثة.",
        },
    },
}
_MARKS = {"ok": "✓", "cancel": "↩"}


class PaymentPages:
    """One per web process."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.static("/pay/static", _HERE / "static"),
            web.get("/pay/ok", self.show),
            web.get("/pay/cancel", self.show),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """`?lang=ar` chooses the language; whatever else stands there is not looked at."""
        language = "ar" if request.query.get("lang") == "ar" else "en"
        page = request.path.rsplit("/", 1)[-1]
        html = self._templates.get_template("back.html").render(
            language=language, page=page, mark=_MARKS[page], words=_WORDS[language][page]
        )
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        return web.Response(text=html, content_type="text/html", headers=headers)
