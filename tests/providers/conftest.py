"""A salon that answers every call, its adapter, in both dialects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from providers.nailit import DIALECTS, NailItProvider
from tests.providers.nailit_answers import Salon, provider
from tests.tls import TLS


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def salon(dialect: str) -> Iterator[Salon]:
    with respx.mock:
        yield Salon(dialect)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=TLS) as client:
        yield client


@pytest.fixture
def nailit(http: httpx.AsyncClient, dialect: str) -> NailItProvider:
    return provider(http, dialect)
