"""ADL's requirements on a store of xAPI 1.0.3, by their numbers, and which tests show that they are met."""

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

JSON = "application/json"
ALL = frozenset({*range(1, 334), 336} - {136, 139, 140, 141})
"""XAPI-00001 to 00336 of https://github.com/adlnet/xapi-lrs-conformance-requirements; its text skips some."""
SHOWN_BY: dict[int, str] = {}
"""The test that shows it, by requirement."""


def meets(*numbers: int) -> Callable[[F], F]:
    """Say which requirements a test is about."""

    def note(test: F) -> F:
        SHOWN_BY.update(dict.fromkeys(numbers, test.__name__))
        return test

    return note
