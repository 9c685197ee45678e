"""Set up Django on an empty PostgreSQL database with the tables of ``tracking``.

Import this module first. ``make bench-NAME`` puts the address of a server into the environment.
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
    databases = setup_databases(verbosity=0, interactive=False)
    atexit.register(teardown_databases, databases, verbosity=0)


def execute(sql: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def close_others() -> None:
    """Close every other connection to the database: otherwise PostgreSQL refuses to drop it."""
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


_open()
