"""Reading the numbers that commands are given."""

from __future__ import annotations

from argparse import ArgumentTypeError


def positive_int(text: str) -> int:
    """Return the whole number above 0 that ``text`` is."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a positive whole number.")
    return int(text)
