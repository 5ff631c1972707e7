"""The installation's mail service, from its settings."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from bot.mail.desk import MailDesk
from providers.mail.contract import Mailer
from providers.mail.postmark import Postmark
from providers.mail.smtp import Smtp
from providers.mail.smtp_url import server_from_url
from workers.settings import Settings


def mail_desk(settings: Settings, http: httpx.AsyncClient) -> MailDesk | None:
    """Postmark where its token is set, else the mail server. None: mails are off."""
    if not settings.mail_from:
        return None
    mailer: Mailer
    if settings.postmark_server_token:
        mailer = Postmark(
            settings.postmark_server_token.get_secret_value(), http, base_url=settings.postmark_api_base_url
        )
    elif settings.smtp_url:
        mailer = Smtp(server_from_url(settings.smtp_url.get_secret_value()))
    else:
        return None
    return MailDesk(mailer, settings.mail_from, urlsplit(settings.public_base_url).hostname or "frontdesk")
