"""Three demo businesses with their thirty days of sample talks: what the fixture `samples` has in it."""

from __future__ import annotations

import httpx

from db.secrets import SecretBox
from db.tx import PoolLimits, open_pool
from tests.salon import KEY
from tests.tls import TLS
from workers.resources import now
from workers.templates import Installation, chosen, seed_templates

TEMPLATES = ["barber", "dental-clinic", "law-firm"]
BARBER = "fade-street-barbers"
DENTAL = "bright-harbor-dental"


async def seed_samples(dsn: str) -> None:
    pool = await open_pool(dsn, PoolLimits(), application_name="seed")
    try:
        async with httpx.AsyncClient(verify=TLS) as http:
            place = Installation(pool, SecretBox([KEY]), http, "http://localhost:8080")
            await seed_templates(place, chosen(TEMPLATES), moment=now())
    finally:
        await pool.close()
