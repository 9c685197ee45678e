"""The pytest plugin is found by its entry point, and loads before Django has settings."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def test_the_plugin_is_declared_as_an_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"tracking": "tracking.testing.plugin"}


def test_the_plugin_loads_no_model_and_needs_no_settings():
    code = "import sys, tracking.testing.plugin; print([name for name in sys.modules if name.startswith('tracking')])"

    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "['tracking', 'tracking.testing', 'tracking.testing.plugin']"
