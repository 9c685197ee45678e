"""An empty PostgreSQL database with the tables of ``tracking``, and Django set up on it.

Import it first: ``make bench-NAME`` runs a benchmark with the address of a server in the environment.
"""

import atexit
import os
import sys
from collections.abc import Mapping
from typing import Any

import django
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from tests.servers import addresses


def _open() -> None:
    url = os.environ.get(addresses.DATABASE, os.environ.get(addresses.POSTGRESQL))
    if url is None:
        sys.exit(f"No PostgreSQL: use make bench-NAME, or set {addresses.POSTGRESQL}.")
    os.environ[addresses.DATABASE] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    made = setup_databases(verbosity=0, interactive=False)
    atexit.register(teardown_databases, made, verbosity=0)


def execute(sql: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def close_others() -> None:
    """End every other connection to the database, so that it can be dropped."""
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


_open()
