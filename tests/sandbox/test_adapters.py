"""The real adapters against the sandbox: written apart from each other, they must meet in the protocol."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl
from uuid import UUID

import httpx
import pytest

from bot.channels.contract import ChannelAccount, WebhookRequest
from bot.channels.twilio.adapter import TwilioChannel
from bot.channels.whatsapp.adapter import WhatsAppChannel
from bot.messages import Choice, DeliveryStatus, Link, Outbound, Sender, Surface
from providers.contract import OrderLine, OrderRequest, PaymentState, ProviderAccount
from providers.nailit import create
from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken
from tests.sandbox.conftest import (
    APP_SECRET,
    AUTH_TOKEN,
    CUSTOMER,
    META_TOKEN,
    PHONE_ID,
    SALON_TOKEN,
    SID,
    SMS_NUMBER,
)
from tests.tls import TLS

TWO_PM_TOMORROW = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
async def http():
    async with httpx.AsyncClient(verify=TLS) as client:
        yield client


@pytest.fixture(params=["facade", "v2"])
def provider(request, served, http):
    account = ProviderAccount(
        provider="nailit",
        dialect=request.param,
        base_url=str(served.client.make_url("/nailit")),
        timezone="Asia/Kuwait",
        currency="KWD",
        secrets={"security_token": SALON_TOKEN},
    )
    return create(account, http)


def order(payment_type="2", **line):
    gel = {
        "service_external_id": "102",
        "service_name": "Gel Manicure",
        "staff_external_id": "1",
        "starts_at": TWO_PM_TOMORROW,
        "minutes": 60,
        "price_minor": 12500,
    }
    return OrderRequest(
        reference="r-1",
        location_external_id="1",
        customer_name="Sara Test",
        customer_phone=CUSTOMER,
        customer_email="sara@example.com",
        payment_type_external_id=payment_type,
        currency="KWD",
        lines=(OrderLine(**{**gel, **line}),),
    )


async def test_the_whole_catalog_is_pulled(provider):
    catalog = await provider.pull_catalog(today=TODAY)
    assert (len(catalog.locations), len(catalog.services), len(catalog.staff)) == (3, 60, 12)
    assert catalog.notes == ()
    gel = next(service for service in catalog.services if service.external_id == "102")
    assert (gel.names["en"], gel.names["ar"], gel.minutes, gel.price_minor) == (
        "Gel Manicure",
        "مانيكير جل",
        60,
        12500,
    )
    assert "&" in gel.description
    assert "<" not in gel.description
    frames = await provider.pull_frames(catalog=catalog, days=[date(2026, 11, 21)])
    at_two = {frame.staff_external_id for frame in frames if frame.starts_at == TWO_PM_TOMORROW}
    assert "1" in at_two
    assert "2" not in at_two


async def test_an_order_is_checked_placed_and_paid(provider, http, clock):
    assert (await provider.check_order(order())).available
    placed = await provider.place_order(order())
    assert placed.order_id == "10001"
    assert not (await provider.check_order(order())).available
    assert (await provider.payment_status("10001", now=clock())).state is PaymentState.PENDING
    await http.post(placed.payment_url, data={"action": "pay"}, follow_redirects=True)
    paid = await provider.payment_status("10001", now=clock())
    assert (paid.state, paid.amount_minor, paid.method) == (PaymentState.PAID, 12500, "KNET")


async def test_a_sized_service_is_ordered(provider):
    long_hair = {"service_external_id": "401", "service_name": "Haircut", "size_external_id": "4013"}
    placed = await provider.place_order(
        order("1", **long_hair, staff_external_id="4", minutes=45, price_minor=12000)
    )
    assert placed.payment_url is None


async def test_a_taken_slot_and_a_lost_answer_are_told_apart(provider, served):
    frozen = order(frame_external_ids=("29", "30"))
    call = "AddOrder" if provider.capabilities.cancel_order else "SaveOrder"
    await served.fault("nailit", "slot_taken", call=call, next_n=1)
    with pytest.raises(SlotTaken):
        await provider.place_order(frozen)
    await served.fault("nailit", "accepted_then_reset", call=call, next_n=1)
    with pytest.raises(CallFailure) as lost:
        await provider.place_order(frozen)
    assert lost.value.disposition is Disposition.UNKNOWN
    with pytest.raises(SlotTaken):
        await provider.place_order(frozen)
    assert len((await served.control("orders"))["orders"]) == 1


async def test_cancelling_works_in_the_facade_only(provider):
    placed = await provider.place_order(order())
    if provider.capabilities.cancel_order:
        await provider.cancel_order(placed.order_id, reason="changed her mind")
        assert (await provider.check_order(order())).available
    else:
        with pytest.raises(NotSupported):
            await provider.cancel_order(placed.order_id, reason="changed her mind")


def channel_account(served, channel, **more):
    return ChannelAccount(
        id=UUID(int=1),
        workspace_id=UUID(int=2),
        bot_id=UUID(int=3),
        channel=channel,
        account_key="key",
        api_base_url=str(served.client.make_url("/")),
        **more,
    )


REPLIES = [
    Outbound("Hello"),
    Outbound("Which one?", choices=tuple(Choice(f"c{n}", f"Choice {n}") for n in range(3))),
    Outbound("Which?", choices=tuple(Choice(f"c{n}", f"{'long ' * 9}{n}", "about") for n in range(10))),
    Outbound("x" * 3000, choices=tuple(Choice(f"c{n}", f"Choice {n}") for n in range(25))),
    Outbound("Pay here", link=Link("Pay now, please, for your order", "https://example.com/pay?id=1")),
    Outbound("Where are you?", ask_location=True),
    Outbound("مرحبا 👋 " * 400),
]


@pytest.mark.parametrize("reply", REPLIES, ids=range(len(REPLIES)))
async def test_whatsapp_renders_within_the_limits_and_proves_its_sends(served, receiver, http, reply):
    await served.meta_wrote()
    account = channel_account(
        served,
        "whatsapp",
        address=PHONE_ID,
        secrets={"access_token": META_TOKEN, "app_secret": APP_SECRET},
    )
    channel = WhatsAppChannel()
    bodies = channel.render(reply, to=Sender(phone=CUSTOMER), surface=Surface.WHATSAPP)
    sent = [
        await channel.send(body, account=account, correlation_id=f"e-{n}", http=http)
        for n, body in enumerate(bodies)
    ]
    await served.settled()
    assert sent
    receipts = []
    for got in receiver.got:
        headers = {name.lower(): value for name, value in got.headers.items()}
        webhook = WebhookRequest("POST", got.url, headers, {}, got.body)
        assert channel.verify(webhook, account)
        receipts += channel.parse(webhook, account).receipts
    told = {
        (one.external_id, one.correlation_id) for one in receipts if one.status is DeliveryStatus.DELIVERED
    }
    assert told == {(one.external_id, f"e-{n}") for n, one in enumerate(sent)}


@pytest.mark.parametrize("reply", REPLIES, ids=range(len(REPLIES)))
@pytest.mark.parametrize(("prefix", "surface"), [("", Surface.SMS), ("whatsapp:", Surface.WHATSAPP)])
async def test_twilio_renders_within_the_limits_and_proves_its_sends(
    *, served, receiver, http, reply, prefix, surface
):
    await served.twilio_wrote(prefix + CUSTOMER, prefix + SMS_NUMBER)
    account = channel_account(
        served,
        "twilio",
        address=prefix + SMS_NUMBER,
        secrets={"auth_token": AUTH_TOKEN},
        settings={"account_sid": SID},
        callback_url=receiver.url,
    )
    channel = TwilioChannel()
    bodies = channel.render(reply, to=Sender(phone=CUSTOMER), surface=surface)
    sent = [
        await channel.send(body, account=account, correlation_id=f"e-{n}", http=http)
        for n, body in enumerate(bodies)
    ]
    await served.settled()
    assert sent
    receipts = []
    for got in receiver.got:
        headers = {name.lower(): value for name, value in got.headers.items()}
        query = dict(parse_qsl(got.url.partition("?")[2]))
        webhook = WebhookRequest("POST", got.url, headers, query, got.body)
        assert channel.verify(webhook, account)
        receipts += channel.parse(webhook, account).receipts
    told = {
        (one.external_id, one.correlation_id) for one in receipts if one.status is DeliveryStatus.DELIVERED
    }
    assert told == {(one.external_id, f"e-{n}") for n, one in enumerate(sent)}
