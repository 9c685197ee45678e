"""A withdrawal at one process is in force at every other within seconds, whatever they share."""

import pytest

from tests.withdrawal import run


@pytest.mark.once
@pytest.mark.parametrize("cache", run.CACHES)
def test_what_is_withdrawn_in_one_process_is_not_stored_by_another(cache):
    measured = run.measure(cache, quiet_seconds=1.0)
    assert measured.stored_before > 0
    assert measured.refused > 0
    assert measured.seconds <= run.BOUND_SECONDS[cache]
