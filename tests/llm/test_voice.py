"""Voice notes: written down where a key is there, fetched from the channel's hosts only, and never a yes."""

from __future__ import annotations

import base64

import httpx
import pytest
import respx

from bot.channels.contract import ChannelAccount
from bot.channels.media import LARGEST, fetch_media
from bot.channels.simulator.acts import sent_voice
from bot.messages import Media
from db.ids import new_id
from providers.outcome import CallFailure
from tests.llm.conftest import calls, set_llm
from tests.llm.test_injection import state_of, to_the_summary
from tests.tls import TLS


async def speak(salon, phone, text):
    answer = await salon.http.post(
        f"http://127.0.0.1:{salon.seeded.sandbox_port}/_sandbox/voice", json={"text": text}
    )
    assert answer.status_code == 200
    return await phone.act(sent_voice())


async def test_a_spoken_wish_is_heard(salon):
    phone = salon.phone()
    answer = await speak(salon, phone, "gel manicure tomorrow at 2 pm at Plaza please")
    assert "Gel Manicure" in answer
    assert "2:00 PM" in answer
    (call,) = await calls(salon)
    assert (call["purpose"], call["outcome"], call["model"]) == ("transcribe", "ok", "gpt-4o-mini-transcribe")
    (row,) = await salon.rows("SELECT kind, body, payload FROM messages WHERE direction = 'in'")
    assert (row["kind"], row["body"]) == ("voice", "gel manicure tomorrow at 2 pm at Plaza please")
    assert row["payload"]["transcribed"] is True


async def test_a_spoken_yes_orders_nothing_a_written_one_does(salon):
    phone = salon.phone()
    await to_the_summary(salon, phone)
    for words in ("yes", "yes please book it", "pay on arrival", "the first one", "one"):
        answer = await speak(salon, phone, words)
        assert await salon.orders() == [], (words, answer)
    assert await state_of(salon, phone) == "confirm"
    await phone.say("pay on arrival")
    assert len(await salon.orders()) == 1


@pytest.mark.parametrize("trouble", ["no_key", "switched_off", "http_5xx", "garbage", "no_file"])
async def test_otherwise_the_polite_line(open_with_models, trouble):
    key = None if trouble == "no_key" else "sandbox-openai"
    async with open_with_models(openai=key) as salon:
        if trouble == "switched_off":
            await set_llm(salon, transcribe=False)
        elif trouble == "no_file":
            await salon.fault("meta", "http_5xx", call="media_file", probability=1)
        elif trouble != "no_key":
            await salon.fault("openai", trouble, call="transcriptions", probability=1)
        phone = salon.phone()
        answer = await speak(salon, phone, "gel manicure tomorrow")
        assert "voice" in answer
        assert "Gel Manicure" not in answer
        assert "Gel Manicure" in await phone.say("gel manicure tomorrow 2 pm at Plaza")


# -- fetching ----------------------------------------------------------------------------------------------


def account(channel, **more):
    return ChannelAccount(
        id=new_id(), workspace_id=new_id(), bot_id=new_id(), channel=channel, account_key="test-account", address="1",
        secrets={"access_token": "token-1", "auth_token": "token-2"}, settings={"account_sid": "AC1"}, **more,
    )  # fmt: skip


NOTE = Media("audio/ogg", "1234")
SMS = Media("audio/ogg", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1")


async def fetched(media, channel, **more):
    async with httpx.AsyncClient(verify=TLS) as http:
        return await fetch_media(media, account=account(channel, **more), http=http, limit=2)


@respx.mock
async def test_metas_file_is_read_from_metas_host_with_the_token():
    respx.get("https://graph.facebook.com/v23.0/1234").respond(
        json={"url": "https://lookaside.fbsbx.com/x?y=1"}
    )
    file = respx.get("https://lookaside.fbsbx.com/x?y=1").respond(content=b"OggS")
    assert await fetched(NOTE, "whatsapp") == b"OggS"
    assert file.calls.last.request.headers["authorization"] == "Bearer token-1"


@respx.mock
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/x", "http://lookaside.fbsbx.com/x", "https://fbsbx.com.example.com/x",
        "https://user:pw@lookaside.fbsbx.com/x", "https://lookaside.fbsbx.com:8443/x", "file:///etc/passwd",
        "https://127.0.0.1/x", "https://evilfbsbx.com/x",
    ],
)  # fmt: skip
async def test_metas_file_is_read_from_nowhere_else(url):
    respx.get("https://graph.facebook.com/v23.0/1234").respond(json={"url": url})
    with pytest.raises(CallFailure) as failure:
        await fetched(NOTE, "whatsapp")
    assert failure.value.code == "foreign_host"
    assert len(respx.calls) == 1


@respx.mock
async def test_metas_file_is_not_read_where_it_is_redirected_to():
    respx.get("https://graph.facebook.com/v23.0/1234").respond(json={"url": "https://lookaside.fbsbx.com/x"})
    respx.get("https://lookaside.fbsbx.com/x").respond(302, headers={"location": "https://evil.example.com/"})
    with pytest.raises(CallFailure):
        await fetched(NOTE, "whatsapp")
    assert len(respx.calls) == 2


@respx.mock
async def test_a_file_has_an_end():
    respx.get("https://graph.facebook.com/v23.0/1234").respond(json={"url": "https://lookaside.fbsbx.com/x"})
    respx.get("https://lookaside.fbsbx.com/x").respond(content=b"x" * (LARGEST + 1))
    with pytest.raises(CallFailure) as failure:
        await fetched(NOTE, "whatsapp")
    assert failure.value.code == "too_large"


@respx.mock
async def test_twilios_redirect_is_followed_to_its_store_without_the_credentials():
    first = respx.get(SMS.reference).respond(
        307, headers={"location": "https://mms.twiliocdn.com/AC1/x?sig=1"}
    )
    store = respx.get("https://mms.twiliocdn.com/AC1/x?sig=1").respond(content=b"OggS")
    assert await fetched(SMS, "twilio") == b"OggS"
    basic = base64.b64encode(b"AC1:token-2").decode()
    assert first.calls.last.request.headers["authorization"] == f"Basic {basic}"
    assert "authorization" not in store.calls.last.request.headers


@respx.mock
@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example.com/x",
        "http://mms.twiliocdn.com/x",
        "https://s3-external-1.amazonaws.com/other/x",
        "//evil",
    ],
)
async def test_twilios_redirect_is_followed_nowhere_else(onward):
    respx.get(SMS.reference).respond(307, headers={"location": onward})
    with pytest.raises(CallFailure) as failure:
        await fetched(SMS, "twilio")
    assert failure.value.code == "foreign_host"


@respx.mock
async def test_a_url_that_isnt_twilios_is_never_read():
    with pytest.raises(CallFailure):
        await fetched(Media("audio/ogg", "https://evil.example.com/note.ogg"), "twilio")
    assert not respx.calls


@respx.mock
@pytest.mark.parametrize("broken", ["https://[half/x", "https://mms.twiliocdn.com:port/x"])
async def test_an_address_that_is_none_costs_the_file_only(broken):
    respx.get(SMS.reference).respond(307, headers={"location": broken})
    respx.get("https://graph.facebook.com/v23.0/1234").respond(json={"url": broken})
    for media, channel in ((SMS, "twilio"), (NOTE, "whatsapp")):
        with pytest.raises(CallFailure):
            await fetched(media, channel)


@respx.mock
async def test_circles_end():
    respx.get(SMS.reference).respond(307, headers={"location": SMS.reference})
    with pytest.raises(CallFailure) as failure:
        await fetched(SMS, "twilio")
    assert failure.value.code == "too_many_redirects"


async def test_the_web_has_no_files():
    with pytest.raises(CallFailure):
        await fetched(NOTE, "web")
