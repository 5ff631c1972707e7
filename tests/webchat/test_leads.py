"""The Chat API: a lead's chat for programs and for himself, with everybody's engine and limits."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.magic_links import MagicLinks
from db import tokens
from db.tokens import Role, Scope
from tests.salon import ZONE, now, tomorrow
from tests.webchat.talks import SALON
from tests.webchat.test_stream import listening
from tests.webchat.test_widget import error_of
from tests.webchat.world import Page


class Program(Page):
    """Something of the business's that speaks for its leads."""

    lead = ""

    async def lead_call(self, method, path="", **more):
        return await self.served(method, f"/api/chat/{self.lead}{path}", **more)


async def token(salon, *, workspace="nail-salon", scopes=(Scope.CHAT,), role=Role.CLIENT):
    made = await tokens.create(
        salon.pool,
        name="a test",
        role=role,
        workspace_id=salon.workspace_ids[workspace],
        scopes=list(scopes),
        created_by="test",
    )
    return made.token


@pytest.fixture
async def program(salon, page):
    """With a lead who has said what he wants in the web chat."""
    await page.say(SALON[0])
    return await program_of(salon)


async def program_of(salon, **more):
    (row,) = await salon.rows("SELECT id FROM leads")
    found = Program(salon, headers={"Authorization": f"Bearer {await token(salon, **more)}"})
    found.lead = str(row["id"])
    return found


def at(hour):
    """Tomorrow by the salon's clock."""
    return datetime.combine(tomorrow().date(), time(hour), ZONE)


async def test_a_program_speaks_for_a_lead_and_reads_along(salon, page, program):
    answer = await program.lead_call("POST", json={"text": "Sara Test", "messageId": "a"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [m["direction"] for m in found["messages"]] == ["in", "out"]
    assert found["messages"][0]["text"] == "Sara Test"
    again = await program.lead_call("POST", json={"text": "Sara Test", "messageId": "a"})
    assert again.json() == found
    history = (await program.lead_call("GET", "/history")).json()
    assert history["messages"][-2:] == found["messages"]
    mine = (await page.call("GET", "/api/widget/messages", headers=page.bearer)).json()
    assert mine["messages"] == history["messages"], "it is the customer's own chat"


async def test_the_stream_is_the_history_as_it_goes_on(salon, page, program):
    path = f"/api/chat/{program.lead}/stream"
    program.session = program.headers["Authorization"].removeprefix("Bearer ")
    async with listening(program, path=path, after=2) as events:
        await page.say("Sara Test")
        seen = await events.until("message", direction="out")
    assert [number for kind, number, _ in seen if kind == "message"] == [3, 4]


async def test_a_token_that_is_revoked_ends_the_streams_it_opened(salon, program, monkeypatch):
    async def due(_):
        return True

    monkeypatch.setattr("bot.web.chat.stream._Line.beat", due)
    path = f"/api/chat/{program.lead}/stream"
    program.session = program.headers["Authorization"].removeprefix("Bearer ")
    async with listening(program, path=path) as events:
        await events.until("status")
        await salon.pool.execute("SELECT revoke_api_token(prefix) FROM api_tokens")
        with pytest.raises(EOFError):
            await events.until("never")
    assert error_of(await program.lead_call("GET", "/stream")) == (401, "unauthorized")


async def test_what_is_known_of_a_lead(salon, page, program):
    await page.say("Sara Test")
    answer = await program.lead_call("GET", "/context")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["lead"]["name"], found["status"], found["channel"]) == ("Sara Test", "open", "web")
    assert found["business"]["name"] == "Nail Salon"
    assert [intent["handling"] for intent in found["intents"]] == ["internal"]
    assert found["bookings"] == []
    assert found["earlier"] == []


async def test_a_lead_of_another_channel_chats_on_the_web_and_no_message_leaves(salon):
    phone = salon.phone("+96550000123", name="Sara")
    await phone.say(SALON[0])
    program = await program_of(salon)
    before = await salon.sandbox_get(
        "/_sandbox/messages", channel="meta", account=phone.account.address, to=phone.customer.phone, after=0
    )
    found = (await program.lead_call("POST", json={"text": "what does a gel manicure cost?"})).json()
    assert found["messages"][-1]["direction"] == "out"
    after = await salon.sandbox_get(
        "/_sandbox/messages", channel="meta", account=phone.account.address, to=phone.customer.phone, after=0
    )
    assert len(after["messages"]) == len(before["messages"])
    context = (await program.lead_call("GET", "/context")).json()
    assert context["channel"] == "whatsapp"
    assert context["earlier"][0]["text"] == SALON[0]
    (row,) = await salon.rows("SELECT count(DISTINCT customer_id) AS people FROM conversations")
    assert row["people"] == 1


def appointment(**more):
    return {
        "service": "gel manicure", "startsAt": at(14).isoformat(), "name": "Sara Test", "phone": "+96550000123",
        "email": "sara@example.com", "messageId": "one", **more,
    }  # fmt: skip


async def test_an_appointment_is_proposed_and_then_booked(salon, program):
    proposed = (await program.lead_call("POST", "/appointment", json=appointment())).json()
    assert (proposed["status"], proposed["outcome"]) == ("proposed", None)
    assert await salon.orders() == []
    wanted = appointment(confirm=True, messageId="two")
    booked = (await program.lead_call("POST", "/appointment", json=wanted)).json()
    assert (booked["status"], booked["outcome"]["status"]) == ("finished", "confirmed")
    again = (await program.lead_call("POST", "/appointment", json=wanted)).json()
    assert again["outcome"] == booked["outcome"], "the same request is the same appointment"
    assert len(await salon.orders()) == 1
    (booking,) = await salon.rows("SELECT * FROM bookings WHERE status = 'confirmed'")
    assert booking["starts_at"] == at(14).astimezone(UTC)
    assert booking["confirmation_code"] == booked["outcome"]["confirmationCode"]


async def test_an_appointment_that_can_t_be_as_asked_books_nothing(salon, program):
    for number, wrong in enumerate(
        (
            {"startsAt": at(3).isoformat()},
            {"service": "brain surgery"},
            {"staff": "Nobody Known"},
            {"startsAt": (now() - timedelta(days=2)).isoformat()},
        )
    ):
        wanted = appointment(confirm=True, messageId=f"wrong-{number}", **wrong)
        found = (await program.lead_call("POST", "/appointment", json=wanted)).json()
        assert found["status"] == "open", (wrong, found)
        assert found["messages"][-1]["direction"] == "out"
    unknown = await program.lead_call("POST", "/appointment", json=appointment(service=program.lead))
    assert error_of(unknown) == (400, "unknown_service")
    naive = await program.lead_call("POST", "/appointment", json=appointment(startsAt="2026-11-23T14:00:00"))
    assert error_of(naive) == (400, "invalid")
    assert await salon.orders() == []


async def test_a_person_is_called_as_often_as_the_business_lets(salon, program):
    for times in range(4):
        found = (await program.lead_call("POST", "/escalate", json={"reason": "a wedding party"})).json()
        assert found["escalated"] is (times < 3), found
        await salon.pool.execute("UPDATE conversations SET status = 'open', human_since = NULL")
        await salon.pool.execute(
            "UPDATE escalations SET status = 'resolved', closed_at = now(), closed_by = 'x' WHERE closed_at IS NULL"
        )
    assert found["messages"][-1]["assistantMessage"]
    assert len(await salon.rows("SELECT id FROM escalations")) == 3


async def test_the_last_word_on_an_answer_counts(salon, page, program):
    seq = max(page.messages)
    for thumb in ("up", "down"):
        body = {**page.body(), "seq": seq, "thumb": thumb}
        body.pop("messageId")
        assert (await page.call("POST", "/api/widget/feedback", json=body)).status_code == 200
    rated = await program.lead_call(
        "POST", "/feedback", json={"rating": 5, "comment": "card 4242 4242 4242 4242, lovely"}
    )
    assert rated.status_code == 200, rated.text
    rows = await salon.rows("SELECT message_seq, thumb, rating, comment FROM feedback ORDER BY message_seq")
    assert [(row["message_seq"], row["thumb"], row["rating"]) for row in rows] == [
        (0, None, 5),
        (seq, "down", None),
    ]
    assert "4242 4242 4242" not in rows[0]["comment"]
    context = (await program.lead_call("GET", "/context")).json()
    assert [one["rating"] for one in context["feedback"]] == [5, None]
    for wrong, error in (
        ({}, (400, "invalid")),
        ({"rating": 6}, (400, "invalid")),
        ({"seq": 1, "thumb": "up"}, (404, "not_found")),
        ({"seq": 99, "thumb": "up"}, (404, "not_found")),
    ):
        assert error_of(await program.lead_call("POST", "/feedback", json=wrong)) == error, wrong


PATHS = (
    ("POST", "", {"text": "Hi"}),
    ("GET", "/history", None),
    ("GET", "/context", None),
    ("GET", "/stream", None),
    ("POST", "/appointment", {"service": "x", "startsAt": "2030-01-01T10:00:00Z"}),
    ("POST", "/feedback", {"rating": 1}),
    ("POST", "/escalate", {}),
)


async def test_nobody_else_s_lead_is_to_be_found(salon, page, program):
    stranger, barber = await Page(salon).open(), await Page(salon, workspace="barber-shop").open()
    foreign = f"Bearer {await token(salon, workspace='barber-shop')}"
    reading = f"Bearer {await token(salon, scopes=(Scope.ADMIN_READ,))}"
    before = await salon.rows("SELECT count(*) FROM inbox")
    for method, path, body in PATHS:
        for authorization, error in (
            (foreign, (404, "not_found")),
            (stranger.bearer["Authorization"], (404, "not_found")),
            (barber.bearer["Authorization"], (404, "not_found")),
            (reading, (403, "forbidden")),
            ("Bearer fd_unknown_token", (401, "unauthorized")),
            ("Bearer nothing", (401, "session_invalid")),
        ):
            program.headers = {"Authorization": authorization}
            answer = await program.lead_call(method, path, json=body)
            assert error_of(answer) == error, (path, authorization)
            assert "Sara" not in answer.text
        program.headers = {}
        assert error_of(await program.lead_call(method, path, json=body)) == (401, "unauthorized")
    assert await salon.rows("SELECT count(*) FROM inbox") == before


async def test_the_lead_himself_comes_with_his_session_or_his_link(salon, page, program):
    program.headers = page.bearer
    mine = (await program.lead_call("GET", "/history")).json()["messages"]
    assert [m["seq"] for m in mine] == [1, 2]

    resources = salon.resources
    links = MagicLinks(resources.pool, resources.box, resources.rates, page.base, now)
    (talk,) = await salon.rows("SELECT id FROM conversations")
    link = await links.create(salon.workspace_ids["nail-salon"], talk["id"], made_by="test")
    cookie, _ = links.cookie(await links.open(link.url.partition("#")[2]))
    program.headers = {"Cookie": f"{links.cookie_name}={cookie}"}
    assert (await program.lead_call("GET", "/history")).json()["messages"] == mine
    foreign = await program.lead_call("POST", json={"text": "Hi"})
    assert error_of(foreign) == (403, "foreign_origin"), "browsers send cookies without being asked"
    program.headers["Origin"] = page.base
    assert (await program.lead_call("POST", json={"text": "Sara Test"})).status_code == 200
    program.headers = {"Cookie": f"{links.cookie_name}=x"}
    assert error_of(await program.lead_call("GET", "/history")) == (401, "link_invalid")
