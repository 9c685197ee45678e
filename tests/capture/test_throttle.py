"""How many events a learner may send a minute."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from tracking.capture import throttle

NOW = datetime(2026, 3, 11, 12, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.TRACKING = {"EVENTS_PER_MINUTE": 10}
    cache.clear()


def test_whoever_reached_the_limit_waits_for_the_next_minute() -> None:
    throttle.count_sent(7, 9, now=NOW)
    assert throttle.seconds_to_wait(7, now=NOW) == 0
    throttle.count_sent(7, 1, now=NOW)
    assert throttle.seconds_to_wait(7, now=NOW) == 40
    assert throttle.seconds_to_wait(7, now=NOW + timedelta(seconds=40)) == 0


def test_one_learner_does_not_use_up_the_limit_of_another() -> None:
    throttle.count_sent(7, 10, now=NOW)
    assert throttle.seconds_to_wait(8, now=NOW) == 0


def test_an_entry_that_the_cache_evicted_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def evicted(*_: object) -> int:
        raise ValueError

    monkeypatch.setattr(cache, "incr", evicted)
    throttle.count_sent(7, 10, now=NOW)
    assert throttle.seconds_to_wait(7, now=NOW) == 40
