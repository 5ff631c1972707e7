"""It books: from the provider's signed webhook to an order in the sandbox's ledger, and what goes wrong between."""

import asyncio
from decimal import Decimal

import pytest

from bot.channels.simulator.acts import typed
from bot.inbox import Receiver
from bot.messages import DeliveryReceipt, DeliveryStatus
from tests.salon import tomorrow

LINES = [
    "Hi",
    "I want a gel manicure at Plaza tomorrow at 2pm, pay on arrival",
    "anyone",
    "Sara Test",
    "sara@example.com",
    "yes",
]


async def talk(phone, lines):
    """Says the lines, returns the answers; stops where the talk is booked."""
    return [await phone.say(line) for line in lines]


async def book(phone, *, time="2pm", pay="pay on arrival"):
    lines = [line.replace("2pm", time).replace("pay on arrival", pay) for line in LINES]
    return await talk(phone, lines)


@pytest.mark.parametrize("channel", ["whatsapp", "twilio"])
async def test_a_customer_is_booked_by_text(salon, channel):
    phone = salon.phone(channel=channel)
    answers = await book(phone)
    assert all(answers), answers
    (order,) = await salon.orders()
    assert str(order["order_id"]) in answers[-1]
    (booking,) = await salon.rows("SELECT * FROM bookings")
    assert booking["status"] == "confirmed"
    assert booking["provider_order_id"] == str(order["order_id"])
    assert booking["confirmation_code"] in answers[-1]
    (line,) = order["lines"]
    assert (line["item_id"], line["day"]) == (102, str(tomorrow().date()))
    assert [frame["TimeFrame_Id"] for frame in line["frames"]] == [29, 30]
    assert Decimal(order["net"]) == Decimal("12.500")
    assert order["customer_name"] == "Sara Test"
    assert order["mobile"] == "+96550000123"
    assert order["email"] == "sara@example.com"
    (asked,) = [e for e in await salon.ledger("nailit") if e["kind"] == "order"]
    assert tomorrow().strftime("%d/%m/%Y") in str(asked["data"])
    assert await salon.rows("SELECT * FROM operator_errors") == []
    (lead,) = await salon.rows("SELECT * FROM leads")
    assert (lead["status"], lead["name"], lead["tags"]) == ("booked", "Sara Test", [])
    (intent,) = await salon.rows("SELECT * FROM booking_intents")
    assert intent["status"] == "confirmed"


async def test_a_second_customer_is_offered_the_next_free_times(salon):
    await book(salon.phone("+96550000123"))
    second = salon.phone("+96550000124")
    await second.say("Hi")
    answer = await second.say("I want a gel manicure at Plaza tomorrow at 2pm")
    titles = [choice.title for shown in second.messages for choice in shown.choices]
    assert any("3:00" in title or "1:00" in title or "4:00" in title for title in titles), (answer, titles)
    assert len(await salon.orders()) == 1


async def test_an_order_paid_online_ends_with_the_paid_summary(salon):
    phone = salon.phone()
    answers = await book(phone, pay="knet")
    (order,) = await salon.orders()
    (booking,) = await salon.rows("SELECT * FROM bookings")
    assert booking["payment_status"] == "pending"
    links = [link.url for shown in phone.messages for link in shown.links] + answers[-1].split()
    url = next(link for link in links if "knet.aspx" in link)
    assert url == booking["payment_url"]
    page = await salon.http.get(url)
    assert page.status_code == 200
    paid = await salon.http.post(url, data={"action": "pay"}, follow_redirects=True)
    assert paid.status_code == 200
    await asyncio.sleep(0.2)
    answer = await phone.wait()
    assert "payment received" in answer.lower()
    assert "Gel Manicure" in answer
    assert str(order["order_id"]) in answer
    (booking,) = await salon.rows("SELECT * FROM bookings")
    assert booking["payment_status"] == "paid"
    assert booking["paid_at"] is not None


async def test_the_same_booking_by_taps(salon):
    phone = salon.phone()
    await phone.say("Hi")
    await phone.say("book")
    await phone.tap("Plaza")
    for _ in range(12):
        if await salon.orders():
            break
        shown = next(s for s in reversed(phone.messages) if s.choices or s.text)
        titles = [choice.title for choice in shown.choices]
        if not titles:
            await phone.say("Sara Test")
        elif any("Book" in title for title in titles):
            await phone.tap("Book")
        else:
            await phone.tap(titles[0])
    (order,) = await salon.orders()
    assert len(order["lines"]) == 1


async def test_a_dialect_more_the_same_booking(salon):
    phone = salon.phone(workspace="nail-studio")
    answers = await book(phone)
    (order,) = await salon.orders()
    assert str(order["order_id"]) in answers[-1]
    assert [frame["TimeFrame_Id"] for frame in order["lines"][0]["frames"]] == [29, 30]


async def test_yes_again_orders_nothing_again(salon):
    phone = salon.phone()
    await book(phone)
    for line in ("yes", "yes", "thanks"):
        await phone.say(line)
    assert len(await salon.orders()) == 1


async def test_a_webhook_five_times_in_parallel_orders_once(salon):
    phone = salon.phone()
    for number, line in enumerate(LINES):
        statuses = await asyncio.gather(*(phone.post(typed(line), id=f"wamid.{number}") for _ in range(5)))
        assert set(statuses) == {200}
        await phone.wait()
    assert len(await salon.orders()) == 1
    sent = await salon.rows("SELECT count(*) AS n FROM messages WHERE direction = 'out'")
    assert sent[0]["n"] == len(phone.messages)


async def test_the_time_went_in_between(salon):
    phone = salon.phone()
    await talk(phone, LINES[:-1])
    await salon.fault("nailit", "slot_taken", "AddOrder")
    answer = await phone.say("yes")
    assert "confirmation code" not in answer.lower()
    assert len(phone.messages[-1].choices) >= 3 or answer.count(":") >= 3, answer
    assert await salon.orders() == []
    (booking,) = await salon.rows("SELECT status FROM bookings")
    assert booking["status"] == "cancelled"


async def test_a_time_that_another_customer_of_ours_is_taking_is_not_ordered(salon):
    first, second = salon.phone("+96550000123"), salon.phone("+96550000124")
    for phone in (first, second):
        await talk(phone, LINES[:-1])
    await first.say("yes")
    answer = await second.say("yes")
    assert len(await salon.orders()) == 1
    assert "confirmed" not in answer.lower() or "not" in answer.lower()


async def test_a_provider_that_is_down_leaves_the_request_with_the_operator(salon):
    phone = salon.phone()
    await talk(phone, LINES[:-1])
    await salon.fault("nailit", "http_5xx", probability=1.0)
    for _ in range(6):
        await phone.say("yes") if _ == 0 else await phone.wait()
        await asyncio.sleep(0.1)
    said = "\n".join(shown.text for shown in phone.messages)
    assert "confirm" in said.lower()
    (booking,) = await salon.rows("SELECT status, needs_operator FROM bookings")
    assert booking == {"status": "pending_provider", "needs_operator": True}
    kinds = {row["kind"] for row in await salon.rows("SELECT kind FROM operator_errors")}
    assert "order_not_placed" in kinds
    assert await salon.orders() == []


async def test_an_order_whose_answer_got_lost_is_never_ordered_again(salon):
    phone = salon.phone()
    await talk(phone, LINES[:-1])
    await salon.fault("nailit", "accepted_then_reset", "AddOrder")
    await phone.say("yes")
    for _ in range(5):
        await asyncio.sleep(0.1)
        await phone.wait()
    assert len(await salon.orders()) == 1
    said = "\n".join(shown.text for shown in phone.messages[-2:])
    assert "confirm" in said.lower()
    assert "confirmation code" not in said.lower()
    (effect,) = await salon.rows("SELECT status FROM effects WHERE kind = 'place_order'")
    assert effect["status"] == "needs_operator"
    assert {row["kind"] for row in await salon.rows("SELECT kind FROM operator_errors")} == {
        "order_outcome_unknown"
    }


async def test_a_send_whose_answer_got_lost_is_proved_by_its_receipt(salon):
    phone = salon.phone()
    await salon.fault("meta", "accepted_then_reset", next_n=2)  # the typing sign and the reply
    await phone.say("Hi")
    await salon.receipts()
    await asyncio.sleep(0.4)
    await phone.wait()
    (effect,) = await salon.rows("SELECT status, result FROM effects WHERE kind = 'send'")
    assert effect["status"] == "done"
    assert len(phone.messages) == 1


async def test_a_send_without_any_proof_goes_to_the_operator_and_not_out_again(salon):
    phone = salon.phone()
    await salon.fault("meta", "reset", next_n=2)  # the typing sign and the reply
    await phone.say("Hi")
    await asyncio.sleep(0.4)
    await phone.wait()
    (effect,) = await salon.rows("SELECT status FROM effects WHERE kind = 'send'")
    assert effect["status"] == "needs_operator"
    assert phone.messages == []
    assert {row["kind"] for row in await salon.rows("SELECT kind FROM operator_errors")} == {
        "send_outcome_unknown"
    }


async def test_a_receipt_that_comes_late_still_settles_what_the_operator_was_told(salon):
    phone = salon.phone()
    await salon.fault("meta", "drop_callback", probability=1.0)
    await salon.fault("meta", "accepted_then_reset", next_n=2)  # the typing sign and the reply
    await phone.say("Hi")
    await asyncio.sleep(0.4)
    await phone.wait()
    (effect,) = await salon.rows("SELECT id, status FROM effects WHERE kind = 'send'")
    assert effect["status"] == "needs_operator"
    receiver = Receiver(salon.pool, salon.resources.accounts, salon.resources.queue, salon.resources.queue)
    receipt = DeliveryReceipt("wamid.late", DeliveryStatus.DELIVERED, correlation_id=str(effect["id"]))
    await receiver.receipts([receipt], named=[phone.account])
    (effect,) = await salon.rows("SELECT status, external_ref FROM effects WHERE kind = 'send'")
    assert effect == {"status": "done", "external_ref": "wamid.late"}
    (error,) = await salon.rows("SELECT kind, resolved_at FROM operator_errors")
    assert error["kind"] == "send_outcome_unknown"
    assert error["resolved_at"] is not None


async def test_a_rate_limited_send_goes_out_later(salon):
    phone = salon.phone()
    await salon.fault("meta", "rate_limited", next_n=2)
    await phone.say("Hi")
    await asyncio.sleep(0.2)
    for _ in range(20):
        if phone.messages:
            break
        await asyncio.sleep(0.3)
        await phone.wait()
    assert len(phone.messages) == 1


async def test_delivery_status_rises_to_read(salon):
    phone = salon.phone()
    await phone.say("Hi")
    await salon.receipts()
    await phone.wait()
    (message,) = await salon.rows("SELECT delivery_status FROM messages WHERE direction = 'out'")
    assert message["delivery_status"] == "read"


async def test_a_customer_without_a_phone_number_is_answered_and_asked_for_one(salon):
    phone = salon.phone(None, user_id="KW.1349000000000001")
    answers = await talk(phone, LINES[:2])
    assert all(answers)
    (customer,) = await salon.rows("SELECT phone FROM customers")
    assert customer["phone"] is None


async def test_stop_beats_everything_and_start_comes_back(salon):
    phone = salon.phone()
    await talk(phone, LINES[:2])
    await phone.say("STOP")
    (customer,) = await salon.rows("SELECT opted_out_at FROM customers")
    assert customer["opted_out_at"] is not None
    (consent,) = await salon.rows("SELECT kind, words, channel FROM consents")
    assert consent == {"kind": "opted_out", "words": "STOP", "channel": "whatsapp"}
    await phone.say("START")
    (customer,) = await salon.rows("SELECT opted_out_at FROM customers")
    assert customer["opted_out_at"] is None


async def test_human_silences_the_bot(salon):
    phone = salon.phone()
    await phone.say("Hi")
    assert await phone.say("I want to talk to a human")
    assert await phone.say("are you there?") == ""
    (conversation,) = await salon.rows("SELECT status FROM conversations")
    assert conversation["status"] == "human"


async def test_outbound_is_closed_unless_opened(salon):
    await salon.pool.execute(
        """UPDATE workspaces SET settings = jsonb_set(settings, '{outbound}', '{"mode": "closed"}'),
           updated_at = now() WHERE key = 'nail-salon'"""
    )
    phone = salon.phone()
    assert await phone.say("Hi") == ""
    (effect,) = await salon.rows("SELECT status, error_code FROM effects")
    assert effect == {"status": "blocked", "error_code": "outbound_closed"}
    (message,) = await salon.rows("SELECT delivery_status FROM messages WHERE direction = 'out'")
    assert message["delivery_status"] == "blocked"
    # In a web chat nobody is written to.
    await salon.phone(channel="web").post(typed("Hi"))
    await salon.settle()
    (effect,) = await salon.rows("SELECT status FROM effects WHERE status <> 'blocked'")
    assert effect["status"] == "done"


@pytest.mark.parametrize(
    "text", ["", "\x00", "😀😀😀", "x" * 10_000, "مرحبا كيف الحال؟", "\u202e evil"], ids=range(6)
)
async def test_odd_text_is_answered_without_a_crash(salon, text):
    phone = salon.phone()
    await phone.say(text)
    assert {row["status"] for row in await salon.rows("SELECT status FROM inbox")} <= {"done"}
    assert phone.messages
