"""What a business sets about language models. Keys and addresses are the installation's or sealed beside this."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

ProviderName = Literal["openai", "anthropic"]
DEFAULT_MODELS: dict[ProviderName, str] = {"openai": "gpt-6-luna", "anthropic": "claude-haiku-5-5"}
"""Small and quick: a question is one customer's line."""


class LlmVariant(BaseModel):
    """One arm of an A/B comparison: a model and its share of the conversations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    provider: ProviderName
    model: Annotated[str, Field(min_length=1, max_length=100)]
    share: int = Field(default=1, ge=0, le=1000)
    """Weight against the others; 0: only when another one fails."""
    effort: Literal["low", "medium", "high"] | None = None
    """How long a reasoning model may think; None: as it does by itself."""


class LlmSettings(BaseModel):
    """Without a key nothing of this has any effect; every flow completes without a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    providers: tuple[ProviderName, ...] = ("openai", "anthropic")
    """Whom customers' lines may be shown to, the preferred one first. The others stand in for it."""
    variants: tuple[LlmVariant, ...] = ()
    """Empty: every provider's default model, all conversations with the first."""
    daily_budget_cents: int = Field(default=100, ge=0, le=1_000_000)
    """US cents a day of the business's own; 0: no call."""
    rephrase: bool = False
    """Answers to questions and recommendations may be worded by the model (bot/wording/same_facts.py)."""
    transcribe: bool = True
    """Voice notes are written down where OpenAI's key is there."""
    transcribe_model: str = "gpt-4o-mini-transcribe"
    trade: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")] = ""
    """Whose default persona speaks (bot/llm_prompts.py TRADES)."""

    @model_validator(mode="after")
    def _distinct(self) -> LlmSettings:
        names = [one.name for one in self.variants]
        if len(set(names)) < len(names):
            raise ValueError("two variants have the same name")
        foreign = {one.provider for one in self.variants} - set(self.providers)
        if foreign:
            raise ValueError(f"a variant names a provider that isn't allowed: {', '.join(sorted(foreign))}")
        if self.variants and not any(one.share for one in self.variants):
            raise ValueError("at least one variant needs a share")
        return self

    def arms(self) -> tuple[LlmVariant, ...]:
        """The variants, or each provider's default model with all of the first one's conversations."""
        return self.variants or tuple(
            LlmVariant(name=name, provider=name, model=DEFAULT_MODELS[name], share=1 if at == 0 else 0)
            for at, name in enumerate(dict.fromkeys(self.providers))
        )


def attempts(settings: LlmSettings, conversation_id: UUID, known: Sequence[str]) -> list[LlmVariant]:
    """Whom to ask for a conversation: its own variant, then one of the other provider.

    The same conversation always gets the same variant, in every process. `known`: providers with a key. An arm whose
    provider has no key is no arm: its conversations are shared out among the others.
    """
    arms = [one for one in settings.arms() if one.provider in known]
    sharing = [one for one in arms if one.share] or arms
    if not sharing:
        return []
    first = _drawn(sharing, conversation_id)
    others = [one for one in arms if one.provider != first.provider]
    spare = next((name for name in settings.providers if name in known and name != first.provider), None)
    if not others and spare is not None:
        others = [LlmVariant(name="fallback", provider=spare, model=DEFAULT_MODELS[spare], share=0)]
    return [first, *others[:1]]


def _drawn(arms: Sequence[LlmVariant], conversation_id: UUID) -> LlmVariant:
    weights = [max(one.share, 1) if not any(arm.share for arm in arms) else one.share for one in arms]
    point = int.from_bytes(hashlib.sha256(conversation_id.bytes).digest()[:8]) % sum(weights)
    for arm, weight in zip(arms, weights, strict=True):
        if point < weight:
            return arm
        point -= weight
    raise AssertionError("a point lies within the weights")
