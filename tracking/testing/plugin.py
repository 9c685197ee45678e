"""The pytest plugin. It is loaded before Django is set up, so it imports the rest only inside its fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tracking.testing.recorder import Recorder


@pytest.fixture
def tracking_recorder(db: None) -> Iterator[Recorder]:
    """Collect what is recorded during the test. Needs pytest-django."""
    from tracking.testing.recorder import Recorder  # noqa: PLC0415  Models need settings, which pytest reads later.

    with Recorder() as recorder:
        yield recorder
