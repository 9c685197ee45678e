"""The view map: finds the unit that a page shows, from the view that answered the request, or from a bare path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve
from django.utils import translation

from tracking.exceptions import AdapterError
from tracking.lms.declarations import Lookup, Page, Source, Unit
from tracking.lms.keys import KeyRule
from tracking.lms.structure import CourseRows, UnitRows
from tracking.lms.values import UnitRef


class ViewMap:
    """Finds the unit that each mapped view shows."""

    def __init__(self, views: Mapping[str, Unit], courses: CourseRows | None) -> None:
        self._views = views
        self._courses = courses
        self._has_dotted = any("." in name for name in views)

    def find(self, match: ResolverMatch) -> Unit | None:
        """Return the entry for the view of ``match``: by name, else by the dotted path of the view."""
        # This runs for every request of the host: an unmapped view costs one failed dict lookup.
        entry = self._views.get(match.view_name)
        if entry is None and self._has_dotted:
            return self._views.get(dotted_path(match.func))
        return entry

    def unit_of(self, entry: Unit, page: Page) -> UnitRef | None:
        """Return the unit that ``page`` shows according to ``entry``, or ``None`` if it shows none."""
        units = self._units(entry)
        found = self._unit(entry.unit, page, units)
        if found is None:
            return None
        if entry.course is None:
            return found if isinstance(found, UnitRef) else self._in_its_course(found, units)
        course_key = self._course_key(entry.course, page)
        unit_key = found.unit_key if isinstance(found, UnitRef) else found
        return UnitRef(course_key=course_key, unit_key=unit_key) if course_key else None

    def _units(self, entry: Unit) -> UnitRows | None:
        if not entry.node:
            return None
        if self._courses is None:
            raise AdapterError(f"{entry.node!r} is not a node of a structure. Give the adapter a structure.")
        return self._courses.units_of(entry.node)

    def _unit(self, source: Source, page: Page, units: UnitRows | None) -> UnitRef | str | None:
        """Return both keys of the unit, or only its own key if no row was read."""
        rule = units.keys if units is not None else None
        if isinstance(source, Lookup):
            return self._look_up_unit(source, page, units)
        if callable(source):
            value = _call(source, page)
            return self._of_row(value) if isinstance(value, Model) else _key(rule, value)
        return _key(rule, *_values(source, page))

    def _look_up_unit(self, lookup: Lookup, page: Page, units: UnitRows | None) -> UnitRef | str | None:
        if units is None or self._courses is None:
            raise AdapterError(
                f"{lookup!r} has no model to find a unit in. Name the model: Unit('app.Model', ...)."
            )
        filters = _filters(lookup, page)
        if filters is None:
            return None
        stated = units.keys.values_in(filters)
        return self._courses.ref_for(units, filters) if stated is None else _key(units.keys, *stated)

    def _of_row(self, row: Model) -> UnitRef | str | None:
        if self._courses is None:
            return None
        # A unit in several courses has no single address, but the entry may name the course.
        return self._courses.ref_of(row) or self._courses.unit_key_of(row)

    def _in_its_course(self, unit_key: str, units: UnitRows | None) -> UnitRef | None:
        filters = units.keys.filters(unit_key) if units is not None else None
        if units is None or filters is None or self._courses is None:
            return None
        return self._courses.ref_for(units, filters)

    def _course_key(self, source: Source, page: Page) -> str | None:
        courses = self._courses
        rule = courses.keys if courses is not None else None
        if isinstance(source, Lookup):
            filters = _filters(source, page)
            return courses.key_for(filters) if courses is not None and filters is not None else None
        if callable(source):
            value = _call(source, page)
            return rule.of(value) if rule is not None and isinstance(value, Model) else _key(rule, value)
        return _key(rule, *_values(source, page))


def page_of_request(match: ResolverMatch, request: HttpRequest, response: HttpResponseBase | None) -> Page:
    """Return the page that the view of ``match`` served for ``request``."""
    return Page(
        view_name=match.view_name,
        path=request.path_info,
        args=match.args,
        kwargs=match.kwargs,
        request=request,
        response=response,
    )


def page_of_path(path: str, match: ResolverMatch) -> Page:
    """Return the page at a bare path, without request or response."""
    return Page(view_name=match.view_name, path=path, args=match.args, kwargs=match.kwargs)


def match_path(path: str, *, urlconf: Any = None) -> ResolverMatch | None:
    """Return the view that serves ``path``, as a browser sends it, or ``None``."""
    path = "/" + path.removeprefix(get_script_prefix()).lstrip("/")
    # Translated URL patterns match only in their language, which need not be the one that is active here.
    language = translation.get_language_from_path(path) or translation.get_language()
    with translation.override(language):
        try:
            return resolve(path, urlconf)
        except Resolver404:
            return None


def dotted_path(view: Callable[..., object]) -> str:
    """Return the dotted path of a view function, or of the class behind it."""
    view = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    name = getattr(view, "__qualname__", type(view).__qualname__)
    return f"{view.__module__}.{name}"


def _call(source: Callable[[Page], object], page: Page) -> object:
    """Return what ``source`` returns for ``page``; ``None`` if it reads a response and there is none yet."""
    try:
        return source(page)
    except (AttributeError, TypeError):
        # A callable that reads the response fails until there is one. After that, it is a real error.
        if page.response is not None:
            raise
        return None


def _values(source: str | tuple[str, ...] | None, page: Page) -> list[object]:
    names = (source,) if isinstance(source, str) else source or ()
    return [page.kwargs.get(name) for name in names]


def _filters(lookup: Lookup, page: Page) -> dict[str, object] | None:
    """Return the field lookups of ``lookup`` for the page, or ``None`` if the page lacks a kwarg."""
    found = {path.replace(".", "__"): page.kwargs.get(kwarg) for kwarg, path in lookup.fields.items()}
    return None if None in found.values() else found


def _key(rule: KeyRule | None, *values: object) -> str | None:
    """Return the key that consists of ``values``, or ``None`` if one is missing or cannot be part of a key."""
    if not values or None in values or "" in values:
        return None
    return "/".join(map(str, values)) if rule is None else rule.from_values(values)
