"""How every route of the product is knocked at by somebody of another business (test_every_route.py).

An entry per route outside the console's workspaces (those: tests/console/routes). {names} in an attack are the
neighbour's; ids of one's own begin with `my_`. A route without an entry fails the test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NOBODY, TOKEN, AGENCY, SESSION, CONSOLE = "nobody", "token", "agency", "session", "console"
"""Who knocks. TOKEN: a program of my business. AGENCY: the agency's, acting as my business. SESSION: a chat of my
business. CONSOLE: a signed-in user of my business."""


@dataclass(frozen=True)
class Attack:
    who: str
    path: str
    status: frozenset[int] = frozenset({403, 404})
    json: Any = None
    form: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """A page that is everybody's. status: of a plain GET of `path`. business: it tells of a business by its nature."""

    path: str
    status: int = 200
    business: bool = False


def refused(who: str, path: str, *status: int, **more: Any) -> Attack:
    return Attack(who, path, frozenset(status) or frozenset({403, 404}), **more)


def allowed(who: str, path: str, *status: int) -> Attack:
    """What is one's own: without a word of the neighbour."""
    return Attack(who, path, frozenset(status or (200,)))


def _unknown_without_login(path: str, **more: Any) -> Attack:
    return refused(NOBODY, path, 401, **more)


def _read_list(kind: str) -> tuple[Attack, ...]:
    path = f"/api/admin/{kind}"
    return (
        _unknown_without_login(path),
        refused(TOKEN, f"{path}?workspace={{workspace_key}}"),
        refused(TOKEN, path, headers={"X-Workspace": "{workspace_key}"}),
        refused(SESSION, path, 401),
        refused(AGENCY, f"{path}?workspace={{workspace_key}}", 400),  # two businesses at once
        allowed(TOKEN, path),
        allowed(AGENCY, path),
    )


def _read_one(kind: str, name: str) -> tuple[Attack, ...]:
    path = f"/api/admin/{kind}/{{{name}}}"
    own = path.replace("{", "{my_")
    return (
        _unknown_without_login(path),
        refused(TOKEN, path, 404),
        refused(AGENCY, path, 404),
        # That it opens with an id of one's own shows that the id is what was refused.
        allowed(TOKEN, own),
        allowed(AGENCY, own),
    )


def _lead_chat(path: str = "", **more: Any) -> tuple[Attack, ...]:
    at = "/api/chat/{lead}" + path
    return (
        _unknown_without_login(at, **more),
        refused(TOKEN, at, 404, **more),
        refused(AGENCY, at, 404, **more),
        refused(SESSION, at, 404, **more),
        refused(CONSOLE, at, 401, **more),
    )


def _signed_in_page(path: str) -> tuple[Attack, ...]:
    return (refused(NOBODY, path, 303), allowed(CONSOLE, path))


def _form_page(path: str, **form: str) -> tuple[Attack, ...]:
    """Without its token a form does nothing, whoever sends it."""
    return (
        refused(NOBODY, path, 303, 403, form=form),
        refused(CONSOLE, path, 403, form=form),
        refused(CONSOLE, path, 403, form={"csrf": "0" * 64, **form}),
    )


_WORDS = {"text": "Hello from a stranger"}
_FOREIGN_CHAT = "workspaceId={workspace}&botId={bot}"

ROUTES: dict[str, Open | tuple[Attack, ...]] = {
    # -- everybody's
    "GET /api/health": Open("/api/health"),
    "GET /api/health/live": Open("/api/health/live"),
    "GET /api/openapi.json": Open("/api/openapi.json"),
    "GET /metrics": (
        refused(NOBODY, "/metrics", 401),
        refused(TOKEN, "/metrics", 401),
        refused(CONSOLE, "/metrics", 401),
    ),
    "GET /c": Open("/c"),
    "GET /pay/ok": Open("/pay/ok"),
    "GET /pay/cancel": Open("/pay/cancel"),
    "GET /widget.js": Open("/widget.js"),
    "GET /widget/{name}": Open("/widget/nothing.js", 404),
    "GET /console/static": Open("/console/static/console.css"),
    "GET /pay/static": Open("/pay/static/../../settings.py", 404),
    "GET /h/static": Open("/h/static/nothing", 404),
    "GET /simulator/static": Open("/simulator/static/nothing", 404),
    "GET /h/theme/{colors}.css": Open("/h/theme/nothing.css", 404),
    # A demo business's page is an advertisement of it.
    "GET /demo": Open("/demo", business=True),
    "GET /demo/colors.css": Open("/demo/colors.css"),
    "GET /demo/{key}": Open("/demo/{template}", business=True),
    "GET /demo/{key}/chat": Open("/demo/{template}/chat", business=True),
    "GET /demo/{key}/colors.css": Open("/demo/{template}/colors.css"),
    # -- the read API
    **{
        f"GET /api/admin/{kind}": _read_list(kind)
        for kind in ("leads", "intents", "bookings", "handoffs", "conversations", "errors", "sync-runs")
    },
    **{
        f"GET /api/admin/{kind}/{{id}}": _read_one(kind, name)
        for kind, name in (
            ("leads", "lead"),
            ("intents", "intent"),
            ("bookings", "booking"),
            ("handoffs", "handoff"),
            ("conversations", "conversation"),
        )
    },
    "GET /api/admin/workspaces": (
        _unknown_without_login("/api/admin/workspaces"),
        allowed(TOKEN, "/api/admin/workspaces"),
    ),
    "GET /api/admin/demo/templates": (
        _unknown_without_login("/api/admin/demo/templates"),
        refused(TOKEN, "/api/admin/demo/templates", 403),
    ),
    **{
        f"POST /api/admin/demo/{act}": (
            _unknown_without_login(f"/api/admin/demo/{act}", json={"templateKey": "{template}"}),
            refused(TOKEN, f"/api/admin/demo/{act}", 403, json={"templateKey": "{template}"}),
            refused(AGENCY, f"/api/admin/demo/{act}", 403, json={"templateKey": "{template}"}),
        )
        for act in ("seed", "reset")
    },
    # -- the chat of a website
    "POST /api/widget/sessions": (
        refused(
            NOBODY, "/api/widget/sessions", 404, json={"workspaceId": "{workspace}", "botId": "{my_bot}"}
        ),
        refused(
            NOBODY, "/api/widget/sessions", 404, json={"workspaceId": "{my_workspace}", "botId": "{bot}"}
        ),
    ),
    "POST /api/widget/messages": (
        refused(
            SESSION,
            "/api/widget/messages",
            403,
            json={"workspaceId": "{workspace}", "botId": "{bot}", "sessionId": "{session}", **_WORDS},
        ),
        refused(
            NOBODY,
            "/api/widget/messages",
            401,
            json={"workspaceId": "{workspace}", "botId": "{bot}", "sessionId": "made.up.one", **_WORDS},
        ),
    ),
    **{
        f"GET /api/widget/{what}": (
            _unknown_without_login(f"/api/widget/{what}?{_FOREIGN_CHAT}"),
            refused(SESSION, f"/api/widget/{what}?{_FOREIGN_CHAT}", 403),
            refused(TOKEN, f"/api/widget/{what}?{_FOREIGN_CHAT}", 401),
        )
        for what in ("messages", "stream", "context")
    },
    "GET /api/widget/profile": (
        refused(NOBODY, "/api/widget/profile?workspaceId={workspace}&botId={my_bot}", 404),
        refused(NOBODY, "/api/widget/profile?workspaceId={my_workspace}&botId={bot}", 404),
    ),
    "POST /api/widget/feedback": (
        refused(
            SESSION,
            "/api/widget/feedback",
            403,
            json={"workspaceId": "{workspace}", "botId": "{bot}", "sessionId": "{session}", "rating": 1},
        ),
    ),
    "OPTIONS /api/widget/{what}": (refused(NOBODY, "/api/widget/messages", 204),),
    # -- a lead's chat, and finishing a booking
    "POST /api/chat/{lead_id}": _lead_chat(json=_WORDS),
    **{
        f"GET /api/chat/{{lead_id}}/{what}": (
            *_lead_chat(f"/{what}"),
            allowed(TOKEN, f"/api/chat/{{my_lead}}/{what}"),
            refused(SESSION, f"/api/chat/{{my_lead}}/{what}", 404),  # another customer's of the same business
        )
        for what in ("history", "context")
    },
    "GET /api/chat/{lead_id}/stream": _lead_chat("/stream"),
    "POST /api/chat/{lead_id}/appointment": _lead_chat(
        "/appointment", json={"service": "Cleaning", "startsAt": "2027-01-04T10:00:00Z", "confirm": True}
    ),
    "POST /api/chat/{lead_id}/feedback": _lead_chat("/feedback", json={"rating": 1}),
    "POST /api/chat/{lead_id}/escalate": _lead_chat("/escalate", json={}),
    "POST /api/bookings/{booking_intent_id}/finalize": tuple(
        refused(who, "/api/bookings/{intent}/finalize", *status, json={"summaryVersion": "abc123"})
        for who, *status in ((NOBODY, 401), (TOKEN, 404), (AGENCY, 404), (SESSION, 404), (CONSOLE, 401))
    ),
    "OPTIONS /api/bookings/{booking_intent_id}/finalize": (
        refused(NOBODY, "/api/bookings/{intent}/finalize", 204),
    ),
    "POST /c/session": (
        refused(NOBODY, "/c/session", 401, 403, json={"token": "{session}"}),
        refused(NOBODY, "/c/session", 401, 403, json={}),
    ),
    # -- what others post: nobody's without a signature (each channel's and provider's own tests forge them)
    "GET /webhooks/whatsapp/{account_key}": (
        refused(
            NOBODY, "/webhooks/whatsapp/{account_key}?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1"
        ),
    ),
    "POST /webhooks/{channel}/{account_key}": (
        *(
            refused(NOBODY, f"/webhooks/{channel}/{{account_key}}", 401, 403, 404, json={})
            for channel in ("twilio", "web", "simulator")
        ),
        # Of an account that isn't WhatsApp's: whatever else than 200 makes Meta repeat it for days.
        refused(NOBODY, "/webhooks/whatsapp/{account_key}", 200, json={}),
    ),
    "POST /webhooks/provider/{provider}/{account_id}": tuple(
        refused(NOBODY, f"/webhooks/provider/{provider}/{{provider_account}}", 403, 404, json={})
        for provider in ("shopmonkey", "nailit", "own_calendar")
    ),
    "POST /api/webhooks/mail/postmark": (refused(NOBODY, "/api/webhooks/mail/postmark", 401, 404, json={}),),
    "POST /api/webhooks/stripe/{account_key}": (
        refused(NOBODY, "/api/webhooks/stripe/{account_key}", 400, 401, 403, 404, json={}),
    ),
    "POST /api/webhooks/external-booking/{page}/{account_key}": tuple(
        refused(NOBODY, f"/api/webhooks/external-booking/{page}/{{account_key}}", 401, 403, 404, json={})
        for page in ("calendly", "square", "acuity", "custom")
    ),
    # -- a link to a booking page: who has the link may follow it, and nothing else opens it
    **{
        f"{method} {route}": (
            refused(NOBODY, path.format(at="{handoff}"), 404, form=form),
            refused(NOBODY, path.format(at="{handoff_token}x"), 404, form=form),
            refused(CONSOLE, path.format(at="{handoff}"), 404, form=form),
        )
        for method, route, path, form in (
            ("GET", "/h/{token}", "/h/{at}", None),
            ("GET", "/h/{token}/open", "/h/{at}/open", None),
            ("POST", "/h/{token}", "/h/{at}", {}),
        )
    },
    # -- the simulator: of a demo only, and only for pages of its own
    "GET /simulator": (refused(NOBODY, "/simulator", headers={"Host": "evil.example.com"}),),
    "GET /simulator/messages": (
        refused(NOBODY, "/simulator/messages?line={workspace}", headers={"Host": "evil.example.com"}),
    ),
    "POST /simulator/messages": (
        refused(NOBODY, "/simulator/messages", 400, 403, json={}),
        refused(NOBODY, "/simulator/messages", headers={"Host": "evil.example.com"}, json={}),
    ),
    # -- the console's doors; what is inside a workspace: tests/console/test_routes.py
    "GET /": Open("/", 303),
    "GET /console": Open("/console", 303),
    "GET /console/sign-in": Open("/console/sign-in"),
    "POST /console/sign-in": _form_page("/console/sign-in", email="x@example.com", password="wrong")[1:],
    "POST /console/sign-out": _form_page("/console/sign-out", everywhere="1")[1:],
    "GET /console/invitation": Open("/console/invitation"),
    "POST /console/invitation": _form_page("/console/invitation", token="{session}")[1:],
    "GET /console/": (refused(NOBODY, "/console/", 303), allowed(CONSOLE, "/console/", 303)),
    "GET /console/workspaces": _signed_in_page("/console/workspaces"),
    "POST /console/workspaces": (
        *_form_page("/console/workspaces", workspace="{workspace_key}"),
        refused(CONSOLE, "/console/workspaces", 404, form={"csrf": "{csrf}", "workspace": "{workspace_key}"}),
    ),
    "GET /console/profile": _signed_in_page("/console/profile"),
    **{
        f"POST /console/{path}": _form_page(f"/console/{path}", name="Stranger", password="x", code="1")
        for path in (
            "profile",
            "profile/password",
            "profile/sign-out-others",
            "password",
            "code",
            "second-factor",
            "second-factor/new",
            "second-factor/drop",
        )
    },
    **{
        f"GET /console/{path}": (
            refused(NOBODY, f"/console/{path}", 303),
            allowed(CONSOLE, f"/console/{path}", 200, 303),
        )
        for path in ("password", "code", "second-factor")
    },
    # What no page answers: led to the gate's own address whether there is such a business or not, else unknown.
    "GET /console/{path}": tuple(
        refused(who, path, status)
        for who in (NOBODY, CONSOLE)
        for path, status in (
            ("/console/w/{workspace_key}", 303),
            ("/console/w/no-such-business", 303),
            ("/console/bookings/{booking}", 404),
        )
    ),
}
