"""The adapter: the one class that a host writes. Declare what you can, and override methods for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from tracking.events import ConsentRequirement, LearnerId, Purpose
from tracking.lms import outline_reader, people, row_maps
from tracking.lms.declarations import AccessFields, AttemptFields, CompletionFields, Structure, Unit
from tracking.lms.row_maps import RowMap
from tracking.lms.structure import CourseRows
from tracking.lms.values import (
    AccessRecord,
    AttemptRecord,
    CompletionRecord,
    EnrolmentRecord,
    Outline,
    UnitRef,
)
from tracking.lms.view_map import ViewMap, match_path, page_of_path, page_of_request


class Adapter:
    """The host's side of ``tracking``. Keys are strings, and a course or unit has the same key everywhere."""

    structure: Structure | None = None
    """Where the host keeps its courses, outlines, learners and instructors."""

    views: Mapping[str, Unit] = {}
    """Views that show units, by view name, ``"namespace:name"``, or dotted path of the view."""

    attempts: Mapping[str, AttemptFields] = {}
    """Models whose rows are attempts at quizzes, by ``"app.Model"``."""

    completions: Mapping[str, CompletionFields] = {}
    """Models whose rows say that a learner has completed a unit, by ``"app.Model"``."""

    history: Mapping[str, AccessFields] = {}
    """Models whose rows are accesses that the host logged before ``tracking`` was installed, by ``"app.Model"``.

    Only ``tracking_backfill`` reads them."""

    def __init__(self) -> None:
        self.courses = CourseRows(self.structure) if self.structure is not None else None
        self.attempt_entries = RowMap(self.attempts)
        self.completion_entries = RowMap(self.completions)
        self.access_entries = RowMap(self.history)
        self.view_map = ViewMap(self.views, self.courses)

    # Methods that a host may override

    def course_keys(self) -> Iterable[str]:
        """Return the key of every course."""
        return self.courses.all_keys() if self.courses is not None else []

    def outline(self, course_key: str) -> Outline | None:
        """Return the current outline of the course, or ``None`` if there is no such course."""
        outline = outline_reader.read_outline(self.courses, course_key) if self.courses is not None else None
        return self._with_overridden(outline) if outline is not None else None

    def enrolments(self, course_key: str) -> Iterable[EnrolmentRecord]:
        """Return the learners of the course, without its instructors."""
        return people.read_enrolled(self.courses, course_key) if self.courses is not None else []

    def unit_of_request(self, request: HttpRequest, response: HttpResponseBase | None) -> UnitRef | None:
        """Return the unit that a page shows. ``response`` is ``None`` while the page is still being rendered."""
        match = request.resolver_match or _match_cached(request, response)
        entry = self.view_map.find(match) if match is not None else None
        if match is None or entry is None:
            return None
        return self.view_map.unit_of(entry, page_of_request(match, request, response))

    def viewed(self, request: HttpRequest, response: HttpResponseBase, unit: UnitRef) -> UnitRef | None:
        """Return the unit that was really shown: ``unit``, a finer one, or ``None``, for example for a locked page."""
        return unit

    def ignore(self, request: HttpRequest) -> bool:
        """Return whether the request is not the learner's own, such as that of an instructor who acts as a learner.

        Recognises django-hijack and django-impersonate.
        """
        user = request.user
        if people.is_lazy_user(user):
            # Both packages replace request.user with a user that they flag, so a lazy user is not impersonated.
            return False
        return bool(getattr(user, "is_hijacked", False) or getattr(user, "is_impersonate", False))

    def can_view_course(self, user: Any, course_key: str) -> bool:
        """Return whether ``user`` may see the whole class. By default, the course's instructors and superusers may."""
        # A user who may not log in must not see a class either.
        if not getattr(user, "is_active", False):
            return False
        return bool(getattr(user, "is_superuser", False)) or self.is_instructor(user, course_key)

    def instructed_course_keys(self, user: Any) -> list[str]:
        """Return the keys of the courses that ``user`` instructs; for a superuser, of all courses."""
        if getattr(user, "is_superuser", False):
            return list(self.course_keys())
        return people.instructed_keys(self.courses, user) if self.courses is not None else []

    def previous_course_key(self, course_key: str) -> str:
        """Return the key of the previous run of the same course; empty if the host does not know it."""
        return ""

    def display_name(self, user: Any) -> str:
        """Return the name under which instructors see ``user``."""
        return people.display_name(user)

    def unit_url(self, unit: UnitRef) -> str:
        """Return the URL at which a learner opens ``unit``, or an empty string. By default, the node's ``url``."""
        found = self.courses.find_unit(unit) if self.courses is not None else None
        return outline_reader.url_of(*found) if found is not None else ""

    def skills(self, unit: UnitRef) -> tuple[str, ...]:
        """Return the skills that ``unit`` teaches or tests. By default, the node's ``skills``."""
        found = self.courses.find_unit(unit) if self.courses is not None else None
        return outline_reader.skills_of(*found) if found is not None else ()

    def may_consent(self, user: Any, purpose: Purpose) -> bool:
        """Return whether ``user`` may consent to ``purpose``: is old enough, or has the agreement of a guardian."""
        return True

    def purpose_rules(self, course_key: str) -> Mapping[Purpose, ConsentRequirement]:
        """Return what a course requires for each purpose.

        The stricter of site and course applies, so a course cannot weaken what the site requires.
        """
        return {}

    def attempt_records(self, row: Model, *, has_answers: bool = True) -> list[AttemptRecord]:
        """Return the attempt in a row of the host, once for each of its learners. Return ``[]`` to ignore the row.

        ``has_answers`` is ``False`` while the answers must not be stored yet.
        """
        found = self.attempt_entries.find(row)
        if found is None:
            return []
        return row_maps.read_attempts(
            *found, row, courses=self.courses, is_enrolled=self.is_enrolled, has_answers=has_answers
        )

    # Derived from the declarations and overrides above

    def completion_records(self, row: Model) -> list[CompletionRecord]:
        """Return the completions in a row of the host, one for each of its learners."""
        found = self.completion_entries.find(row)
        return [] if found is None else self._completions(found[1], row)

    def possible_completions(self, row: Model) -> list[CompletionRecord]:
        """Return the completions that a row of the host says or, if it is not completed, would say if it were."""
        found = self.completion_entries.find(row)
        if found is None:
            return []
        return self._completions(replace(found[1], is_completed=None), row)

    def attempt_owners(self, row: Model, records: Iterable[Any]) -> set[LearnerId]:
        """Return whose attempt a row of the host is: the learners of its ``records``, or whom the row names."""
        owners = {record.learner_id for record in records}
        found = self.attempt_entries.find(row)
        # A row without records may be of a unit that is hidden for now. Its attempts stay with those it names.
        return owners or set(row_maps.learner_ids(row, found[1].learner) if found else ())

    def access_records(self, row: Model) -> list[AccessRecord]:
        """Return the accesses in a row of the host, one for each of its learners."""
        found = self.access_entries.find(row)
        if found is None:
            return []
        return row_maps.read_accesses(found[1], row, courses=self.courses, is_enrolled=self.is_enrolled)

    def unit_of_path(self, path: str) -> UnitRef | None:
        """Return the unit that the page at ``path`` shows, or ``None`` if the path alone does not determine it."""
        match = match_path(path)
        entry = self.view_map.find(match) if match is not None else None
        if match is None or entry is None:
            return None
        return self.view_map.unit_of(entry, page_of_path(path, match))

    def may_show_unit(self, match: ResolverMatch | None) -> bool:
        """Return whether ``unit_of_request`` is worth calling.

        Runs for every request, so it costs only a dict lookup.
        """
        return (
            # Without a match, the page may come from the site-wide cache: unit_of_request() must look.
            match is None or self._is_overridden("unit_of_request") or self.view_map.find(match) is not None
        )

    def is_instructor(self, user: Any, course_key: str) -> bool:
        """Return whether ``user`` is an instructor of the course."""
        if self.courses is None or self._is_overridden("instructed_course_keys"):
            return course_key in self.instructed_course_keys(user)
        course = self.courses.find(course_key)
        return course is not None and people.is_instructor_of(self.courses, user, course)

    def is_enrolled(self, learner_id: LearnerId, course_key: str) -> bool:
        """Return whether the learner is enrolled in the course, by one query unless the host lists learners in code."""
        if self.courses is None or self._is_overridden("enrolments"):
            return any(each.learner_id == learner_id for each in self.enrolments(course_key))
        return people.is_enrolled(self.courses, learner_id, course_key)

    def has_consent_rule(self) -> bool:
        """Return whether the host overrides ``may_consent``. If not, ingest saves the query that loads the user."""
        return self._is_overridden("may_consent")

    def has_enrolments(self) -> bool:
        """Return whether the host says who is enrolled. If it does not, every user may learn in every course."""
        is_declared = self.courses is not None and self.courses.structure.learners is not None
        return is_declared or self._is_overridden("enrolments")

    def has_course_rules(self) -> bool:
        """Return whether the host overrides ``purpose_rules``."""
        return self._is_overridden("purpose_rules")

    def _completions(self, entry: CompletionFields, row: Model) -> list[CompletionRecord]:
        return row_maps.read_completions(entry, row, courses=self.courses, is_enrolled=self.is_enrolled)

    def _is_overridden(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(Adapter, name)

    def _with_overridden(self, outline: Outline) -> Outline:
        """Return ``outline`` with the values from overrides of ``unit_url`` and ``skills``."""
        nodes = outline.nodes
        if self._is_overridden("unit_url"):
            nodes = tuple(replace(node, url=self.unit_url(_ref(outline, node.key))) for node in nodes)
        if self._is_overridden("skills"):
            nodes = tuple(replace(node, skills=tuple(self.skills(_ref(outline, node.key)))) for node in nodes)
        return replace(outline, nodes=nodes)


def _ref(outline: Outline, unit_key: str) -> UnitRef:
    return UnitRef(course_key=outline.course_key, unit_key=unit_key)


def _match_cached(request: HttpRequest, response: HttpResponseBase | None) -> ResolverMatch | None:
    """Return the view behind a page from the site-wide cache: no view ran, so Django resolved nothing."""
    if response is None or response.status_code != 200:
        return None
    return match_path(request.path, urlconf=getattr(request, "urlconf", None))
