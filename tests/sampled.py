"""Three demo businesses with their thirty days of sample talks: what the fixture `samples` has in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

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
            for template in chosen(TEMPLATES):
                await seed_templates(place, [template], moment=_in_the_morning(template.settings.zone))
    finally:
        await pool.close()


def _in_the_morning(zone: ZoneInfo) -> datetime:
    """Nine o'clock there or earlier today: the last samples are yesterday's, from nine on, and after a day's silence a
    talk is closed. Seeded in the evening, a business would have no open talk."""
    local = now().astimezone(zone)
    return min(local, local.replace(hour=9, minute=0, second=0, microsecond=0))
