"""Any SMTP server with STARTTLS or TLS. What was said before DATA's end is known; after it, only an answer proves."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

import aiosmtplib

from providers.mail.contract import Mail, SentMail, SmtpServer
from providers.outcome import CallFailure, Disposition


@dataclass(frozen=True, slots=True)
class Smtp:
    server: SmtpServer
    limit: float = 10.0
    """Seconds per step of the dialogue."""

    async def send(self, mail: Mail) -> SentMail:
        message = mime(mail)
        client = aiosmtplib.SMTP(
            hostname=self.server.host,
            port=self.server.port,
            timeout=self.limit,
            use_tls=self.server.tls,
            start_tls=not (self.server.tls or self.server.plain),
        )
        await self._open(client)
        try:
            await client.send_message(message)
        except aiosmtplib.SMTPException as error:
            raise _failure(error) from error
        finally:
            client.close()
        return SentMail(str(message["Message-ID"] or "").strip("<>"))

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        """Until here nothing was sent, whatever happens."""
        try:
            await client.connect()
            if self.server.user:
                await client.login(self.server.user, self.server.password)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise CallFailure(
                Disposition.OPERATOR, "bad_login", "the mail server refused user or password"
            ) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise CallFailure(
                Disposition.RETRY, "unreachable", f"the mail server can't be reached ({type(error).__name__})"
            ) from error


def mime(mail: Mail) -> EmailMessage:
    """Plain and HTML as alternatives, the calendar among them and once more as a file for who wants to keep it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, mail.to, mail.subject
    message["Date"] = formatdate(usegmt=True)
    if mail.message_id:
        message["Message-ID"] = f"<{mail.message_id}>"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.calendar is not None:
        ics = mail.calendar.content.decode()
        method = {"method": mail.calendar.method}
        message.add_alternative(ics, subtype="calendar", params=method)
        message.add_attachment(
            mail.calendar.content,
            maintype="text",
            subtype="calendar",
            filename=mail.calendar.filename,
            params=method,
        )
    return message


def _failure(error: aiosmtplib.SMTPException) -> CallFailure:
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            codes = [refusal.code for refusal in error.recipients]
            return _by_code(codes[0] if codes else 550)
        case aiosmtplib.SMTPResponseException():
            return _by_code(error.code)
        case _:  # time-outs and lost connections: the server may have taken it
            return CallFailure(
                Disposition.UNKNOWN,
                "answer_lost",
                f"the mail server's answer got lost ({type(error).__name__})",
            )


def _by_code(code: int) -> CallFailure:
    detail = f"the mail server answered {code}"
    if 400 <= code < 500:
        return CallFailure(Disposition.RETRY, str(code), detail)
    if code in {530, 535}:
        return CallFailure(Disposition.OPERATOR, str(code), detail)
    return CallFailure(Disposition.PERMANENT, str(code), detail)
