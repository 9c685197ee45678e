"""The host's description of its own API, and ours in a host that sets nothing of Django REST framework."""

import json
import os
import subprocess
import sys
from pathlib import Path

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from docs import openapi

SETTINGS = """
from tests.settings import *
REST_FRAMEWORK = {}
INSTALLED_APPS = [each for each in INSTALLED_APPS if each != "drf_spectacular"]
"""

DESCRIBE = """
import django, json
django.setup()
from docs import openapi
print(json.dumps(openapi.described()["components"]["schemas"], sort_keys=True, default=str))
"""


def test_the_description_of_the_host_contains_none_of_our_operations():
    with patched_settings({}):
        described = SchemaGenerator().get_schema(request=None, public=True)
    assert [path for path in described["paths"] if path.startswith("/learning/")] == []


def test_the_names_of_our_components_cannot_be_those_of_the_host():
    names = openapi.described()["components"]["schemas"]
    assert [name for name in names if not name.startswith("Tracking")] == []


def test_a_host_that_sets_no_schema_class_gets_the_same_components(tmp_path):
    (tmp_path / "plain_settings.py").write_text(SETTINGS)
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "plain_settings",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(tmp_path)]),
    }
    answer = subprocess.run(
        [sys.executable, "-c", DESCRIBE], env=variables, stdout=subprocess.PIPE, check=True
    )
    wanted = json.dumps(openapi.described()["components"]["schemas"], sort_keys=True, default=str)
    assert json.loads(answer.stdout) == json.loads(wanted)
