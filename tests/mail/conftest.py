"""The demo's businesses with a mail service: the sandbox."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest
from icalendar import Calendar
from pydantic import SecretStr

from tests.salon import Phone, Salon, open_salon

PASSWORD = "made-up-webhook-password"
SARA = "sara@example.com"


def mail_settings(seeded: Any, **changes: Any) -> dict[str, Any]:
    return {
        "postmark_server_token": SecretStr("sandbox-postmark"),
        "postmark_api_base_url": f"http://127.0.0.1:{seeded.sandbox_port}/postmark",
        "postmark_webhook_password": SecretStr(PASSWORD),
        "mail_from": "bookings@frontdesk.example.com",
        **changes,
    }


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it lies in the sink."""

    raw: dict[str, Any]

    @property
    def to(self) -> str:
        return str(self.raw["To"])

    @property
    def to_business(self) -> bool:
        return "Frontdesk tells you" in self.text

    @property
    def subject(self) -> str:
        return str(self.raw["Subject"])

    @property
    def text(self) -> str:
        return str(self.raw["TextBody"])

    @property
    def html(self) -> str:
        return str(self.raw["HtmlBody"])

    @property
    def calendar(self) -> Calendar:
        [file] = self.raw["Attachments"]
        calendar = Calendar.from_ical(base64.b64decode(file["Content"]))
        assert isinstance(calendar, Calendar)
        assert file["ContentType"].endswith(f"method={calendar['METHOD']}")
        return calendar

    @property
    def event(self) -> Any:
        [event] = self.calendar.walk("VEVENT")
        return event


@dataclass(slots=True)
class Office:
    """A salon, and what the mail service took."""

    salon: Salon

    async def deliver(self) -> list[Received]:
        """Lets all mails be sent that wait for the chat's answer to go first, or for their next try.

        Returns all of them, those to customers first.
        """
        for _ in range(2):
            await self.salon.pool.execute(
                "UPDATE effects SET due_at = now() WHERE kind = 'send_mail' AND status = 'pending'"
            )
            await self.salon.settle()
        return sorted(await self.mails(), key=lambda mail: mail.to_business)

    async def mails(self, to: str | None = None) -> list[Received]:
        found = await self.salon.sandbox_get("/_sandbox/mails.json", **({"to": to} if to else {}))
        return [Received(raw) for raw in found["mails"]]

    async def effects(self) -> list[dict[str, Any]]:
        return await self.salon.rows("SELECT * FROM effects WHERE kind = 'send_mail' ORDER BY seq")

    async def states(self) -> list[tuple[str, str | None]]:
        return [(row["status"], row["error_code"]) for row in await self.effects()]

    async def errors(self) -> list[dict[str, Any]]:
        return await self.salon.rows("SELECT * FROM operator_errors ORDER BY first_at")

    async def settings(self, workspace: str, **changes: Any) -> None:
        await self.salon.pool.execute(
            "UPDATE workspaces SET settings = settings || $2, updated_at = now() WHERE key = $1",
            workspace,
            changes,
        )


@pytest.fixture
async def office(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path, more=mail_settings(seeded)) as salon:
        yield Office(salon)


async def told_code(phone: Phone, *lines: str) -> None:
    """Says the lines until the booking stands."""
    for line in lines:
        if "confirmation code" in (await phone.say(line)).lower():
            return
    raise AssertionError([shown.text for shown in phone.messages])
