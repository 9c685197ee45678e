"""The demo platform without any optional app of ``tracking``."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith("tracking.")]
ROOT_URLCONF = "tests.hosts.core_only.urls"
if "sqlite" not in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": f"test_host_{os.getpid()}"}  # Others run beside it.
