"""What the OpenAPI document says of the chat's answers is what they are."""

import jsonschema_rs

from db.ids import new_id
from tests.webchat.talks import to_summary
from tests.webchat.test_leads import appointment, program_of
from tests.webchat.test_widget import MESSAGES


def check(document, path, method, answer):
    assert answer.status_code == 200, answer.text
    schema = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema_rs.validate({**schema, "components": document["components"]}, answer.json())


async def test_answers_are_as_described(salon, page):
    document = (await page.call("GET", "/api/openapi.json")).json()
    wanted = {"workspaceId": page.workspace, "botId": page.bot}
    sessions = await page.call("POST", "/api/widget/sessions", json=wanted)
    check(document, "/api/widget/sessions", "post", sessions)
    check(document, MESSAGES, "post", await page.served("POST", MESSAGES, json=page.body(text="Hi")))
    old = await to_summary(page)
    check(document, MESSAGES, "get", await page.call("GET", MESSAGES, headers=page.bearer))
    finalize = "/api/bookings/{booking_intent_id}/finalize"
    await page.say("actually at 4pm")
    for action, status in ((old, "stale"), (page.action, "confirmed")):
        answer = await page.finalize(action)
        assert answer.json()["status"] == status
        check(document, finalize, "post", answer)
    program = await program_of(salon)
    chat = "/api/chat/{lead_id}"
    check(document, f"{chat}/context", "get", await program.lead_call("GET", "/context"))
    check(document, f"{chat}/history", "get", await program.lead_call("GET", "/history"))
    for path, body in (
        ("/appointment", appointment()),
        ("/feedback", {"rating": 4}),
        ("/escalate", {"reason": "x"}),
        ("", {"text": "thanks"}),
    ):
        check(document, chat + path, "post", await program.lead_call("POST", path, json=body))


async def test_every_refusal_of_every_path_has_the_one_shape(salon, page, monkeypatch):
    await page.send(text="I want a gel manicure")
    document = (await page.call("GET", "/api/openapi.json")).json()
    program = await program_of(salon)
    names = {"lead_id": program.lead, "booking_intent_id": str(new_id())}
    chat = {
        path.format(**names): set(methods) & {"get", "post"}
        for path, methods in document["paths"].items()
        if path.startswith(("/api/widget/", "/api/chat/", "/api/bookings/{booking_intent_id}/finalize"))
    }
    assert len(chat) >= 12
    seen = set()

    async def refused(who, method, path, status, **more):
        answer = await who.call(method, path, **more)
        assert answer.status_code == status, (method, path, answer.text)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        error = answer.json()["error"]
        assert error.keys() <= {"code", "message", "field", "retryAfterSeconds"}
        assert error["code"].isidentifier()
        assert error["message"]
        seen.add(status)
        return answer

    for path, methods in chat.items():
        wrong = await refused(program, "PUT", path, 405)
        assert set(wrong.headers["Allow"].lower().split(",")) >= methods
        await refused(program, "GET", f"{path}/nothing", 404)
        if "post" in methods:
            for content, kind, status in (
                (b"{}", "text/plain", 415),
                (b"{", "application/json", 400),
                (b'{"text": "' + b"x" * 70_000 + b'"}', "application/json", 413),
            ):
                await refused(program, "POST", path, status, content=content, headers={"Content-Type": kind})
        else:
            await refused(page, "GET", f"{path}?surprise=1", 401 if "/chat/" in path else 400)

    async def full(*_, **__):
        return 6.2

    monkeypatch.setattr(type(salon.resources.rates), "wait", full)
    limited = await refused(program, "GET", f"/api/chat/{program.lead}/history", 429)
    assert (limited.headers["Retry-After"], limited.json()["error"]["retryAfterSeconds"]) == ("7", 7)
    assert seen == {400, 401, 404, 405, 413, 415, 429}


def test_answers_name_their_fields():
    """A serializer of one's own must not hide them from the document."""
    from bot.web.chat.answers import Finalized, MessageTold

    told = MessageTold.model_json_schema(by_alias=True, mode="serialization")["properties"]
    assert {"seq", "assistantMessage", "choices", "actions", "card"} <= told.keys()
    outcomes = Finalized.model_json_schema(by_alias=True, mode="serialization")
    assert outcomes["discriminator"]["mapping"].keys() == {
        "confirmed",
        "pending",
        "redirected",
        "fallback",
        "stale",
    }
