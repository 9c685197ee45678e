"""What every test may ask for: servers at their addresses, and a real browser.

A test that asks for ``redis_url``, ``rabbitmq_url`` or a page is marked ``redis``, ``rabbitmq`` or ``browser`` by that.
"""

import os
from collections.abc import Iterator

import pytest
import redis
from celery.signals import setup_logging
from django import conf
from django.core.cache import cache
from django.db import connection
from hypothesis import settings

from tests import firefox
from tests.servers import addresses
from tracking.hooks import failure_log
from tracking.storage import host_cache

# A busy machine is slow now and then, which says nothing about the code.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


@setup_logging.connect
def leave_logging_alone(**_: object) -> None:
    """Keep a worker in a test's process from raising the level of the root logger for all later tests."""


pytest_plugins = ["tests.browser", "tests.proofs", "tests.school_fixtures"]

MARKER_OF_FIXTURE = {"browser": "browser", "rabbitmq_url": "rabbitmq", "redis_url": "redis"}
# Tests marked so are left out where what they need is not there, and the head of the report says so.
NEEDS = {
    "firefox": "a Firefox (Debian: apt-get install firefox-esr)",
    "mariadb": f"MariaDB as the database: make test has a pass for it where {addresses.MARIADB} is given",
    "postgresql": "PostgreSQL as the database: make test has a pass for it",
    "rabbitmq": f"a RabbitMQ at {addresses.RABBITMQ}",
}


def pytest_report_header() -> list[str]:
    left_out = (f"left out: tests marked {marker}, which need {NEEDS[marker]}" for marker in _left_out())
    return [f"database: {connection.vendor}", *left_out]


def pytest_itemcollected(item: pytest.Item) -> None:
    for fixture, marker in MARKER_OF_FIXTURE.items():
        if fixture in getattr(item, "fixturenames", ()):
            item.add_marker(marker)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = _left_out()
    dropped = [item for item in items if any(item.get_closest_marker(marker) for marker in left_out)]
    config.hook.pytest_deselected(items=dropped)
    kept = [item for item in items if item not in dropped]
    # Playwright leaves an event loop running in its thread, and no later test there could start one of its own.
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def leave_settings_as_they_were() -> Iterator[None]:
    """Fail a test that leaves settings changed: with ``override_settings`` around the fixture ``settings`` it does."""
    before = vars(conf.settings)["_wrapped"]
    yield
    after = vars(conf.settings)["_wrapped"]
    setattr(conf.settings, "_wrapped", before)  # noqa: B010  Its type declares no such attribute.
    assert after is before, (
        "Settings stay changed after this test: change them by the fixture `settings` alone."
    )


@pytest.fixture(autouse=True)
def forget_what_is_cached() -> None:
    """Empty the cache: databases give the keys of a rolled back test's learners to those of the next."""
    cache.clear()
    host_cache.cache.forget_failures()
    failure_log.reset_failures()


@pytest.fixture
def redis_url(worker_id: str) -> Iterator[str]:
    """The address of an empty Redis database that no other test uses at the same time."""
    server = os.environ.get(addresses.REDIS)
    if not server:
        pytest.fail(f"No Redis: set {addresses.REDIS}, or run python -m tests.servers pytest ...")
    url = f"{server}/{worker_id.removeprefix('gw') if worker_id != 'master' else 0}"
    with redis.Redis.from_url(url) as database:
        if database.dbsize():
            pytest.fail(f"{url} holds keys. Tests empty the database that they use: give them another.")
        yield url
        database.flushdb()


@pytest.fixture
def rabbitmq_url() -> str:
    """The address of a RabbitMQ that others may use at the same time: name queues for the test."""
    return os.environ[addresses.RABBITMQ]


def _left_out() -> list[str]:
    present = {
        "firefox": firefox.find() is not None,
        "mariadb": connection.vendor == "mysql",
        "postgresql": connection.vendor == "postgresql",
        "rabbitmq": bool(os.environ.get(addresses.RABBITMQ)),
    }
    return [marker for marker in NEEDS if not present[marker]]
