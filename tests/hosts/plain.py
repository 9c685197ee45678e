"""The settings of a platform before it has ``tracking``, as ``startproject`` makes them; each host adds its own."""

import os
from typing import Any

import dj_database_url

from tests.servers import addresses

SECRET_KEY = "for the tests alone"
ALLOWED_HOSTS = ["testserver"]
USE_TZ = True
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(os.environ.get(addresses.DATABASE) or "sqlite://:memory:")
}
if "sqlite" not in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": f"test_host_{os.getpid()}"}  # Others run beside it.
# The hosts have no migrations, and their tables point to those of these apps.
MIGRATION_MODULES = dict.fromkeys(["auth", "contenttypes", "sessions"])
CELERY_BROKER_URL = "memory://"

# What ``tracking`` needs and a host may not have.
NEEDED = ["rest_framework", "django_filters"]
