"""The settings of the tests, for the processes of a real site."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, TRACKING
from tracking.conf import beat_schedule

ROOT_URLCONF = "config.urls"
ALLOWED_HOSTS = ["*"]
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
TRACKING.update(ADAPTER="tests.faults.host.Adapter")
TRACKING.update(EVENTS_PER_MINUTE=1_000_000_000, ROLLUP_EVERY_SECONDS=1)  # type: ignore[call-overload]  # empty there
CELERY_BROKER_URL = os.environ.get("FAULTS_BROKER_URL", "memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 1}
CELERY_BEAT_SCHEDULE = beat_schedule(TRACKING)
