"""Filters of the learners on an instructor's pages, kept in the query string."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from tracking.definitions import reasons
from tracking.models import UnitState
from tracking.reports.course import progress_grid
from tracking.reports.course.learner_rows import LearnerRow
from tracking.reports.course.overview import ClassOverview
from tracking.reports.course.progress_grid import ProgressGrid


class LearnerStatus(TextChoices):
    """Status of a learner in the course, as counted by the tiles of the class page."""

    CHECK_IN = "check_in", _("to check in with")
    ACTIVE = "active", _("active this week")
    FINISHED = "finished", _("finished")
    STARTED = "started", _("started")
    NEVER_STARTED = "never_started", _("never started")


class LastSeenPeriod(TextChoices):
    """Period in which a learner was last seen."""

    WEEK = "7", _("in the last 7 days")
    MONTH = "28", _("in the last 28 days")
    NOT_IN_WEEK = "-7", _("not in the last 7 days")
    NOT_IN_MONTH = "-28", _("not in the last 28 days")


STATUS_TESTS: Mapping[str, Callable[[LearnerRow], bool]] = {
    LearnerStatus.CHECK_IN: lambda row: bool(row.findings),
    LearnerStatus.ACTIVE: lambda row: row.is_active_this_week,
    LearnerStatus.FINISHED: lambda row: row.is_finished,
    LearnerStatus.STARTED: lambda row: row.has_started,
    LearnerStatus.NEVER_STARTED: lambda row: not row.has_started,
}


FOUND_IN_ROWS = [
    choice for choice in UnitState.choices if choice[0] not in (UnitState.NOT_REACHED, UnitState.LOCKED)
]
"""States that have rows. A learner who has not reached a lesson has no row for it, so those cannot be filtered by."""


class ListedLearner(Protocol):
    """The fields that every list of learners has."""

    @property
    def learner_id(self) -> Any: ...
    @property
    def name(self) -> str: ...
    @property
    def group_key(self) -> str: ...
    @property
    def group_title(self) -> str: ...


class LearnerRows(list[Any]):
    """Learners in the form that a ``FilterSet`` expects.

    They are filtered in memory, because only the host knows their names.
    """

    model = None

    def all(self) -> LearnerRows:
        return self


class FilterForm(forms.Form):
    """Prefix the ids of form fields, because a host's page may have an ``id_q`` of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "trk-%s", **kwargs})


class PeopleFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """Filter learners by name and group."""

    more: tuple[str, ...] = ()
    """Filters that are collapsed until one of them is set."""

    q = CharFilter(label=_("Name"), method="by_name")
    group = ChoiceFilter(label=_("Group"), method="by_group", empty_label=_("all groups"))

    class Meta:
        form = FilterForm

    def __init__(self, data: Mapping[str, Any], *, people: Iterable[ListedLearner], course_key: str) -> None:
        rows = LearnerRows(people)
        super().__init__(data, queryset=rows)
        self.course_key = course_key
        titles = {row.group_key: row.group_title for row in rows if row.group_key}
        self._offer("group", sorted(titles.items(), key=lambda pair: pair[1]))

    @property
    def learners(self) -> list[Any]:
        """The learners that match. An unknown choice filters nothing."""
        return list(self.qs)

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is set."""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else False

    @property
    def has_more_filters(self) -> bool:
        """Whether any of the collapsed filters is set."""
        return self.is_filtered and any(self.form.cleaned_data.get(name) for name in self.more)

    def filter_queryset(self, queryset: LearnerRows) -> LearnerRows:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def by_name(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        return LearnerRows(row for row in rows if value.casefold() in row.name.casefold())

    def by_group(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        return LearnerRows(row for row in rows if row.group_key == value)

    def _offer(self, name: str, choices: Collection[tuple[str, Any]]) -> None:
        """Set the choices of the filter ``name``, or remove it if there are none."""
        if choices:
            self.filters[name].extra["choices"] = list(choices)
        else:
            del self.filters[name]


class LearnerFilter(PeopleFilter):
    """Filter the learners of a class by status, by reason to check in, and by the state of a lesson."""

    more = ("period", "module", "unit", "state")

    status = ChoiceFilter(
        label=pgettext_lazy("tracking", "Status"),
        method="by_status",
        choices=LearnerStatus.choices,
        empty_label=_("all learners"),
    )
    reason = ChoiceFilter(label=_("Reason"), method="by_reason", empty_label=_("any reason, or none"))
    period = ChoiceFilter(
        label=_("Last seen"), method="by_period", choices=LastSeenPeriod.choices, empty_label=_("at any time")
    )
    module = ChoiceFilter(label=_("Module"), method="by_module", empty_label=_("any module"))
    unit = ChoiceFilter(label=_("Lesson or quiz"), method="by_unit", empty_label=_("any lesson or quiz"))
    state = ChoiceFilter(
        label=_("Has a lesson that is"),
        method="by_state",
        choices=FOUND_IN_ROWS,
        empty_label=_("in any state"),
    )

    def __init__(self, data: Mapping[str, Any], *, overview: ClassOverview, now: datetime) -> None:
        super().__init__(data, people=overview.learners, course_key=overview.course_key)
        self.now = now
        self.units = {module.key: {unit.key for unit in module.units} for module in overview.modules}
        findings = [finding for learner in overview.check_in for finding in learner.findings]
        current = {finding.reason for finding in findings}
        # Offer the requested unit even if it has no finding: as an unknown choice it would filter nothing, and the page
        # would list all learners instead of none.
        units = {data.get("unit"), *(finding.unit_key for finding in findings)}
        self._offer("reason", [choice for choice in reasons.reason_choices() if choice[0] in current])
        self._offer("module", [(module.key, module.title) for module in overview.modules if module.key])
        self._offer("unit", [(unit.key, unit.title) for unit in overview.units if unit.key in units])

    def by_status(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        return LearnerRows(row for row in rows if STATUS_TESTS[value](row))

    def by_reason(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        return LearnerRows(row for row in rows if any(finding.reason == value for finding in row.findings))

    def by_period(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        since = self.now - timedelta(days=abs(int(value)))
        is_within = int(value) > 0
        return LearnerRows(
            row for row in rows if (row.last_at is not None and row.last_at >= since) == is_within
        )

    def by_module(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        """Keep learners with a reason to check in within the module. With a state, ``by_state`` applies it instead."""
        if self.form.cleaned_data.get("state"):
            return rows
        units = self.units[value]
        return LearnerRows(row for row in rows if any(finding.unit_key in units for finding in row.findings))

    def by_unit(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        """Keep learners with a reason to check in about the unit. With a state, ``by_state`` applies it instead."""
        if self.form.cleaned_data.get("state"):
            return rows
        return LearnerRows(row for row in rows if any(finding.unit_key == value for finding in row.findings))

    def by_state(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        within = {f"{name}_key": self.form.cleaned_data.get(name) or None for name in ("module", "unit")}
        ids = progress_grid.learners_in_state(self.course_key, value, **within)
        return LearnerRows(row for row in rows if row.learner_id in ids)


class GridFilter(PeopleFilter):
    """Filter the learners of a progress grid by the state of any of its lessons."""

    state = ChoiceFilter(
        label=_("Has a lesson that is"),
        method="by_state",
        choices=FOUND_IN_ROWS,
        empty_label=_("in any state"),
    )

    def __init__(self, data: Mapping[str, Any], *, grid: ProgressGrid) -> None:
        super().__init__(data, people=grid.learners, course_key=grid.course.course_key)
        self.module_key = grid.module_key

    def by_state(self, rows: LearnerRows, _name: str, value: str) -> LearnerRows:
        ids = progress_grid.learners_in_state(self.course_key, value, module_key=self.module_key)
        return LearnerRows(row for row in rows if row.learner_id in ids)
