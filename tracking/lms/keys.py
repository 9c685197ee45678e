"""Keys: how the rows of one model are addressed, and how a row is found again from its key."""

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
"""Between the parts of a key that has several."""

MAX_KEY_LENGTH = 200
"""Characters of a key that are stored (``models.keys.KEY_LENGTH``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRule:
    """How the keys of one model's rows are made and read. ``model`` is ``None`` where the rows are no model's."""

    entry: KeyEntry
    model: type[Model] | None
    prefix: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths whose values make up the key; empty where a callable makes it."""
        if isinstance(self.entry, str):
            return (self.entry,)
        return () if callable(self.entry) else tuple(self.entry)

    def of(self, row: object) -> str:
        """Return the key of ``row``."""
        if callable(self.entry):
            return self.joined([paths.pk_or_value(self.entry(row))])
        return self.joined([paths.pk_or_value(paths.read_path(row, path)) for path in self.paths])

    def joined(self, values: Sequence[object]) -> str:
        """Return the key that has ``values`` for its parts."""
        return _bounded(self.prefix + SEPARATOR.join(str(value) for value in values))

    def from_values(self, values: Sequence[object]) -> str | None:
        """Return the key with ``values`` for its parts, or for the whole of it, as a URL gives them.

        Each is put as its field puts it; ``None`` where one cannot be. Raises ``AdapterError`` for too many or few.
        """
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
        """Return the field look-ups that find the row with ``key``, or ``None`` where they cannot."""
        if not self.paths or not key.startswith(self.prefix):
            return None
        # Only the last part may hold the separator itself.
        values = key.removeprefix(self.prefix).split(SEPARATOR, len(self.paths) - 1)
        if len(values) != len(self.paths):
            return None
        return dict(zip(self.look_ups, values, strict=True))

    @property
    def look_ups(self) -> tuple[str, ...]:
        """The paths as field look-ups."""
        return tuple("__".join(paths.split_path(path)) for path in self.paths)

    def values_in(self, filters: Mapping[str, object]) -> list[object] | None:
        """Return the parts of the key that ``filters`` state, or ``None`` where they state something else."""
        if not self.paths or set(filters) != set(self.look_ups):
            return None
        return [filters[look_up] for look_up in self.look_ups]

    def _canonical(self, path: str, value: object) -> Any:
        """Return ``value`` as the field holds it, so that ``007`` and ``7`` are the same integer key."""
        model: Any = self.model
        field = None
        for name in paths.split_path(path):
            field = paths.find_field(model, name) if model is not None else None
            model = field.related_model if field is not None and field.is_relation else None
        return field.to_python(value) if field is not None and hasattr(field, "to_python") else value


def _bounded(key: str) -> str:
    if len(key) <= MAX_KEY_LENGTH:
        return key
    # A path of many slugs can be longer than what is stored; its beginning and a digest still tell it from others.
    digest = sha256(key.encode()).hexdigest()[:24]
    return f"{key[: MAX_KEY_LENGTH - 25]}~{digest}"
