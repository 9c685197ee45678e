"""Keys: how to build the key of a row, and how to find the row from its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from tracking.exceptions import AdapterError
from tracking.lms import paths
from tracking.lms.declarations import KeyEntry

SEPARATOR = "/"
"""Separates the parts of a key that has several."""

MAX_KEY_LENGTH = 200
"""Maximum number of characters in a stored key (``models.keys.KEY_LENGTH``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRule:
    """How to build and read the keys of one model's rows. ``model`` is ``None`` if the rows are not model instances."""

    entry: KeyEntry
    model: type[Model] | None
    prefix: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths whose values make up the key; empty if a callable builds it."""
        if isinstance(self.entry, str):
            return (self.entry,)
        return () if callable(self.entry) else tuple(self.entry)

    def of(self, row: object) -> str:
        """Return the key of ``row``."""
        if callable(self.entry):
            return self.joined([paths.pk_or_value(self.entry(row))])
        return self.joined([paths.pk_or_value(paths.read_path(row, path)) for path in self.paths])

    def joined(self, values: Sequence[object]) -> str:
        """Return the key whose parts are ``values``."""
        return _shortened(self.prefix + SEPARATOR.join(str(value) for value in values))

    def from_values(self, values: Sequence[object]) -> str | None:
        """Return the key whose parts are ``values``, as a URL gives them; a single value may be the whole key.

        Each value is normalised by its field. Returns ``None`` if a field rejects its value. Raises ``AdapterError`` if
        the number of values is wrong.
        """
        # One value for a key of several parts is the whole key, such as a path of slugs in a URL.
        if len(values) == 1 and len(self.paths) != 1:
            return self.joined(values)
        if len(values) != len(self.paths):
            raise AdapterError(
                f"A key made of {self.entry!r} cannot be built from {len(values)} values: {values!r}."
            )
        try:
            return self.joined(
                [self._canonical(path, value) for path, value in zip(self.paths, values, strict=True)]
            )
        except ValidationError:
            return None

    def filters(self, key: str) -> dict[str, str] | None:
        """Return the field lookups that find the row with ``key``, or ``None`` if the key does not determine them."""
        if not self.paths or not key.startswith(self.prefix):
            return None
        # Only the last part may contain the separator, so split from the left and keep the rest whole.
        values = key.removeprefix(self.prefix).split(SEPARATOR, len(self.paths) - 1)
        if len(values) != len(self.paths):
            return None
        return dict(zip(self.lookups, values, strict=True))

    @property
    def lookups(self) -> tuple[str, ...]:
        """The paths as field lookups."""
        return tuple("__".join(paths.split_path(path)) for path in self.paths)

    def values_in(self, filters: Mapping[str, object]) -> list[object] | None:
        """Return the parts of the key if ``filters`` contain exactly these, else ``None``."""
        if not self.paths or set(filters) != set(self.lookups):
            return None
        return [filters[lookup] for lookup in self.lookups]

    def _canonical(self, path: str, value: object) -> Any:
        """Return ``value`` as its field stores it, so that ``007`` and ``7`` give the same integer key."""
        model: Any = self.model
        field = None
        for name in paths.split_path(path):
            field = paths.find_field(model, name) if model is not None else None
            model = field.related_model if field is not None and field.is_relation else None
        return field.to_python(value) if field is not None and hasattr(field, "to_python") else value


def _shortened(key: str) -> str:
    if len(key) <= MAX_KEY_LENGTH:
        return key
    # A path of many slugs can exceed the stored length. Cutting it alone would merge units, so a digest is added.
    digest = sha256(key.encode()).hexdigest()[:24]
    return f"{key[: MAX_KEY_LENGTH - 25]}~{digest}"
