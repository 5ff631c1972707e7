"""SMTP against a real server on this machine: what arrives, and what each refusal comes to."""

from __future__ import annotations

import asyncio
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd import smtp as server_side

from providers.mail.contract import CalendarPart, Mail
from providers.mail.smtp import Smtp, SmtpServer
from providers.outcome import CallFailure
from tests.listening import free_ports, stop_accepting

MAIL = Mail(
    sender="Nail Salon <bookings@example.com>",
    to="sara@example.com",
    subject="تم تأكيد حجزك",
    text="أهلاً سارة",
    html="<p dir='rtl'>أهلاً سارة</p>",
    message_id="b1.1@bot.example.com",
    calendar=CalendarPart("BEGIN:VCALENDAR\r\nSUMMARY:مانيكير\r\nEND:VCALENDAR\r\n".encode()),
)


class Box:
    """What the server took, and what it says instead when it shall not."""

    def __init__(self):
        self.taken = []
        self.on_recipient = self.on_data = "250 OK"
        self.hang_up = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 (the library's name)
        if self.on_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append((envelope.rcpt_tos, envelope.content))
        if self.hang_up:
            server.transport.abort()
        return self.on_data


@pytest.fixture
async def box():
    return Box()


@pytest.fixture
async def smtp(box):
    loop = asyncio.get_running_loop()
    listener = socket.create_server(("127.0.0.1", 0))
    server = await loop.create_server(
        lambda: server_side.SMTP(box, loop=loop, enable_SMTPUTF8=True), sock=listener
    )
    yield Smtp(SmtpServer("127.0.0.1", listener.getsockname()[1], plain=True), limit=3)
    await stop_accepting(listener)
    server.close()
    await server.wait_closed()


async def test_a_mail_arrives_whole(smtp, box):
    assert (await smtp.send(MAIL)).id == "b1.1@bot.example.com"
    ((recipients, content),) = box.taken
    assert recipients == ["sara@example.com"]
    message = message_from_bytes(content, policy=policy.default)
    assert message["Subject"] == "تم تأكيد حجزك"
    assert message["Message-ID"] == "<b1.1@bot.example.com>"
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "text/calendar"]
    alternative = next(p for p in message.walk() if p.get_content_type() == "text/calendar")
    assert alternative.get_param("method") == "REQUEST"
    assert "مانيكير" in alternative.get_content()
    assert [part.get_filename() for part in message.iter_attachments()] == ["invite.ics"]


@pytest.mark.parametrize(
    ("recipient", "data", "disposition"),
    [
        ("550 no such user", "250 OK", "permanent"),
        ("450 later", "250 OK", "retry"),
        ("250 OK", "554 spam", "permanent"),
        ("250 OK", "451 busy", "retry"),
        ("530 log in first", "250 OK", "operator"),
    ],
)
async def test_what_a_refusal_comes_to(smtp, box, recipient, data, disposition):
    box.on_recipient, box.on_data = recipient, data
    with pytest.raises(CallFailure) as failed:
        await smtp.send(MAIL)
    assert failed.value.disposition == disposition
    assert "sara" not in str(failed.value)


async def test_a_lost_answer_is_unknown(smtp, box):
    box.hang_up = True
    with pytest.raises(CallFailure) as failed:
        await smtp.send(MAIL)
    assert failed.value.disposition == "unknown"
    assert len(box.taken) == 1


async def test_a_server_that_is_not_there_took_nothing():
    (port,) = free_ports(1)
    with pytest.raises(CallFailure) as failed:
        await Smtp(SmtpServer("127.0.0.1", port, plain=True)).send(MAIL)
    assert (failed.value.disposition, failed.value.code) == ("retry", "unreachable")


async def test_nothing_goes_out_unencrypted_by_accident(smtp, box):
    """A server without STARTTLS gets no mail unless the settings say that it is on this machine."""
    strict = Smtp(SmtpServer("127.0.0.1", smtp.server.port), limit=3)
    with pytest.raises(CallFailure) as failed:
        await strict.send(MAIL)
    assert failed.value.disposition == "retry"
    assert box.taken == []
