"""Words that somebody typed into a page."""

from __future__ import annotations

from typing import Any

from django import forms

from tracking.findings.actions import MAX_TEXT_LENGTH


class LimitedTextField(forms.CharField):
    """Words as long as may be kept, counted as the browser counts them."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_length=MAX_TEXT_LENGTH, **given)

    def to_python(self, value: Any) -> str:
        """Return the words with each line break as one letter, which a browser counts and does not send."""
        return (super().to_python(value) or "").replace("\r\n", "\n")
