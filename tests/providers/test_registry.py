"""Making an adapter from an account: what an operator got wrong is said in his words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.contract import BookingProvider
from providers.registry import PROVIDERS, create_provider
from tests.providers.nailit_answers import TOKEN, account


async def test_an_account_becomes_its_adapter(http, dialect):
    provider = create_provider(account(dialect), http)
    assert isinstance(provider, BookingProvider)
    assert provider.name == "nailit"
    assert "nailit" in PROVIDERS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"provider": "nailt"}, "unknown booking provider 'nailt'; known: nailit, "),
        ({"dialect": "v3"}, "unknown dialect 'v3'; known: v2, facade"),
        ({"base_url": "nailit.example.com"}, "base URL must begin with"),
        ({"timezone": "Kuwait City"}, "unknown time zone 'Kuwait City'"),
        ({"timezone": "../etc/passwd"}, "unknown time zone"),
        ({"secrets": {}}, "'security_token' is missing"),
        ({"secrets": {"security_token": "a\nb"}}, "isn't a header value"),
        ({"settings": {"call_timeout_seconds": 0}}, "setting call_timeout_seconds: "),
        ({"settings": {"languages": ["fr"]}}, "setting languages.0: "),
        ({"settings": {"payment_types": [{"id": "x"}]}}, "setting payment_types.0.id: "),
    ],
)
async def test_settings_that_can_not_work(http, changes, said):
    with pytest.raises(ValueError, match=said):
        create_provider(account(**changes), http)


async def test_settings_of_others_are_ignored(http):
    assert create_provider(account(settings={"console_note": "call Sara"}), http).name == "nailit"


def test_an_account_does_not_show_its_secrets():
    assert TOKEN not in repr(replace(account()))
