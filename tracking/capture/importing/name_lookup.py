"""Look up which learners the names in a log mean, which units exist, and who refused consent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field

from tracking import events
from tracking.capture.importing.rows import ATTEMPT, LogEntry
from tracking.capture.rejections import RejectReason
from tracking.events import LearnerId, Purpose
from tracking.exceptions import ImportFailed
from tracking.models import OutlineUnit
from tracking.privacy import consent


class NameLookup:
    """Looks up names a batch at a time and remembers them.

    ``field_name`` is the field of the user model that the log's names refer to.
    """

    def __init__(self, field_name: str) -> None:
        self._field = _field(field_name)
        self._learners: dict[str, LearnerId | None] = {}
        self._units: dict[str, frozenset[str]] = {}
        self._refusing: dict[Purpose, set[LearnerId]] = {purpose: set() for purpose in Purpose}

    def learn(self, entries: Sequence[LogEntry]) -> None:
        """Look up the learners and courses of ``entries`` that are not known yet, in a few queries."""
        names = {entry.learner for entry in entries} - self._learners.keys()
        if names:
            found = self._find_learners(names)
            self._learners |= {name: found.get(name) for name in names}
            for purpose in Purpose:
                self._refusing[purpose] |= consent.without_consent(list(found.values()), purpose)
        for course_key in {entry.course_key for entry in entries} - self._units.keys():
            keys = OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", flat=True)
            self._units[course_key] = frozenset(keys)

    def find(self, entry: LogEntry) -> LearnerId | RejectReason:
        """Return the learner of ``entry``, or why it cannot be stored. Call ``learn`` with the entry first."""
        learner_id = self._learners[entry.learner]
        if learner_id is None:
            return RejectReason.UNKNOWN_LEARNER
        if entry.unit_key not in self._units[entry.course_key]:
            return RejectReason.UNKNOWN_UNIT
        if learner_id in self._refusing[_purpose(entry)]:
            return RejectReason.NO_CONSENT
        return learner_id

    def _find_learners(self, names: Iterable[str]) -> dict[str, LearnerId]:
        values = {name: value for name in names if (value := self._value(name)) is not None}
        users = get_user_model()._default_manager.filter(**{f"{self._field.name}__in": set(values.values())})
        rows = list(users.values_list(self._field.name, "pk"))
        counts = Counter(value for value, _ in rows)
        # A name that two users share identifies neither: guessing would give one of them the other's record.
        by_value = {value: pk for value, pk in rows if counts[value] == 1}
        return {name: by_value[value] for name, value in values.items() if value in by_value}

    def _value(self, name: str) -> Any:
        if "\x00" in name or not name:
            return None
        try:
            return self._field.to_python(name)
        except (ValidationError, ValueError, OverflowError):
            return None


def _field(name: str) -> Field[Any, Any]:
    options = get_user_model()._meta
    try:
        field = options.pk if name == "pk" else options.get_field(name)
    except FieldDoesNotExist:
        field = None
    if not isinstance(field, Field):
        names = ", ".join(each.name for each in options.concrete_fields)
        raise ImportFailed(
            f"{name!r} is not a field of {options.label} that names a learner. Choose from: {names}."
        )
    return field


def _purpose(entry: LogEntry) -> Purpose:
    return Purpose.RECORD if entry.kind == ATTEMPT else events.get_kind(entry.kind).purpose
