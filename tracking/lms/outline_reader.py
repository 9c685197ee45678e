"""Reads the outline of one course: one query per node's model, then a tree in the order in which learners meet it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch

from tracking.events import UnitKind
from tracking.exceptions import AdapterError
from tracking.lms import datetimes, paths
from tracking.lms.declarations import Entry
from tracking.lms.structure import CourseRows, UnitRows
from tracking.lms.value_ranges import TITLE_LENGTH, URL_LENGTH
from tracking.lms.values import Outline, OutlineNode


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedNode:
    """A unit and its sort key among its siblings."""

    node: OutlineNode
    place: tuple[SortValue, ...]


@dataclass(frozen=True, slots=True)
class SortValue:
    """One value to order by. Comparable with a value of any type; a missing value sorts last."""

    value: Any
    is_descending: bool = False

    def __lt__(self, other: SortValue) -> bool:
        if self.value is None or other.value is None:
            return self.value is not None
        before, after = (other, self) if self.is_descending else (self, other)
        try:
            return bool(before.value < after.value)
        except TypeError:  # Siblings of two models may be ordered by values of two types.
            return str(before.value) < str(after.value)


def read_outline(courses: CourseRows, course_key: str) -> Outline | None:
    """Return the outline of the course, or ``None`` if the host has no such course."""
    course = courses.find(course_key)
    if course is None:
        return None
    entries = courses.structure
    zone_name = str(paths.read_path(course, entries.time_zone) or "")
    zone = datetimes.time_zone(zone_name)
    placed = [each for units in courses.units for each in _read_units(courses, units, course, zone)]
    return Outline(
        course_key=course_key,
        title=_title(paths.read_path(course, entries.title)),
        nodes=tuple(depth_first(placed)),
        starts_at=datetimes.day_start_or_moment(paths.read_path(course, entries.starts_at), within=zone),
        ends_at=datetimes.day_end_or_moment(paths.read_path(course, entries.ends_at), within=zone),
        time_zone=zone_name,
        is_simulated=bool(paths.read_path(course, entries.is_simulated)),
    )


def depth_first(placed: Iterable[PlacedNode]) -> Iterator[OutlineNode]:
    """Yield every node once: parents before children, siblings in order, nodes with an unknown parent at the top level.

    Everything below an unavailable unit is unavailable too.
    """
    nodes = {each.node.key: each for each in placed}
    children: dict[str, list[PlacedNode]] = {}
    for each in nodes.values():
        parent_key = each.node.parent_key if each.node.parent_key in nodes else ""
        children.setdefault(parent_key, []).append(each)
    for siblings in children.values():
        siblings.sort(key=lambda each: each.place)
    seen: set[str] = set()
    yield from _descendants("", children, seen=seen)
    # Units that are each other's parent are unreachable from the top. Yield them anyway, or learners would lose them.
    for each in nodes.values():
        if each.node.key not in seen:
            seen.add(each.node.key)
            yield replace(each.node, parent_key="")
            yield from _descendants(each.node.key, children, seen=seen, is_available=each.node.is_available)


def _descendants(
    parent_key: str, children: dict[str, list[PlacedNode]], *, seen: set[str], is_available: bool = True
) -> Iterator[OutlineNode]:
    for each in children.get(parent_key, ()):
        if each.node.key in seen:
            continue
        seen.add(each.node.key)
        node = replace(each.node, parent_key=parent_key, is_available=is_available and each.node.is_available)
        yield node
        yield from _descendants(node.key, children, seen=seen, is_available=node.is_available)


def _read_units(courses: CourseRows, units: UnitRows, course: Any, zone: tzinfo) -> Iterator[PlacedNode]:
    order = units.node.order or _model_ordering(units.model)
    for row in units.of_course(course):
        place = tuple(_placement(row, by) for by in order) or _last_place(courses, units, row)
        yield PlacedNode(node=_read_node(courses, units, row, zone), place=place)


def _read_node(courses: CourseRows, units: UnitRows, row: Any, zone: tzinfo) -> OutlineNode:
    entries = units.node
    return OutlineNode(
        key=units.keys.of(row),
        kind=_kind(entries.kind, row),
        title=_title(paths.read_path(row, entries.title)),
        parent_key=_parent_key(courses, row, entries.parent),
        url=url_of(units, row),
        expected_seconds=datetimes.duration_seconds(paths.read_path(row, entries.expected_seconds)),
        due_at=datetimes.day_end_or_moment(paths.read_path(row, entries.due_at), within=zone),
        is_available=_is(row, entries.is_available),
        is_required=_is(row, entries.is_required),
        skills=skills_of(units, row),
    )


def url_of(units: UnitRows, row: Any) -> str:
    """Return the URL at which learners open ``row``; empty if it has no page of its own."""
    entry = units.node.url
    if entry == "get_absolute_url" and not hasattr(row, entry):
        return ""
    try:
        return str(paths.read_path(row, entry) or "")[:URL_LENGTH]
    # A row whose URL cannot be reversed has no page. It must not break the whole outline.
    except NoReverseMatch:
        return ""


def skills_of(units: UnitRows, row: Any) -> tuple[str, ...]:
    """Return the names of the skills that ``row`` teaches or tests."""
    return tuple(str(skill) for skill in paths.read_many(row, units.node.skills))


def _kind(entry: UnitKind | Entry, row: Any) -> UnitKind:
    if isinstance(entry, UnitKind):
        return entry
    value = paths.read_path(row, entry)
    try:
        return UnitKind(value)
    except ValueError as error:
        kinds = ", ".join(repr(kind.value) for kind in UnitKind)
        raise AdapterError(
            f"{value!r} is not a kind of unit. Make the node's kind return one of {kinds}."
        ) from error


def _parent_key(courses: CourseRows, row: Any, entry: Entry) -> str:
    parent = paths.read_path(row, entry)
    if parent is None:
        return ""
    return (courses.unit_key_of(parent) or "") if isinstance(parent, Model) else str(parent)


def _is(row: Any, entry: Entry) -> bool:
    return True if entry is None else bool(paths.read_path(row, entry))


def _title(title: object) -> str:
    return str(title)[:TITLE_LENGTH]


def _placement(row: Any, by: str | Any) -> SortValue:
    if not isinstance(by, str):
        return SortValue(by(row))
    return SortValue(
        paths.pk_or_value(paths.read_path(row, by.removeprefix("-"))), is_descending=by.startswith("-")
    )


def _model_ordering(model: type[Model] | None) -> Sequence[str]:
    if model is None:
        return ()
    # Skip "?" (random order), and expressions, which cannot be read from a row.
    return [by for by in model._meta.ordering or () if isinstance(by, str) and by != "?"]


def _last_place(courses: CourseRows, units: UnitRows, row: Any) -> tuple[SortValue, ...]:
    """Return the sort key of a row without an ordering: after all others, in the order in which nodes are declared."""
    node = courses.units.index(units)
    return SortValue(None), SortValue(node), SortValue(row.pk if isinstance(row, Model) else None)
