"""The environment becomes settings, or one clear line per problem."""

from __future__ import annotations

import base64

import pytest

from workers import settings as module
from workers.settings import SettingsError, load_settings_or_exit, read_settings

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for group in (module.Settings, module.Timing):
        prefix = group.model_config.get("env_prefix", "")
        for name in group.model_fields:
            monkeypatch.delenv((prefix + name).upper(), raising=False)


@pytest.fixture
def urls(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:hunter2@db/frontdesk")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/0")


def test_without_the_urls_a_process_says_so_in_one_line_each_and_exits_2(capsys):
    with pytest.raises(SystemExit) as leaving:
        load_settings_or_exit()
    assert leaving.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(".")[0] for line in lines] == [
        "frontdesk: DATABASE_URL is missing",
        "frontdesk: REDIS_URL is missing",
    ]


@pytest.mark.usefixtures("urls")
def test_a_process_without_a_key_says_so_but_a_command_may_do_without(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "DEMO_ENV_FILE", tmp_path / "absent")
    with pytest.raises(SystemExit) as leaving:
        load_settings_or_exit()
    assert leaving.value.code == 2
    assert "FRONTDESK_SECRET_KEYS is missing" in capsys.readouterr().err
    assert load_settings_or_exit(demo_fallback=True).secret_keys() == ()


@pytest.mark.usefixtures("urls")
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@db/x", "must begin with postgresql://"),
        ("REDIS_URL", "amqp://hunter2", "must begin with redis://"),
        ("PUBLIC_BASE_URL", "hunter2.example.com", "must begin with https://"),
        ("FRONTDESK_SECRET_KEYS", "hunter2", "key 1 is not base64"),
        ("FRONTDESK_SECRET_KEYS", f"{KEY},aHVudGVyMg==", "key 2 has 7 bytes instead of 32"),
        ("PORT", "hunter2", "valid integer"),
        ("ENVIRONMENT", "hunter2", "'development' or 'production'"),
        ("FRONTDESK_LEASE_SECONDS", "-1", "greater than 0"),
    ],
)
def test_a_malformed_value_is_named_but_not_repeated(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    (line,) = caught.value.problems
    assert line.startswith(f"{name} is not usable: ")
    assert says in line
    assert "hunter2" not in line


@pytest.mark.usefixtures("urls")
def test_secrets_do_not_show_in_a_printed_settings_object(monkeypatch):
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    settings = read_settings()
    assert "hunter2" not in repr(settings)
    assert KEY not in repr(settings)
    assert settings.dsn == "postgresql://user:hunter2@db/frontdesk"
    assert settings.secret_keys() == (KEY,)


@pytest.mark.usefixtures("urls")
def test_empty_means_absent_and_time_constants_can_be_divided(monkeypatch):
    monkeypatch.setenv("SENTRY_DSN", "")
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("FRONTDESK_LEASE_SECONDS", "0.3")
    settings = read_settings()
    assert settings.sentry_dsn is None
    assert settings.port == 8080
    assert settings.timing.lease_seconds == 0.3
    assert settings.timing.claim_seconds == 30


def test_only_commands_fall_back_to_the_running_demo(monkeypatch, tmp_path, capsys):
    file = tmp_path / "demo.env"
    file.write_text(
        "DATABASE_URL=postgresql://demo\nREDIS_URL=unix:///r.sock?db=0\nPORT=8081\nFRONTDESK_MAX_CRASHES=5\n"
    )
    monkeypatch.setattr(module, "DEMO_ENV_FILE", file)
    monkeypatch.setenv("PORT", "9000")
    settings = load_settings_or_exit(demo_fallback=True)
    assert settings.dsn == "postgresql://demo"
    assert settings.port == 9000, "the environment wins"
    assert settings.timing.max_crashes == 5
    with pytest.raises(SystemExit):
        load_settings_or_exit()
    assert "DATABASE_URL is missing" in capsys.readouterr().err


@pytest.mark.usefixtures("urls")
def test_the_budget_of_a_turn_fits_its_lease_and_its_job():
    timing = read_settings().timing
    assert timing.turn_budget_seconds < timing.lease_seconds < timing.job_timeout_seconds
    assert timing.call_timeout_seconds < timing.claim_seconds
