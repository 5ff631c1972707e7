"""`frontdesk record` and `frontdesk replay` at work: webhooks into a file of JSON lines, and back in again.

A line: {"at", "channel", "account" (key), "method", "query", and "json" or, for Twilio, "form": [[name, value]]}.
Signatures aren't kept: whoever replays signs with his own accounts' secrets.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import httpx
import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.channels.contract import ChannelAccount, MalformedWebhook, WebhookRequest
from bot.channels.registry import CHANNELS
from bot.channels.simulator.acts import SimulatedCustomer
from bot.channels.simulator.webhooks import sign
from bot.messages import Inbound, ParsedWebhook
from bot.web.simulator.lines import Line
from bot.web.simulator.phone import Phone
from db import recordings
from db.tx import Pool, tx
from workers.redaction import Cast

_WINDOW_SECONDS = 15.0
_RENEW_SECONDS = 4.0
_LOOK_SECONDS = 0.3
_QUIET_LIMIT_SECONDS = 30.0


class RecordingError(RuntimeError):
    """It can't go on. The message is one plain line."""


class Entry(BaseModel):
    """One line of a recording."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    at: AwareDatetime
    channel: Literal["whatsapp", "twilio", "web"]
    account: Annotated[str, Field(min_length=1, max_length=128)]
    method: Literal["POST"] = "POST"
    query: str = ""
    content: dict[str, Any] | None = Field(None, alias="json")
    form: list[tuple[str, str]] | None = None

    @model_validator(mode="after")
    def _has_one_body(self) -> Entry:
        if (self.content is None) == (self.form is None):
            raise ValueError("needs either json or form")
        return self


async def record(
    pool: Pool, window_id: UUID, out: Path, *, stop: asyncio.Event, say: Callable[[str], None]
) -> int:
    """Writes what the web processes receive until `stop`; returns how many webhooks there were.

    The window is kept open in short steps, so a recorder that is killed leaves none behind.
    """
    await recordings.open_window(pool, window_id, seconds=_WINDOW_SECONDS)
    cast, count, after = Cast(), 0, 0
    clock = asyncio.get_running_loop().time
    renew_at = clock() + _RENEW_SECONDS
    with out.open("w", encoding="utf-8") as file:
        try:
            last_round = False
            while True:
                for item in await recordings.take(pool, window_id, after=after):
                    after = item.seq
                    count += 1
                    file.write(cast.dress(_line(item)) + "\n")
                    say(f"{item.received_at:%H:%M:%S} {item.channel} {item.account_key}")
                file.flush()
                if last_round:
                    return count
                last_round = await _pause(stop)
                if clock() > renew_at:
                    await recordings.open_window(pool, window_id, seconds=_WINDOW_SECONDS)
                    renew_at = clock() + _RENEW_SECONDS
        finally:
            await recordings.close_window(pool, window_id)


async def _pause(stop: asyncio.Event) -> bool:
    """Until the next look. True when it is to be the last one."""
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            await stop.wait()
    except TimeoutError:
        return False
    # What a web process has in hand at this moment still belongs to the recording.
    await asyncio.sleep(_LOOK_SECONDS)
    return True


def _line(item: recordings.Recorded) -> str:
    head = {"at": item.received_at.isoformat(), "channel": item.channel, "account": item.account_key}
    return orjson.dumps(head | item.request).decode()


def read_recording(file: Path) -> list[Entry]:
    """The recording's lines in order; blank ones are skipped. Raises RecordingError that names the line."""
    entries = []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{file} can't be read: {type(error).__name__}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entries.append(Entry.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise RecordingError(f"{file}, line {number}: {where}: {first['msg']}") from None
    return entries


@dataclass(slots=True)
class Outcome:
    """What came out of a replay."""

    statuses: Counter[int] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    """Messages per customer."""
    duplicates: Counter[str] = field(default_factory=Counter)
    """Those of them that were here already."""
    replies: Counter[str] = field(default_factory=Counter)
    receipts: int = 0
    unfinished: list[str] = field(default_factory=list)
    """Customers whose messages were still being worked on at the end."""

    @property
    def ok(self) -> bool:
        return all(200 <= status < 300 for status in self.statuses) and not self.unfinished


@dataclass(slots=True)
class Replay:
    """Posts a recording to this installation's web process."""

    pool: Pool
    http: httpx.AsyncClient
    own_url: str
    sandbox_url: str
    clock: Callable[[], datetime]
    accounts: dict[UUID, ChannelAccount]
    lines: Sequence[Line]
    workspace: str | None = None
    outcome: Outcome = field(default_factory=Outcome)
    _phones: dict[tuple[UUID, str], tuple[Phone, int]] = field(default_factory=dict)

    async def run(self, entries: Iterable[Entry], *, fast: bool) -> Outcome:
        """Order is kept. Paced: with the recording's own pauses. Fast: a customer's next message follows as
        soon as the bot is through with the one before. Raises RecordingError.
        """
        clock = asyncio.get_running_loop().time
        started, first = clock(), None
        for entry in entries:
            first = first or entry.at
            if not fast:
                await asyncio.sleep(max(started + (entry.at - first).total_seconds() - clock(), 0))
            touched = await self._post(entry)
            if fast:
                for phone in touched:
                    await self._quiet(phone)
        for key, (phone, cursor) in self._phones.items():
            if not await self._quiet(phone):
                self.outcome.unfinished.append(key[1])
            glance = await phone.look(cursor)
            if glance.bubbles:
                self.outcome.replies[key[1]] += len(glance.bubbles)
        return self.outcome

    async def _post(self, entry: Entry) -> list[Phone]:
        """Returns the phones of those whose messages are new here."""
        account = self._account(entry)
        request = sign(self._request(entry, account), account)
        parsed = self._parse(request, account)
        known = await self._known(account, parsed)
        touched = []
        for inbound in parsed.inbounds:
            phone = await self._phone(account, inbound)
            self.outcome.received[inbound.sender.address] += 1
            if inbound.external_id in known:
                self.outcome.duplicates[inbound.sender.address] += 1
            else:
                await phone.report(inbound.text)
                touched.append(phone)
        self.outcome.receipts += len(parsed.receipts)
        path = request.url.removeprefix(account.callback_url)
        url = f"{self.own_url}/webhooks/{account.channel}/{account.account_key}{path}"
        try:
            answer = await self.http.post(url, content=request.body, headers=dict(request.headers))
        except httpx.TransportError as error:
            raise RecordingError(
                f"the web process does not answer at {self.own_url}: {type(error).__name__}"
            ) from error
        self.outcome.statuses[answer.status_code] += 1
        return touched

    def _request(self, entry: Entry, account: ChannelAccount) -> WebhookRequest:
        """A batch of Meta's may hold several of our numbers; those that are known here stay as they are."""
        numbers = () if self.workspace else (known.address for known in self.accounts.values())
        return _request(entry, account, frozenset(numbers))

    def _account(self, entry: Entry) -> ChannelAccount:
        """The account that was recorded, or the workspace's own of the same kind."""
        if self.workspace is None:
            for account in self.accounts.values():
                if (account.channel, account.account_key) == (entry.channel, entry.account):
                    return account
            raise RecordingError(
                f"there is no {entry.channel} account {entry.account!r} here; --workspace KEY sends it to another"
            )
        surface = _surface(entry)
        for line in self.lines:
            account = self.accounts[line.account_id]
            if (line.workspace_key, line.surface, account.channel) == (
                self.workspace,
                surface,
                entry.channel,
            ):
                return account
        raise RecordingError(f"{self.workspace} has no {surface} account for {entry.channel} webhooks")

    def _parse(self, request: WebhookRequest, account: ChannelAccount) -> ParsedWebhook:
        try:
            return CHANNELS[account.channel].parse(request, account)
        except MalformedWebhook:
            return ParsedWebhook()  # posted all the same: the receiver has to say 400 to it

    async def _known(self, account: ChannelAccount, parsed: ParsedWebhook) -> set[str]:
        if not parsed.inbounds:
            return set()
        async with tx(self.pool, account.workspace_id) as transaction:
            return await recordings.known_ids(
                transaction,
                channel=account.channel,
                account_key=account.account_key,
                external_ids=[inbound.external_id for inbound in parsed.inbounds],
            )

    async def _phone(self, account: ChannelAccount, inbound: Inbound) -> Phone:
        key = (account.id, inbound.sender.address)
        if key not in self._phones:
            phone = Phone(
                account=account,
                customer=SimulatedCustomer(phone=inbound.sender.phone, user_id=inbound.sender.user_id),
                pool=self.pool,
                http=self.http,
                own_url=self.own_url,
                sandbox_url=self.sandbox_url,
                clock=self.clock,
            )
            self._phones[key] = (phone, (await phone.look(0)).next)
        return self._phones[key][0]

    async def _quiet(self, phone: Phone) -> bool:
        """Waits until nothing is open for this customer; what came is counted at the end."""
        cursor = (await phone.look(0)).next
        try:
            async for _ in phone.until_quiet(cursor, limit=_QUIET_LIMIT_SECONDS, quiet=0.01):
                pass
        except TimeoutError:
            return False
        return True


def _surface(entry: Entry) -> str:
    if entry.channel != "twilio":
        return entry.channel
    ends = {name: value for name, value in entry.form or [] if name in ("From", "To")}
    return "whatsapp" if any(value.startswith("whatsapp:") for value in ends.values()) else "sms"


def _request(entry: Entry, account: ChannelAccount, numbers: frozenset[str]) -> WebhookRequest:
    """The entry as a webhook of this account: our side of it is the account's, or one of `numbers` it names."""
    url = f"{account.callback_url}?{entry.query}" if entry.query else account.callback_url
    request = WebhookRequest(entry.method, url, {}, {}, b"")
    if entry.form is not None:
        form = [(name, _our_side(name, value, entry.form, account)) for name, value in entry.form]
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return dataclasses.replace(request, headers=headers, body=urlencode(form).encode())
    body = orjson.loads(orjson.dumps(entry.content))
    if entry.channel == "whatsapp":
        for change in (c for e in body.get("entry", ()) for c in e.get("changes", ())):
            metadata = change.get("value", {}).get("metadata")
            if metadata and metadata.get("phone_number_id") not in numbers:
                metadata["phone_number_id"] = account.address
    return dataclasses.replace(request, headers={"content-type": "application/json"}, body=orjson.dumps(body))


def _our_side(name: str, value: str, form: list[tuple[str, str]], account: ChannelAccount) -> str:
    about_ours = any(field == "MessageStatus" for field, _ in form)
    match name:
        case "AccountSid":
            return str(account.settings.get("account_sid") or value)
        case "From" if about_ours:
            return account.address
        case "To" if not about_ours:
            return account.address
        case _:
            return value
