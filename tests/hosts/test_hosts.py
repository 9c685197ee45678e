"""Each host is a process of its own: Django's settings, models and users are one for a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

HERE = Path(__file__).parent
HOSTS = sorted(path.parent.name for path in HERE.glob("*/learning.py"))
ON_EVERY_DATABASE = {"academy"}
"""It has users, trees and transactions of its own; what the others show is the same on every database."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in ON_EVERY_DATABASE else pytest.mark.once) for name in HOSTS],
)
def test_a_host_of_another_shape_is_tracked_by_its_adapter_alone(name, pytestconfig):
    learning = HERE / name / "learning.py"
    cases = sorted((HERE.parent / "cases/hosts" / name).glob("*.py"))
    order = pytestconfig.getoption("randomly_seed", None)
    seed = [] if order is None else ["-p", "pytest_randomly", f"--randomly-seed={order}"]
    command = [
        sys.executable, "-m", "pytest", learning, *cases, "--noconftest", "-q",
        "-m", "" if connection.vendor == "sqlite" else "not once",
        "-p", "no:cacheprovider", "-p", "pytest_django.plugin", "-p", "pytest_timeout",
        "-p", "tracking.testing.plugin", *seed, f"--ds=tests.hosts.{name}.settings",
    ]  # fmt: skip
    # A host has the plugins that it needs, and not those that test this app.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)

    assert run.returncode == 0, run.stdout + run.stderr
