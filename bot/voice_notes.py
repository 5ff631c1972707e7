"""Voice notes written down before the step hears them, where the business has a key for it. Otherwise they stay as
they are, and the customer gets the polite line.

Everything happens outside of transactions and within the turn's time. The words enter as the text of that very
message, marked as written down; a transcript alone never confirms anything (bot/flows/voice.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import httpx
import structlog

from bot import llm_books
from bot.channels.contract import ChannelAccount
from bot.channels.media import fetch_media
from bot.flows.contract import CustomerMessage, Event
from bot.flows.voice import TRANSCRIBED
from bot.llm_breaker import Breakers
from bot.messages import Inbound, InboundKind
from bot.ports import ModelKeys, UsableModel
from bot.understanding.llm import Purpose
from bot.workspace import WorkspaceSettings
from db import llm
from db.failures import DATABASE_FAILURES
from db.ids import new_id
from db.tx import Pool, tx
from providers.llm.contract import LlmOutcome, Transcriber, Transcript, Usage
from providers.llm.pricing import cost_nanos
from providers.outcome import CallFailure

log = structlog.get_logger(__name__)

MOST_NOTES = 3
"""Of one turn; the others get the polite line."""
LONGEST_TEXT = 2000
_BYTES_A_SECOND = 2_000
_TOKENS_A_SECOND = 12
"""Rough figures of speech in Opus and of audio tokens, both rounded to the dear side: for the estimate only."""
_PROVIDER = "openai"


@dataclass(slots=True)
class VoiceNotes:
    """One per process."""

    pool: Pool
    keys: ModelKeys
    http: httpx.AsyncClient
    limit_seconds: float
    """All notes of one turn together, fetching included."""
    breakers: Breakers
    monotonic: Callable[[], float] = time.monotonic

    async def written_down(
        self,
        events: Sequence[Event],
        *,
        account: ChannelAccount,
        conversation_id: UUID,
        settings: WorkspaceSettings,
        now: datetime,
    ) -> list[Event]:
        """The same events; voice notes that could be written down hold their words."""
        if not settings.llm.enabled or not settings.llm.transcribe or _PROVIDER not in settings.llm.providers:
            return list(events)
        end = self.monotonic() + self.limit_seconds
        heard: list[Event] = []
        notes = 0
        for event in events:
            if isinstance(event, CustomerMessage) and _is_note(event.inbound) and notes < MOST_NOTES:
                notes += 1
                note = _Note(event.inbound, account, conversation_id, settings, now)
                text = await self._text_of(note, end - self.monotonic())
                heard.append(CustomerMessage(_with_text(event.inbound, text)) if text else event)
            else:
                heard.append(event)
        return heard

    async def _text_of(self, note: _Note, left: float) -> str:
        """Empty: it could not be written down, for whatever reason."""
        if left <= 0:
            return ""
        try:
            usable = (await self.keys.models(note.account.workspace_id)).get(_PROVIDER)
            if usable is None or usable.transcriber is None:
                return ""
            if not self.breakers.allows(usable.line, self.monotonic()):
                return ""
            began = self.monotonic()
            media = note.inbound.media[0]
            audio = await fetch_media(media, account=note.account, http=self.http, limit=left / 2)
            left -= self.monotonic() - began
            return await self._transcribed(note, audio, usable, left)
        except CallFailure as failure:
            log.warning("voice.not_fetched", code=failure.code)
        except DATABASE_FAILURES as error:
            log.warning("voice.not_written_down", error=type(error).__name__)
        return ""

    async def _transcribed(self, note: _Note, audio: bytes, usable: UsableModel, left: float) -> str:
        model = note.settings.llm.transcribe_model
        row = await self._begin(note, audio, model)
        if row is None or usable.transcriber is None or left <= 0:
            return ""
        began = self.monotonic()
        result = await _transcript(usable.transcriber, audio, note, model, left)
        took = self.monotonic() - began
        self.breakers.note(usable.line, result.outcome, self.monotonic())
        text = " ".join(result.text.replace("\x00", " ").split())[:LONGEST_TEXT]
        log.info(
            "llm.called", provider=_PROVIDER, model=model, purpose="transcribe", outcome=result.outcome.value
        )
        await llm_books.end(
            self.pool,
            row,
            _ended(result, model, note.now, took, used=bool(text)),
            workspace_id=note.account.workspace_id,
        )
        return text if result.outcome is LlmOutcome.OK else ""

    async def _begin(self, note: _Note, audio: bytes, model: str) -> llm.CallRow | None:
        seconds = len(audio) // _BYTES_A_SECOND + 1
        usage = Usage(fresh_input=seconds * _TOKENS_A_SECOND, output=LONGEST_TEXT)
        most, known = cost_nanos(model, usage, note.now.date())
        row = llm.CallRow(
            id=new_id(),
            conversation_id=note.conversation_id,
            purpose=Purpose.TRANSCRIBE.value,
            reason="voice",
            provider=_PROVIDER,
            model=model,
            variant="",
            prompt_version=0,
            most_nanos=most,
            price_known=known,
        )
        workspace_id = note.account.workspace_id
        async with tx(self.pool, workspace_id) as transaction:
            begun = await llm_books.begin(
                transaction, row, workspace_id=workspace_id, now=note.now, settings=note.settings
            )
        return row if begun else None


@dataclass(frozen=True, slots=True)
class _Note:
    inbound: Inbound
    account: ChannelAccount
    conversation_id: UUID
    settings: WorkspaceSettings
    now: datetime


async def _transcript(scribe: Transcriber, audio: bytes, note: _Note, model: str, limit: float) -> Transcript:
    """What the adapter answers; a fault of its own costs no reply."""
    try:
        mime_type = note.inbound.media[0].mime_type
        return await scribe.transcribe(audio, mime_type=mime_type, model=model, limit=limit)
    except Exception as error:
        log.exception("llm.adapter_broke", provider=scribe.name)
        return Transcript(LlmOutcome.UNREADABLE, detail=f"The adapter broke ({type(error).__name__}).")


def _ended(result: Transcript, model: str, now: datetime, took: float, *, used: bool) -> llm_books.Ended:
    cost, _ = cost_nanos(model, result.usage, now.date())
    return llm_books.Ended(
        result.outcome, result.usage, cost, took, result.request_id, result.detail, used=used
    )


def _is_note(inbound: Inbound) -> bool:
    return inbound.kind is InboundKind.VOICE and bool(inbound.media) and not inbound.text.strip()


def _with_text(inbound: Inbound, text: str) -> Inbound:
    return replace(inbound, text=text, details={**inbound.details, TRANSCRIBED: True})
