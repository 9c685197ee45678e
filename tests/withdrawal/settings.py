"""The settings of the tests, for two processes that share a database, and a cache where they are given one."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, TRACKING

FOLDER = Path(os.environ["WITHDRAWAL_FOLDER"])
CACHE = os.environ["WITHDRAWAL_CACHE"]

ROOT_URLCONF = "config.urls"
ALLOWED_HOSTS = ["*"]
DATABASES["default"]["NAME"] = FOLDER / "db.sqlite3"
TRACKING.update(ADAPTER="tests.faults.host.Adapter")
TRACKING.update(EVENTS_PER_MINUTE=1_000_000_000)  # type: ignore[call-overload]  # empty there
BACKENDS = {
    "none shared": ("django.core.cache.backends.locmem.LocMemCache", ""),
    "database": ("django.core.cache.backends.db.DatabaseCache", "withdrawal_cache"),
}
backend, location = BACKENDS.get(CACHE, ("django.core.cache.backends.redis.RedisCache", CACHE))
CACHES = {"default": {"BACKEND": backend, "LOCATION": location}}
