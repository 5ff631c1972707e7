"""What an installation and a business may set, and what `frontdesk doctor` says of it."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from bot.mail_settings import MailSettings, is_mail_address
from bot.workspace import Outbound
from providers.mail.contract import SmtpServer
from providers.mail.postmark import Postmark
from providers.mail.smtp import Smtp
from providers.mail.smtp_url import server_from_url
from tests.tls import TLS
from workers.checkup import check_settings
from workers.findings import State
from workers.mailing import mail_desk
from workers.settings import Settings

SMTP = SecretStr("smtp://bot:made%40up@mail.example.com:2525")


def settings(**more):
    return Settings(
        database_url=SecretStr("postgresql://localhost/x"),
        redis_url=SecretStr("redis://localhost"),
        _env_file=None,
        **more,
    )


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            SMTP.get_secret_value(),
            SmtpServer("mail.example.com", 2525, user="bot", password="made@up"),
        ),
        ("smtps://mail.example.com", SmtpServer("mail.example.com", 465, tls=True)),
        ("smtp://localhost:25?tls=none", SmtpServer("localhost", 25, plain=True)),
    ],
)
def test_a_mail_server_is_one_line(url, server):
    assert server_from_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://host:many",
        "smtp://host/inbox",
        "smtp://host?tls=maybe",
        "smtp://host?verify=no",
        "smtps://host?tls=none",
        "smtp://bot:hush@host?tls=none",
    ],
)
def test_another_line_is_refused_without_being_repeated(url):
    with pytest.raises(ValueError, match=r"smtp|tls") as refusal:
        server_from_url(url)
    assert "hush" not in str(refusal.value)
    with pytest.raises(ValidationError):
        settings(smtp_url=SecretStr(url))


async def test_what_sends_is_what_is_set():
    async with httpx.AsyncClient(verify=TLS) as http:
        assert mail_desk(settings(), http) is None
        assert mail_desk(settings(postmark_server_token=SecretStr("x")), http) is None, "from whom?"
        desk = mail_desk(settings(smtp_url=SMTP, mail_from="bookings@example.com"), http)
        assert desk is not None
        assert isinstance(desk.mailer, Smtp)
        both = settings(smtp_url=SMTP, postmark_server_token=SecretStr("x"), mail_from="bookings@example.com")
        desk = mail_desk(both, http)
        assert desk is not None
        assert isinstance(desk.mailer, Postmark)
        assert desk.sender == "bookings@example.com"


@pytest.mark.parametrize(
    ("more", "state", "said"),
    [
        ({}, State.NOTE, "no e-mail is sent"),
        ({"smtp_url": SMTP}, State.MISSING, "MAIL_FROM"),
        ({"smtp_url": SMTP, "mail_from": "b@example.com"}, State.OK, "SMTP_URL, from b@example.com"),
        (
            {"postmark_server_token": SecretStr("x"), "mail_from": "b@example.com"},
            State.NOTE,
            "bounces go unnoticed",
        ),
    ],
)
def test_the_doctor_says_whether_mails_go_out(more, state, said):
    [finding] = [one for one in check_settings(settings(**more)) if one.title == "E-mail"]
    assert finding.state is state
    assert said in finding.text


def test_only_one_plain_address_is_one():
    assert is_mail_address("sara@example.com")
    for text in (
        "",
        "sara",
        "a@b",
        "a@example.com, b@example.com",
        "Sara <a@example.com>",
        "a@example.com\nBcc: b",
    ):
        assert not is_mail_address(text), text


@pytest.mark.parametrize(
    "given",
    [
        {"sender": "nobody"},
        {"notify": "a@example.com,b@example.com"},
        {"sender_name": "two\nlines"},
        {"only_domains": ["@example.com"]},
        {"to_customer": ["reminded"]},
        {"unknown": True},
    ],
)
def test_a_business_s_settings_are_checked(given):
    with pytest.raises(ValidationError):
        MailSettings.model_validate(given)


def test_a_list_of_domains_is_a_fence():
    fenced = MailSettings(only_domains=("example.com",))
    assert fenced.reaches("a@example.com")
    assert fenced.reaches("a@Nails.Example.com")
    assert not fenced.reaches("a@badexample.com")
    assert not fenced.reaches("a@example.com.evil.org")
    assert MailSettings().reaches("a@anything.org")


def test_an_allowed_address_is_allowed_in_any_case():
    closed = Outbound(allow=("Sara@example.com", "US.AbC"))
    assert closed.permits("sara@EXAMPLE.com")
    assert not closed.permits("us.abc"), "user ids are as they are"
    assert not closed.permits("other@example.com")


def test_a_domain_on_the_list_allows_its_addresses_and_no_look_alikes():
    closed = Outbound(allow=("@Example.com",))
    for address in ("sara@example.com", "OFFICE@law.Example.com"):
        assert closed.permits(address), address
    for address in (
        "sara@badexample.com",
        "sara@example.com.evil.org",
        "@example.com",
        "example.com",
        "sara",
    ):
        assert not closed.permits(address), address
