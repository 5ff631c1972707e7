"""/metrics: who may look, that it tells what is in the tables, that docs/metrics.md lists all of it, and no person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.web import metrics as module
from db.ids import new_id
from db.tx import Pool
from tests.api.conftest import api
from tests.listening import free_ports, serving
from tests.salon import Seeded, settings_for
from tests.sampled import BARBER
from tests.tls import TLS
from workers.metrics import metrics_listener
from workers.recorder import Recorder
from workers.resources import Resources, open_resources
from workers.web import create_app

__all__ = ["api"]

TOKEN = "sixteen characters"
PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
LISTED = re.compile(r"^\| `(\w+)` \| (\w+) \| ([\w, ]*)\| (web|tables|each) \|", re.MULTILINE)


@dataclass
class Measured:
    resources: Resources
    http: httpx.AsyncClient
    app: web.Application

    @property
    def pool(self) -> Pool:
        return self.resources.pool

    def forget(self) -> None:
        """As if the seconds had passed for which figures are kept."""
        (show,) = (
            one.handler
            for one in self.app.router.routes()
            if one.resource.canonical == "/metrics" and one.method == "GET"
        )
        show.__self__.tables._read_at = float("-inf")


@pytest.fixture
async def measured(demo_dsn):
    """The web process with a token for /metrics."""
    web_port, sandbox_port = free_ports(2)
    settings = settings_for(demo_dsn, Seeded("", web_port, sandbox_port, []), slow_request_seconds=1e-6)
    settings = settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    async with (
        open_resources(settings, process="test") as resources,
        Recorder(resources.pool) as recorder,
        httpx.AsyncClient(timeout=20, base_url=f"http://127.0.0.1:{web_port}", verify=TLS) as http,
    ):
        app = create_app(resources, recorder)
        async with serving(app, web_port):
            yield Measured(resources, http, app)


async def scraped(http: httpx.AsyncClient) -> dict:
    answer = await http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    return families(answer.text)


def families(text: str) -> dict:
    """By the name that is asked for: a counter's ends in _total."""
    found = {}
    for family in text_string_to_metric_families(text):
        found[f"{family.name}_total" if family.type == "counter" else family.name] = family
    return found


def value(found: dict, name: str, **labels: str) -> float:
    family = found[name]
    sample_name = name if family.type != "histogram" else f"{name}_count"
    return sum(
        one.value
        for one in family.samples
        if one.name == sample_name and labels.items() <= one.labels.items()
    )


async def test_only_who_shows_the_token_sees_anything(measured, demo_dsn):
    assert (await measured.http.get("/metrics")).status_code == 401
    for shown in ("Bearer wrong", "Bearer", f"Basic {TOKEN}", TOKEN, "Bearer é".encode()):
        answer = await measured.http.get("/metrics", headers={"Authorization": shown})
        assert (answer.status_code, "frontdesk_" in answer.text) == (401, False), shown
    assert "frontdesk_inbox_waiting" in await scraped(measured.http)


async def test_without_a_token_there_is_no_such_page(api):
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer None"}):
        assert (await api.http.get(f"{api.base}/metrics", headers=headers)).status_code == 404


async def test_every_metric_is_in_the_docs_with_its_type_and_labels(measured):
    await _something_of_everything(measured)
    await measured.http.get("/metrics")  # a request to be counted
    found = await scraped(measured.http)
    listed = {name: (kind, set(labels.split(", ")) - {""}) for name, kind, labels, _ in _listed()}
    assert found.keys() == listed.keys()
    for name, family in found.items():
        kind, labels = listed[name]
        assert family.type == kind, name
        assert family.documentation, name
        used = {label for sample in family.samples for label in sample.labels} - {"le"}
        assert used == labels, f"{name}: {used}"


def _listed() -> list[tuple[str, str, str, str]]:
    found = [(name, kind, labels.strip(), where) for name, kind, labels, where in LISTED.findall(PAGE)]
    assert len(found) > 30
    assert len({name for name, *_ in found}) == len(found)
    return found


def test_alerts_ask_for_metrics_that_there_are():
    names = {name for name, *_ in _listed()}
    alerts = re.findall(r"^\| `([^`]*(?:max|sum)[^`]*)` \|", PAGE, re.MULTILINE)
    assert len(alerts) > 8
    for alert in alerts:
        assert set(re.findall(r"(?:frontdesk|process|python)_\w+", alert)) <= names, alert


async def _something_of_everything(api: Measured) -> None:
    """One of each kind, so that every label is seen: a turn, a send, a call of a model, a sync run, an error."""
    workspace_id = await api.pool.fetchval("SELECT id FROM workspaces WHERE key = $1", BARBER)
    talk = await api.pool.fetchval(
        "SELECT id FROM conversations WHERE workspace_id = $1 ORDER BY id LIMIT 1", workspace_id
    )
    inbox = await api.pool.fetchval(
        "INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload, status, "
        "received_at, done_at) VALUES ($1, $2, 'web', 'x', 'm1', 'customer_message', '{}', 'done', "
        "now() - interval '2 seconds', now() - interval '1 second') RETURNING id",
        workspace_id,
        talk,
    )
    for ordinal, (status, more) in enumerate(
        [
            ("done", "now() - interval '250 milliseconds', now(), NULL"),
            ("unknown", "now() - interval '5 seconds', NULL, now()"),
        ]
    ):
        await api.pool.execute(
            "INSERT INTO effects (id, workspace_id, conversation_id, inbox_id, ordinal, kind, status, "
            "idempotency_key, request, result, called_at, settled_at, unknown_since) "
            f"VALUES ($1, $2, $3, $4, $5, 'send', $6, $7, '{{}}', '{{}}', {more})",
            new_id(), workspace_id, talk, inbox, ordinal, status, f"send-number-{ordinal}",
        )  # fmt: skip
    await api.pool.execute(
        "INSERT INTO llm_calls (id, workspace_id, purpose, provider, model, outcome, latency_ms, cost_nanos) "
        "VALUES ($1, $2, 'understand', 'openai', 'gpt', 'ok', 400, 2500000)",
        new_id(),
        workspace_id,
    )
    await api.pool.execute(
        "INSERT INTO sync_runs (id, workspace_id, kind, trigger, status, started_at, finished_at) "
        "VALUES ($1, $2, 'slots', 'schedule', 'done', now() - interval '3 seconds', now())",
        new_id(),
        workspace_id,
    )
    await api.pool.execute(
        "INSERT INTO operator_errors (id, workspace_id, kind, fingerprint, summary) "
        "VALUES ($1, $2, 'send_failed', 'x', 'A reply')",
        new_id(),
        workspace_id,
    )


async def test_figures_are_those_of_the_tables(measured):
    before = await scraped(measured.http)
    assert value(before, "frontdesk_database_up") == 1
    assert value(before, "frontdesk_turns_recent") == 0
    await _something_of_everything(measured)
    measured.forget()
    found = await scraped(measured.http)
    assert value(found, "frontdesk_turns_recent") == 1
    assert value(found, "frontdesk_turn_seconds", quantile="0.5") == pytest.approx(1, abs=0.01)
    assert value(found, "frontdesk_effects_open", kind="send", status="unknown") == 1
    assert value(found, "frontdesk_effects_recent", kind="send", status="done") == 1
    send = {"provider": "web", "call": "send"}
    assert value(found, "frontdesk_provider_calls_recent", **send, outcome="unknown") == 1
    assert value(found, "frontdesk_provider_call_seconds", **send, outcome="done", quantile="1") == 0.25
    assert value(found, "frontdesk_llm_call_seconds", call="understand", quantile="0.95") == 0.4
    assert value(found, "frontdesk_llm_cost_dollars") - value(
        before, "frontdesk_llm_cost_dollars"
    ) == pytest.approx(0.0025)
    assert value(found, "frontdesk_sync_run_seconds", call="slots", quantile="0.5") == 3
    assert value(found, "frontdesk_operator_errors_open", kind="send_failed") >= 1


async def test_requests_are_counted_by_template_and_slow_ones_logged(measured):
    await measured.http.get("/demo/nobody-knows-this")
    await measured.http.get("/wp-login.php?name=Sara")
    await measured.http.request("PROPFIND", "/api/health/live")
    with capture_logs() as lines:
        await measured.http.get(
            "/api/admin/leads/0b2d3f54?search=Sara", headers={"Authorization": "Bearer x"}
        )
    slow = [line for line in lines if line["event"] == "web.slow_request"]
    assert [(one["route"], one["method"], one["status"]) for one in slow] == [
        ("/api/admin/leads/{id}", "GET", 401)
    ]
    found = await scraped(measured.http)
    requests = "frontdesk_http_requests_total"
    assert value(found, requests, route="/demo/{key}", status="404") == 1
    assert value(found, requests, route="unknown", method="GET", status="404") == 1
    assert value(found, requests, route="/api/admin/leads/{id}", status="401") == 1
    assert value(found, requests, method="other") == 1
    assert value(found, "frontdesk_http_request_seconds", route="/api/admin/leads/{id}") == 1
    labels = {label for family in found.values() for one in family.samples for label in one.labels.values()}
    assert not [label for label in labels if "sara" in label.lower() or "0b2d" in label or "nobody" in label]


async def test_a_dead_database_is_told_and_the_process_still_tells_of_itself(measured):
    await measured.pool.close()
    with capture_logs() as lines:
        found = await scraped(measured.http)
    assert value(found, "frontdesk_database_up") == 0
    assert "frontdesk_inbox_waiting" not in found
    assert value(found, "process_resident_memory_bytes") > 0
    assert "metrics.no_figures" in [line["event"] for line in lines]


async def test_a_process_without_a_server_tells_of_itself_on_its_own_port(measured):
    (port,) = free_ports(1)
    resources = measured.resources
    resources.settings = resources.settings.model_copy(update={"metrics_port": port})
    async with metrics_listener(resources, "messages") as opened:
        assert opened == port
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            assert (await http.get("/metrics")).status_code == 401
            found = await scraped(http)
        with capture_logs() as lines:
            async with metrics_listener(resources, "catalog") as second:
                assert second is None
        assert [line["event"] for line in lines] == ["metrics.no_listener"]
    assert found["frontdesk_info"].samples[0].labels["process"] == "messages"
    assert found.keys() == {name for name, _, _, where in _listed() if where == "each"}
    resources.settings = resources.settings.model_copy(update={"metrics_token": None})
    async with metrics_listener(resources, "messages") as closed:
        assert closed is None


def test_what_waits_for_a_turn_may_take_as_long_as_one():
    assert "/api/widget/messages".startswith(module._WAITS_FOR_A_TURN)
    assert not "/api/admin/leads".startswith(module._WAITS_FOR_A_TURN)
