"""What the OpenAPI document says of the chat's answers is what they are."""

import jsonschema_rs

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
