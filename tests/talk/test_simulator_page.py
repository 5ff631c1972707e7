"""`/simulator` as a server: only its own page may make it act, and it acts through the signed webhook."""

from __future__ import annotations

import re

import pytest

ORIGIN = "Origin"


async def opened(stage, query=""):
    """The page's token and first line; the cookie stays with the client."""
    answer = await stage.http.get(f"{stage.base}/simulator{query}")
    assert answer.status_code == 200
    token = re.search(r'data-token="([0-9a-f]+)"', answer.text)
    line = re.search(r'data-line="([0-9a-f-]+)"', answer.text)
    return answer, token[1], line[1]


async def say(stage, token, line, act=None, *, origin=None, who="+96550000140", **headers):
    body = {"line": line, "from": who, "name": "", "act": act or {"kind": "text", "text": "Hi"}}
    return await stage.http.post(
        f"{stage.base}/simulator/messages",
        json=body,
        headers={"X-Simulator-Token": token, ORIGIN: stage.base if origin is None else origin, **headers},
    )


async def poll(stage, line, *, after=0, busy=1, who="+96550000140"):
    answer = await stage.http.get(
        f"{stage.base}/simulator/messages",
        params={"line": line, "from": who, "after": after, "busy": busy},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def heard(stage, line, *, who="+96550000140"):
    """Polls as the page does until a message is there."""
    after, busy = 0, 1
    for _ in range(200):
        found = await poll(stage, line, after=after, busy=busy, who=who)
        if found["bubbles"]:
            return found
        after, busy = found["next"], int(found["busy"])
    raise AssertionError("nothing came")


async def test_a_line_goes_in_and_the_reply_with_its_choices_comes_out(stage):
    _, token, line = await opened(stage, "?workspace=nail-salon")

    assert (await say(stage, token, line)).status_code == 200
    bubble = (await heard(stage, line))["bubbles"][0]

    assert "Nail Salon" in bubble["text"]
    assert {choice["title"] for choice in bubble["choices"]} == {"Plaza", "Zahra", "Marina"}
    plaza = next(choice for choice in bubble["choices"] if choice["title"] == "Plaza")
    tap = {"kind": "tap", "reply_to": bubble["id"], "choice": {k: plaza[k] for k in ("id", "title", "form")}}
    assert (await say(stage, token, line, tap)).status_code == 200
    stored = await stage.rows("SELECT payload FROM inbox WHERE source = 'whatsapp' ORDER BY id")
    assert stored[-1]["payload"]["choice_id"] == plaza["id"]
    assert stored[-1]["payload"]["reply_to"] == bubble["id"]


async def test_the_address_chooses_business_channel_and_number(stage):
    answer, token, line = await opened(stage, "?workspace=nail-studio&channel=sms&from=%2B96550000141")

    assert 'value="+96550000141"' in answer.text
    await say(stage, token, line, who="+96550000141")
    found = await heard(stage, line, who="+96550000141")
    assert "Nail Studio" in found["bubbles"][0]["text"]
    assert found["bubbles"][0]["choices"] == []  # they stand as numbers in the text


async def test_nothing_in_the_address_becomes_markup(stage):
    answer, _, _ = await opened(stage, "?from=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&name=%3Cb%3E")

    assert "<script>" not in answer.text
    assert "<b>" not in answer.text


async def test_the_page_needs_no_inline_script_or_style(stage):
    answer, _, _ = await opened(stage)

    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\ssrc=)", answer.text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", answer.text) == []
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', answer.text):
        answered = await stage.http.get(stage.base + path, follow_redirects=True)
        assert answered.status_code == 200, path


@pytest.mark.parametrize("origin", ["https://example.com", "null", ""])
async def test_another_site_cannot_make_a_customer_speak(stage, origin):
    _, token, line = await opened(stage)

    assert (await say(stage, token, line, origin=origin)).status_code == 403
    assert await stage.rows("SELECT 1 FROM inbox WHERE source = 'whatsapp'") == []


async def test_without_the_pages_token_or_cookie_nothing_is_said(stage):
    _, token, line = await opened(stage)

    assert (await say(stage, "0" * 64, line)).status_code == 403
    stage.http.cookies.clear()
    assert (await say(stage, token, line)).status_code == 403
    assert await stage.rows("SELECT 1 FROM inbox WHERE source = 'whatsapp'") == []


async def test_a_foreign_host_name_that_leads_here_is_refused(stage):
    answer = await stage.http.get(f"{stage.base}/simulator", headers={"Host": "rebound.example.com"})

    assert answer.status_code == 403
    assert "nail-salon" not in answer.text


@pytest.mark.parametrize(
    ("act", "who"),
    [
        ({"kind": "dance"}, "+96550000140"),
        ({"kind": "pin", "latitude": 91, "longitude": 0}, "+96550000140"),
        ({"kind": "text", "text": "x" * 20_001}, "+96550000140"),
        ({"kind": "text", "text": "Hi"}, "nobody"),
    ],
)
async def test_what_no_phone_can_do_is_refused_in_words(stage, act, who):
    _, token, line = await opened(stage)

    answer = await say(stage, token, line, act, who=who)

    assert answer.status_code == 422
    assert answer.json()["error"]


async def test_an_unknown_line_and_a_bad_cursor_are_refused(stage):
    _, token, line = await opened(stage)

    assert (await say(stage, token, "00000000-0000-4000-8000-000000000000")).status_code == 404
    answer = await stage.http.get(f"{stage.base}/simulator/messages", params={"line": line, "after": "x"})
    assert answer.status_code == 400


async def test_odd_characters_pass_unharmed(stage):
    _, token, line = await opened(stage)

    assert (await say(stage, token, line, {"kind": "text", "text": "😀 مرحبا <b>&amp;"})).status_code == 200

    (row,) = await stage.rows("SELECT payload FROM inbox WHERE source = 'whatsapp'")
    assert row["payload"]["text"] == "😀 مرحبا <b>&amp;"
