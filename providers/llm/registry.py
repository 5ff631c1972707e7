"""The language models by name. Their libraries are loaded when a key is there to use them, not before."""

from __future__ import annotations

import httpx

from providers.llm.contract import LanguageModel, Transcriber

PROVIDERS = ("openai", "anthropic")


def create_model(provider: str, api_key: str, http: httpx.AsyncClient, *, base_url: str) -> LanguageModel:
    """Raises LookupError for a provider that nobody knows."""
    if provider == "openai":
        from providers.llm.openai import OpenAiModel  # noqa: PLC0415 - half a second and 40 MB, if used at all

        return OpenAiModel(api_key, http, base_url=base_url)
    if provider == "anthropic":
        from providers.llm.anthropic import AnthropicModel  # noqa: PLC0415 - beside its sibling

        return AnthropicModel(api_key, http, base_url=base_url)
    raise LookupError(f"unknown language model provider {provider!r}")


def create_transcriber(api_key: str, http: httpx.AsyncClient, *, base_url: str) -> Transcriber:
    """OpenAI's, the only one of the two that transcribes."""
    from providers.llm.openai import OpenAiModel  # noqa: PLC0415 - see above

    return OpenAiModel(api_key, http, base_url=base_url)
