"""What the pages of catalog, sync and AI show, put into the barber's tables: a refused sync, one that runs, a service
with sizes and an Arabic name, free times, calls of language models, personas."""

from __future__ import annotations

from uuid import UUID

from db import catalog_edits, llm, sync_runs
from db.tx import Pool, Tx, tx

PLANNED = {
    "counts": {
        "locations": {"created": 0, "changed": 0, "revived": 0, "retired": 0},
        "services": {"created": 1, "changed": 2, "revived": 0, "retired": 22},
    },
    "retired": {"services": [{"en": "Hot Towel <b>Shave</b>", "ar": "حلاقة"}, {"ar": "لحية"}]},
}
REFUSAL = (
    "22 of 30 services are missing from the booking system's answer, more than the limit of 30%. Nothing was "
    "changed; if that is right, repeat the sync with --force."
)


async def run_of(
    tx: Tx,
    *,
    kind: sync_runs.Kind = "full",
    forced: bool = False,
    progress: tuple[str, int, int] | None = None,
) -> UUID:
    """A run under way."""
    run = await sync_runs.start_run(tx, kind=kind, trigger="operator", forced=forced, claim_seconds=60)
    assert run is not None
    if progress is not None:
        what, done, total = progress
        assert await sync_runs.move_on(tx, run.id, what=what, done=done, total=total, claim_seconds=60)
    return run.id


async def refused(tx: Tx) -> UUID:
    """A full sync that was refused, with what it would have done."""
    run_id = await run_of(tx)
    assert await sync_runs.finish_run(tx, run_id, status="refused", counts={}, error=REFUSAL, planned=PLANNED)
    return run_id


async def done(tx: Tx, counts: dict, *, kind: sync_runs.Kind = "full") -> UUID:
    run_id = await run_of(tx, kind=kind)
    assert await sync_runs.finish_run(tx, run_id, status="done", counts=counts)
    return run_id


async def furnish(pool: Pool, workspace_id: UUID) -> None:
    """All of it."""
    async with tx(pool, workspace_id) as transaction:
        await done(
            transaction,
            {
                "services": {"created": 3, "changed": 1, "revived": 0, "retired": 0},
                "slots": {"created": 240, "refreshed": 0, "deleted": 12},
                "notes": ["service 7: left out, it takes 0 minutes"],
            },
        )
        await done(
            transaction, {"slots": {"created": 0, "refreshed": 0, "deleted": 0}, "notes": []}, kind="slots"
        )
    async with tx(pool, workspace_id) as transaction:
        await refused(transaction)
        await a_catalog(transaction)
        await asked(transaction)
    async with tx(pool, workspace_id) as transaction:
        await run_of(transaction, kind="slots", progress=("free times", 4, 15))


async def a_catalog(tx: Tx) -> UUID:
    """A service with sizes and an Arabic name under a group, one that is gone; edits. Returns the service's id."""
    group, service, gone = (
        await tx.fetchval("SELECT gen_random_uuid()"),
        await tx.fetchval("SELECT gen_random_uuid()"),
        await tx.fetchval("SELECT gen_random_uuid()"),
    )
    await tx.execute(
        "INSERT INTO service_groups (id, workspace_id, external_id, names) VALUES ($1, current_workspace(), 'g', $2)",
        group,
        {"en": "Hair", "ar": "شعر"},
    )
    for one, name, retired in (
        (service, {"en": "Colour", "ar": "صبغة"}, False),
        (gone, {"en": "Perm"}, True),
    ):
        await tx.execute(
            "INSERT INTO services (id, workspace_id, external_id, group_id, names, minutes, price_minor, retired_at) "
            "VALUES ($1, current_workspace(), $2, $3, $4, 60, 9000, CASE WHEN $5 THEN now() END)",
            one,
            name["en"],
            group,
            name,
            retired,
        )
    await tx.execute(
        "INSERT INTO service_locations (workspace_id, service_id, location_id) "
        "SELECT current_workspace(), $1, id FROM locations",
        service,
    )
    for name, price in (("Short", 8000), ("Long", 11000)):
        await tx.execute(
            "INSERT INTO service_sizes (id, workspace_id, service_id, external_id, names, price_minor) "
            "VALUES (gen_random_uuid(), current_workspace(), $1, $2, $3, $4)",
            service,
            name,
            {"en": name, "ar": "حجم"},
            price,
        )
    await catalog_edits.replace_service_edit(
        tx, service, names={"ar": "صبغة شعر"}, aliases=["tint"], minutes=75, price_minor=None, hidden=False
    )
    return UUID(str(service))


OUTCOMES = (["ok"] * 17 + ["timed_out", "rate_limited", "open"]) * 3


async def asked(tx: Tx) -> None:
    """Calls of two variants over three days, some in talks; two personas of which the second speaks."""
    talks = [row["id"] for row in await tx.fetch("SELECT id FROM conversations ORDER BY id LIMIT 12")]
    for number, outcome in enumerate(OUTCOMES):
        small = number % 3 == 0
        await tx.execute(
            "INSERT INTO llm_calls (id, workspace_id, conversation_id, purpose, reason, provider, model, variant, "
            "prompt_version, outcome, used, input_tokens, cached_tokens, output_tokens, cost_nanos, price_known, "
            "latency_ms, detail, created_at) VALUES (gen_random_uuid(), current_workspace(), $1, 'understand', "
            "'no_facts', $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, now() - make_interval(hours => $14))",
            talks[number % len(talks)] if talks and number % 4 else None,
            "anthropic" if small else "openai",
            "claude-haiku-5-5" if small else "gpt-6-luna",
            "calm" if small else "quick",
            outcome,
            outcome == "ok" and number % 5 > 0,
            900 + number,
            500,
            40 + number,
            31_000_000 + number,
            number != 7,
            None if outcome == "open" else 300 + 17 * number,
            "503 <overloaded>" if outcome == "rate_limited" else "",
            number,
        )
    await llm.add_prompt(tx, "You are kind.\nYou are brief.\nYou speak {languages}.", note="the first")
    await llm.add_prompt(tx, "You are kind.\nYou are <b>brisk</b>.\nYou speak {languages}.", note="shorter")
