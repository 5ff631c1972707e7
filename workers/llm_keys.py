"""Which language models a business may use: its own sealed keys first, then the installation's."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import httpx
import structlog

from bot.ports import UsableModel
from db import llm
from db.secrets import SecretBox, SecretError
from db.tx import Pool, tx
from providers.llm.registry import PROVIDERS, create_model, create_transcriber

log = structlog.get_logger(__name__)

KEY_FIELD = "api_key"
_SECONDS = 30.0
_MAX_ENTRIES = 5_000


def account_field(provider: str) -> str:
    """What a sealed key is bound to, beside its workspace."""
    return f"llm_account:{provider}"


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    models: Mapping[str, UsableModel]


class LlmKeys:
    """Implements bot.ports.ModelKeys. A changed key is seen within half a minute."""

    def __init__(
        self,
        pool: Pool,
        box: SecretBox,
        http: httpx.AsyncClient,
        *,
        keys: Mapping[str, str],
        base_urls: Mapping[str, str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """keys, base_urls: the installation's, by provider; a provider without a key is left out."""
        self._pool = pool
        self._box = box
        self._http = http
        self._keys = keys
        self._base_urls = base_urls
        self._monotonic = monotonic
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()
        self._made: OrderedDict[tuple[str, str], UsableModel] = OrderedDict()

    async def warm_up(self) -> None:
        """Loads a library that takes a second to import before the first customer waits for it."""
        for provider in self._keys:
            await asyncio.to_thread(importlib.import_module, f"providers.llm.{provider}")

    async def models(self, workspace_id: UUID) -> Mapping[str, UsableModel]:
        """See bot.ports.ModelKeys."""
        kept = self._kept.get(workspace_id)
        if kept is not None and kept.until > self._monotonic():
            return kept.models
        keys = await self._keys_of(workspace_id)
        for provider in keys.keys() - self._keys.keys():
            await asyncio.to_thread(importlib.import_module, f"providers.llm.{provider}")
        models = {name: self._model(name, keys[name]) for name in PROVIDERS if name in keys}
        self._kept[workspace_id] = _Kept(self._monotonic() + _SECONDS, models)
        self._kept.move_to_end(workspace_id)
        while len(self._kept) > _MAX_ENTRIES:
            self._kept.popitem(last=False)
        return models

    async def _keys_of(self, workspace_id: UUID) -> dict[str, str]:
        async with tx(self._pool, workspace_id) as transaction:
            sealed = await llm.accounts(transaction)
        keys = dict(self._keys)
        for provider, secret in sealed.items():
            try:
                opened = self._box.open(secret, workspace_id=workspace_id, field=account_field(provider))
            except SecretError:
                # The installation's key would put the bill on the wrong account: better none at all.
                keys.pop(provider, None)
                log.exception("llm.key_unreadable", workspace=str(workspace_id), provider=provider)
                continue
            keys[provider] = opened[KEY_FIELD]
        return keys

    def _model(self, provider: str, key: str) -> UsableModel:
        """One object per key, whoever uses it."""
        made = self._made.get((provider, key))
        if made is None:
            base_url = self._base_urls[provider]
            made = UsableModel(
                model=create_model(provider, key, self._http, base_url=base_url),
                line=f"{provider}:{self._box.fingerprint(key)[:12]}",
                transcriber=create_transcriber(key, self._http, base_url=base_url)
                if provider == "openai"
                else None,
            )
            self._made[provider, key] = made
            while len(self._made) > _MAX_ENTRIES:
                self._made.popitem(last=False)
        return made
