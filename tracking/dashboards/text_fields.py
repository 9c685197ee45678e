"""Form field for text that a person types."""

from __future__ import annotations

from typing import Any

from django import forms

from tracking.findings.actions import MAX_TEXT_LENGTH


class LimitedTextField(forms.CharField):
    """Text of at most ``MAX_TEXT_LENGTH`` characters, counted as browsers count them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_TEXT_LENGTH, **options)

    def to_python(self, value: Any) -> str:
        """Return the text with each line break as one character."""
        # Browsers count a line break as 1 in maxlength but send 2: without this, a text of full length is rejected.
        return (super().to_python(value) or "").replace("\r\n", "\n")
