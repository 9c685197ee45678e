"""The host's courses and units as rows: finds rows from keys, and keys from rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, QuerySet

from tracking.events import UnitKind
from tracking.exceptions import AdapterError
from tracking.lms import paths
from tracking.lms.declarations import Entry, Node, Structure
from tracking.lms.key_cache import KeyCache
from tracking.lms.keys import KeyRule
from tracking.lms.values import UnitRef


class UnitRows:
    """The rows of one ``Node``."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.model = find_model(node.model) if node.model else None
        self.keys = KeyRule(entry=node.key, model=self.model, prefix=_prefix(node))

    def of_course(self, course: Any) -> Iterable[Any]:
        """Return the rows of ``course``, prefetched so that reading every entry of the node needs no further query."""
        if self.node.rows is not None:
            return self.node.rows(course)
        lookup = "__".join(paths.split_path(str(self.node.course)))
        return paths.prefetch_paths(self.queryset.filter(**{lookup: course}), self._entries)

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        """All rows that may be units. Raises ``AdapterError`` if the node has no model."""
        if self.model is None:
            raise AdapterError(
                f"{self.node!r} has no model to find rows in. Name one, or override the adapter's method."
            )
        return self.model._default_manager.filter(**self.node.filter)

    def has_row(self, row: object) -> bool:
        """Return whether ``row`` is an instance of this node's model."""
        return self.model is not None and isinstance(row, self.model)

    @property
    def _entries(self) -> Iterator[Entry]:
        node = self.node
        yield from self.keys.paths
        yield from (node.course, node.parent, node.title, node.expected_seconds, node.due_at)
        yield from (node.is_available, node.is_required, node.url, node.skills)
        yield from (each.removeprefix("-") for each in node.order if isinstance(each, str))


class CourseRows:
    """The courses of a ``Structure`` and, in ``units``, the rows of its nodes."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.model = find_model(structure.course)
        self.keys = KeyRule(entry=structure.key, model=self.model)
        self.units = [UnitRows(node) for node in structure.nodes]
        self._key_cache = KeyCache()

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        """All courses that are tracked."""
        return self.model._default_manager.filter(**self.structure.filter)

    def all_keys(self) -> Iterator[str]:
        """Yield the key of every course."""
        for course in paths.prefetch_paths(self.queryset, self.keys.paths).iterator(chunk_size=1000):
            yield self.keys.of(course)

    def find(self, course_key: str) -> Any:
        """Return the course with ``course_key``, or ``None``."""
        filters = self.keys.filters(course_key)
        if filters is not None:
            return first_matching(self.queryset, filters)
        return next((each for each in self.queryset.all() if self.keys.of(each) == course_key), None)

    def key_for(self, filters: Mapping[str, object]) -> str | None:
        """Return the key of the course that ``filters`` find. No query if they contain the key, or it is cached."""
        stated = self.keys.values_in(filters)
        if stated is not None:
            return self.keys.from_values(stated)
        return self._key_cache.get(("course", *sorted(filters.items())), lambda: self._find_key(filters))

    def units_of(self, label: str) -> UnitRows:
        """Return the rows of the node for the model ``label``. Raises ``AdapterError`` if no node has this model."""
        for units in self.units:
            if units.node.model.lower() == label.lower():
                return units
        known = ", ".join(repr(units.node.model) for units in self.units) or "none"
        raise AdapterError(f"{label!r} is not a node of the structure. Name one of its nodes: {known}.")

    def unit_key_of(self, row: object) -> str | None:
        """Return the unit key of a row of the host, or ``None`` if no node has its model."""
        return next((units.keys.of(row) for units in self.units if units.has_row(row)), None)

    def course_keys_of(self, row: object) -> list[str]:
        """Return the keys of the courses that the row of a unit or course belongs to."""
        if isinstance(row, self.model):
            return [self.keys.of(row)]
        for units in self.units:
            if units.has_row(row) and units.node.course:
                return [self.keys.of(course) for course in paths.read_many(row, units.node.course)]
        return []

    def ref_of(self, row: object) -> UnitRef | None:
        """Return the keys of a unit's row, or ``None`` if it is not a unit or not in exactly one course."""
        unit_key, course_keys = self.unit_key_of(row), self.course_keys_of(row)
        if unit_key is None or len(course_keys) != 1:
            return None
        return UnitRef(course_key=course_keys[0], unit_key=unit_key)

    def ref_for(self, units: UnitRows, filters: Mapping[str, object]) -> UnitRef | None:
        """Return the keys of the unit that ``filters`` find. May come from the cache."""
        key = ("unit", units.node.model, *sorted(filters.items()))
        return self._key_cache.get(key, lambda: self._find_ref(units, filters))

    def find_unit(self, unit: UnitRef) -> tuple[UnitRows, Any] | None:
        """Return the node's rows that contain ``unit``, and the row itself; ``None`` if there is none."""
        for units in self.units:
            filters = units.keys.filters(unit.unit_key) if units.model is not None else None
            row = first_matching(units.queryset, filters) if filters is not None else None
            if row is not None:
                return units, row
        return None

    def clear_cache(self) -> None:
        """Clear the cache of keys. Call it if rows have changed."""
        self._key_cache.clear()

    def _find_key(self, filters: Mapping[str, object]) -> str | None:
        course = first_matching(self.queryset, filters)
        return None if course is None else self.keys.of(course)

    def _find_ref(self, units: UnitRows, filters: Mapping[str, object]) -> UnitRef | None:
        row = first_matching(
            paths.prefetch_paths(units.queryset, [*units.keys.paths, units.node.course]), filters
        )
        return None if row is None else self.ref_of(row)


def find_model(label: str) -> type[Model]:
    """Return the model ``label``. Raises ``AdapterError`` if no installed app has it."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise AdapterError(f"{label!r} is not an installed model. Write 'app_label.Model'.") from error


def first_matching(rows: QuerySet[Any], filters: Mapping[str, object]) -> Any:
    """Return the first of ``rows`` that matches ``filters``; ``None`` also if a field cannot have such a value.

    Raises ``AdapterError`` if ``filters`` name an unknown field.
    """
    # PostgreSQL does not accept NUL in text: such a value from a URL would abort the host's whole transaction.
    if any(isinstance(value, str) and "\0" in value for value in filters.values()):
        return None
    try:
        return rows.filter(**filters).first()
    except FieldError as error:
        raise AdapterError(
            f"{rows.model._meta.label} cannot be looked up by {sorted(filters)}: {error}."
        ) from error
    except (ValueError, ValidationError, OverflowError):
        return None  # A value from a URL may not be a number or a UUID, or may be too large.


def _prefix(node: Node) -> str:
    name = node.prefix
    if name is None:
        is_distinctive = isinstance(node.kind, UnitKind) and node.kind is not UnitKind.OTHER
        name = str(node.kind) if is_distinctive else node.model.rpartition(".")[2].lower()
    return f"{name}:" if name else ""
