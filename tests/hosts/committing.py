"""A plugin of pytest that the tests of every host name: transactions commit, and no fault of ours is left behind."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tracking.models import RejectionCount


@pytest.fixture(autouse=True)
def _committed(transactional_db: None) -> Iterator[None]:
    cache.clear()
    yield
    assert list(RejectionCount.objects.values_list("reason", "rejected_count")) == []
