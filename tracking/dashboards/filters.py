"""Which learners of a class are listed: the filters of the class page, kept in its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from tracking.insights.class_overview import ClassOverview, LearnerRow
from tracking.models import Reason


class Standing(TextChoices):
    """Where a learner stands in the course, as the tiles of the class page count them."""

    CHECK_IN = "check_in", _("to check in with")
    ACTIVE = "active", _("active this week")
    FINISHED = "finished", _("finished")
    NEVER_STARTED = "never_started", _("never started")


STANDS: Mapping[str, Callable[[LearnerRow], bool]] = {
    Standing.CHECK_IN: lambda row: bool(row.concerns),
    Standing.ACTIVE: lambda row: row.is_active_this_week,
    Standing.FINISHED: lambda row: row.is_finished,
    Standing.NEVER_STARTED: lambda row: not row.has_started,
}


class Rows(list[LearnerRow]):
    """Learners as a filter set takes them. They are filtered here, because only the host knows their names."""

    model = None

    def all(self) -> Rows:
        return self


class FilterForm(forms.Form):
    """Marks the ids of its fields as ours, because a host's page may have an ``id_q`` of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "trk-%s", **kwargs})


class LearnerFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """Narrows the learners of a class down by name, group, standing and reason for concern."""

    q = CharFilter(label=_("Name"), method="by_name")
    group = ChoiceFilter(label=_("Group"), method="by_group", empty_label=_("all groups"))
    standing = ChoiceFilter(
        label=_("Standing"), method="by_standing", choices=Standing.choices, empty_label=_("everybody")
    )
    reason = ChoiceFilter(label=_("Reason"), method="by_reason", empty_label=_("any reason or none"))

    class Meta:
        form = FilterForm

    def __init__(self, data: Mapping[str, Any], *, overview: ClassOverview) -> None:
        super().__init__(data, queryset=Rows(overview.learners))
        reasons = {concern.reason for learner in overview.check_in for concern in learner.concerns}
        self.filters["group"].extra["choices"] = [(group.key, group.title) for group in overview.groups]
        self.filters["reason"].extra["choices"] = [
            choice for choice in Reason.choices if choice[0] in reasons
        ]

    @property
    def learners(self) -> list[LearnerRow]:
        """The learners that fit; a choice that does not exist narrows nothing down."""
        return list(self.qs)

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else False

    def filter_queryset(self, queryset: Rows) -> Rows:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def by_name(self, rows: Rows, _name: str, value: str) -> Rows:
        return Rows(row for row in rows if value.casefold() in row.name.casefold())

    def by_group(self, rows: Rows, _name: str, value: str) -> Rows:
        return Rows(row for row in rows if row.group_key == value)

    def by_standing(self, rows: Rows, _name: str, value: str) -> Rows:
        return Rows(row for row in rows if STANDS[value](row))

    def by_reason(self, rows: Rows, _name: str, value: str) -> Rows:
        return Rows(row for row in rows if any(concern.reason == value for concern in row.concerns))
