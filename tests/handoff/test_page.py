"""The hand-off page over real HTTP: what it shows, that looking changes nothing, that the button leads on."""

from __future__ import annotations

import random
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from bot import handoffs as service
from bot.handoff_reference import verify
from db import handoffs
from tests.handoff.world import URL, books_elsewhere, handed_off, row
from tests.salon import open_salon


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        yield opened


def page(salon, token, more=""):
    return f"http://127.0.0.1:{salon.seeded.web_port}/h/{token}{more}"


async def test_the_page_says_where_the_customer_goes(salon):
    await books_elsewhere(salon, disclaimer={"en": "Deposits are taken there."})
    answer = await salon.http.get(page(salon, await handed_off(salon)))
    assert answer.status_code == 200
    for words in (
        "Almost there, Ali",
        "complete your booking on Square",
        "Skin fade",
        "tomorrow at 5 pm",
        "Deposits are taken there.",
        "Continue to booking",
        "If the booking page doesn&#39;t open"
        if "&#39;" in answer.text
        else "If the booking page doesn't open",
        "tel:+15550100",
    ):
        assert words in answer.text
    assert "ali@example.com" not in answer.text.replace(
        answer.text[answer.text.index("tap here") - 700 :], ""
    )
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_looking_changes_nothing(salon):
    await books_elsewhere(salon)
    token = await handed_off(salon)
    for method in ("GET", "HEAD", "GET"):
        assert (await salon.http.request(method, page(salon, token))).status_code == 200
    assert (await row(salon, token))["status"] == "new"
    assert (await row(salon, token))["timeline"] == ["created"]


async def test_the_button_marks_and_leads_on(salon):
    await books_elsewhere(salon, utm_campaign="autumn")
    token = await handed_off(salon)
    for _ in range(2):  # the second click
        answer = await salon.http.post(page(salon, token), follow_redirects=False)
        assert answer.status_code == 303
    sent = urlsplit(answer.headers["Location"])
    assert f"{sent.scheme}://{sent.netloc}{sent.path}" == URL
    query = dict(parse_qsl(sent.query))
    assert (query["utm_source"], query["utm_medium"], query["utm_campaign"]) == (
        "frontdesk",
        "whatsapp",
        "autumn",
    )
    assert verify(salon.resources.box, query["fd_ref"]) == token
    found = await row(salon, token)
    assert (found["status"], found["intent_status"]) == ("redirected", "redirected")
    assert found["timeline"] == ["created", "redirected"]
    assert found["url_used"] == answer.headers["Location"]
    assert found["ip_hash"]
    assert "127" not in found["ip_hash"]


async def test_in_arabic_from_right_to_left(salon):
    await books_elsewhere(salon)
    answer = await salon.http.get(page(salon, await handed_off(salon, language="ar")))
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert "المتابعة للحجز" in answer.text


@pytest.mark.parametrize("token", ["nonsense", "AAAAAAAAAAAAAAAAAAA", "../../etc/passwd", "A" * 400])
async def test_an_unknown_link_is_a_friendly_404(salon, token):
    for method in ("GET", "POST"):
        answer = await salon.http.request(method, page(salon, token))
        assert answer.status_code == 404


async def test_a_mistyped_link_is_told_in_both_languages(salon):
    answer = await salon.http.get(page(salon, "A" * 19))
    assert "This link isn&#39;t valid any more" in answer.text
    assert "الرابط ما عاد صالح" in answer.text


async def test_nobody_can_make_it_lead_elsewhere(salon):
    await books_elsewhere(salon)
    token = await handed_off(salon)
    answer = await salon.http.post(
        page(salon, token, "?url=https://evil.example.org&next=//evil.example.org"),
        data={"url": "https://evil.example.org"},
        headers={"Host": "evil.example.org", "Referer": "https://evil.example.org"},
        follow_redirects=False,
    )
    assert answer.headers["Location"].startswith(URL)


async def test_what_was_stored_is_judged_again(salon):
    await books_elsewhere(salon)
    token = await handed_off(salon, url="https://user:secret@book.example.com/x")
    for method in ("GET", "POST"):
        answer = await salon.http.request(method, page(salon, token), follow_redirects=False)
        assert answer.status_code == 404


async def test_text_of_customers_is_only_text(salon):
    await books_elsewhere(salon)
    token = await handed_off(salon)
    await salon.pool.execute(
        "UPDATE handoffs SET customer_name = '<script>x</script>', service = '\"><img src=x>' WHERE token = $1",
        token,
    )
    text = (await salon.http.get(page(salon, token))).text
    assert "<script>x" not in text
    assert "<img" not in text
    assert "<script" not in text, "the page needs none"


async def test_a_frame_only_where_the_page_is_known_to_allow_it(salon):
    await books_elsewhere(salon, embed="iframe")
    square = await handed_off(salon)
    answer = await salon.http.post(page(salon, square), follow_redirects=False)
    assert answer.headers["Location"].startswith(URL), "Square can't be framed"
    assert "<iframe" not in (await salon.http.get(page(salon, square, "/open"))).text


async def test_a_calendly_page_in_a_frame(salon):
    await books_elsewhere(salon, url="https://calendly.com/fades/cut", embed="iframe")
    token = await handed_off(salon, page="calendly", url="https://calendly.com/fades/cut")
    assert "<iframe" not in (await salon.http.get(page(salon, token))).text
    answer = await salon.http.post(page(salon, token), follow_redirects=False)
    assert answer.headers["Location"] == f"/h/{token}/open"
    framed = await salon.http.get(page(salon, token, "/open"))
    assert '<iframe id="frame" src="https://calendly.com/fades/cut?' in framed.text
    assert "embed_domain=" in framed.text
    assert "tap here" in framed.text
    assert "frame-src https://calendly.com" in framed.headers["Content-Security-Policy"]


async def test_forms_may_lead_to_the_booking_page_and_nowhere_else(salon):
    await books_elsewhere(salon)
    answer = await salon.http.get(page(salon, await handed_off(salon)))
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://fades.square.site" in policy
    assert "frame-src 'none'" in policy
    assert "default-src 'self'" in policy


async def test_without_the_tables_the_customer_is_led_on_all_the_same(salon, monkeypatch):
    await books_elsewhere(salon)
    token = await handed_off(salon)
    known = service.Handoffs(salon.pool, salon.resources.box)
    await known.remember()

    async def broken(*_: object) -> None:
        raise OSError("no database")

    monkeypatch.setattr(handoffs, "find", broken)
    view = await known.view(token)
    assert view.fallback
    assert view.url.startswith(URL)
    assert (await known.lead_on(token, ip=None)).url.startswith(URL)
    with pytest.raises(service.UnknownHandoff):
        await known.view("A" * 19)


async def test_a_finished_one_stays_finished(salon):
    await books_elsewhere(salon)
    token = await handed_off(salon)
    found = await row(salon, token)
    from db.tx import tx

    async with tx(salon.pool, found["workspace_id"]) as transaction:
        assert await handoffs.complete(transaction, found["id"], by="operator")
        assert not await handoffs.complete(transaction, found["id"], by="operator")
    await salon.http.post(page(salon, token), follow_redirects=False)
    found = await row(salon, token)
    assert (found["status"], found["intent_status"]) == ("completed_external", "confirmed")
    text = (await salon.http.get(page(salon, token))).text
    assert "This booking is finished" in text
    assert "Nothing is booked" not in text


async def test_the_page_wears_the_business_s_colors(salon):
    await books_elsewhere(salon)
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $2::jsonb, updated_at = now() WHERE id = $1",
        salon.workspace_ids["barber-shop"],
        {"theme": {"color": "#111111", "text_color": "#F2C14E"}},
    )
    text = (await salon.http.get(page(salon, await handed_off(salon)))).text
    assert '<link rel="stylesheet" href="/h/theme/111111-f2c14e.css">' in text
    colors = await salon.http.get(page(salon, "theme/111111-f2c14e.css"))
    assert (colors.status_code, colors.headers["Content-Type"].partition(";")[0]) == (200, "text/css")
    assert "--accent: #111111; --accent-ink: #f2c14e" in colors.text
    assert (await salon.http.get(page(salon, "theme/111111-222222.css"))).status_code == 404


@pytest.mark.parametrize("seed", range(3))
async def test_no_request_chooses_where_it_leads(salon, seed):
    """Whatever is asked for: it leads to the business's page, or nowhere."""
    await books_elsewhere(salon)
    token = await handed_off(salon)
    chance = random.Random(seed)
    evil = [
        "https://evil.example.org",
        "//evil.example.org",
        "\\\\evil.example.org",
        "javascript:alert(1)",
        "evil.example.org",
    ]
    names = ["url", "next", "to", "redirect", "location", "booking_url", "u", "fd_ref", "utm_source", "token"]
    said = ["Host", "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Referer", "Forwarded"]
    for _ in range(15):
        value = chance.choice(evil)
        query = urlencode({chance.choice(names): value})
        path = chance.choice(
            [token, f"{token}/", f"{token}/open", f"{token}%2F..%2F{value}", f"{value}/{token}", f"/{value}"]
        )
        answer = await salon.http.request(
            chance.choice(["GET", "POST"]),
            page(salon, path, f"?{query}"),
            headers={chance.choice(said): value},
            data={chance.choice(names): value},
            follow_redirects=False,
        )
        location = answer.headers.get("Location", "")
        assert not location or location.startswith((URL, "/h/")), (path, location)
        assert not location.startswith("//")
        assert 'href="https://evil' not in answer.text
        assert 'action="https://evil' not in answer.text


async def test_what_nobody_finishes_is_abandoned_and_a_late_click_revives_it(salon):
    await books_elsewhere(salon, abandon_hours=2)
    token = await handed_off(salon)
    assert await handoffs.abandon(salon.pool) == 0
    await salon.pool.execute(
        "UPDATE handoffs SET created_at = now() - interval '3 hours' WHERE token = $1", token
    )
    assert await handoffs.abandon(salon.pool) == 1
    found = await row(salon, token)
    assert (found["status"], found["intent_status"]) == ("abandoned", "abandoned")
    await salon.http.post(page(salon, token), follow_redirects=False)
    found = await row(salon, token)
    assert (found["status"], found["intent_status"]) == ("redirected", "redirected")
    assert found["timeline"] == ["created", "abandoned", "redirected"]
