"""The settings of the tests, changed for a server of several processes that serves only the contestants."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, TRACKING

ROOT_URLCONF = "benchmarks.ingest.site"
ALLOWED_HOSTS = ["*"]
DATABASES["default"].update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=False)
TRACKING.update(EVENTS_PER_MINUTE=1_000_000_000)  # type: ignore[call-overload]  # empty there
LOGGING_CONFIG = None
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
