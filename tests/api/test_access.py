"""When the API can't answer now, it says when to try again: too many requests, no database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.listening import free_ports, serving
from tests.sampled import BARBER
from workers.recorder import Recorder
from workers.web import create_app


@dataclass(slots=True)
class Counted:
    """Lets nothing pass whose key begins like this; keeps what it was asked."""

    full: str
    asked: list[tuple[str, int, bool]] = field(default_factory=list)

    async def wait(self, key: str, limit: int = 20, per_seconds: float = 60, *, fail_open: bool) -> float:
        self.asked.append((key, limit, fail_open))
        return 11.5 if key.startswith(self.full) else 0.0


async def asked(api, rates, token, *, post=None):
    [port] = free_ports(1)
    resources = replace(api.resources, rates=rates)
    async with Recorder(api.pool) as recorder, serving(create_app(resources, recorder), port):
        base, headers = (
            f"http://127.0.0.1:{port}",
            {"Authorization": f"Bearer {token}", "X-Workspace": BARBER},
        )
        if post:
            return await api.http.post(f"{base}/api/admin/demo/seed", json=post, headers=headers)
        return await api.http.get(f"{base}/api/admin/leads", headers=headers)


def is_told_to_wait(answer):
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_requests")
    assert answer.json()["error"]["retryAfterSeconds"] == 12
    assert answer.headers["Retry-After"] == "12"


async def test_a_token_that_asks_too_often_is_told_when_to_come_back(api):
    rates = Counted(full="api:")
    is_told_to_wait(await asked(api, rates, api.tokens["agency"]))
    assert rates.asked == [(f"api:{api.tokens['agency'][:11]}", 300, True)]


async def test_wrong_tokens_are_counted_by_address(api):
    rates = Counted(full="api-refused:")
    is_told_to_wait(await asked(api, rates, "fd_00000000_" + "x" * 43))
    assert rates.asked == [("api-refused:127.0.0.1", 30, True)]
    assert (await asked(api, Counted(full="api-refused:"), api.tokens["agency"])).status_code == 200


async def test_seedings_are_counted_apart(api):
    rates = Counted(full="api-demo:")
    is_told_to_wait(await asked(api, rates, api.tokens["agency"], post={"templateKey": "barber"}))
    assert [limit for _, limit, _ in rates.asked] == [300, 40]


async def test_without_the_database_it_says_to_try_again(api):
    await api.pool.close()
    answer = await api.get("/api/admin/leads", workspace=BARBER)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "2"
