"""Page on which learners erase what is recorded about them."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tracking.dashboards import frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course.filters import FilterForm
from tracking.events import Purpose
from tracking.privacy import consent, inventory, purpose_texts, self_erasure
from tracking.reports.site import courses


class EraseForm(FilterForm):
    """What to erase, in which course, and the confirmation."""

    what = forms.ChoiceField(label=_("What"))
    course = forms.ChoiceField(label=_("Where"), required=False)
    is_confirmed = forms.BooleanField(label=_("Yes, erase it permanently"))

    def __init__(self, data: Any, *, learner_id: Any) -> None:
        super().__init__(data)
        what: Any = self.fields["what"]
        course: Any = self.fields["course"]
        titles = {each.value: text.title for each, text in purpose_texts.WORDS.items()}
        titles[self_erasure.EVERYTHING] = _("Everything that can be erased")
        what.choices = [(each, titles[each]) for each in self_erasure.erasable_choices()]
        mine = courses.learned_courses(learner_id, now=timezone.now())
        course.choices = [("", _("in all courses")), *((each.course_key, each.title) for each in mine)]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_uncached
def erase_view(request: HttpRequest) -> HttpResponse:
    """Show what can be erased; a POST with ``is_confirmed`` erases it."""
    form = EraseForm(request.POST if request.method == "POST" else None, learner_id=request.user.pk)
    if form.is_valid():
        data = form.cleaned_data
        erased = self_erasure.erase_own_data(
            request.user.pk, data["what"], course_key=data["course"], source="erase page"
        )
        # Another process may have cached the old consent answers: with this time, the next page does not use them.
        request.session[consent.ANSWERED_AT] = time.time()
        outcome = f"erased={erased.row_count}&kept={erased.kept_count}"
        return redirect(f"{reverse('tracking:erase')}?{outcome}")
    without_course = inventory.count_kept_without_course(request.user.pk)
    context = {
        "form": form,
        "must_keep_record": not self_erasure.may_erase(Purpose.RECORD),
        "erased": _count(request, "erased"),
        "kept_count": _count(request, "kept"),
        "kept": self_erasure.kept_rows(request.user.pk) if "erased" in request.GET else (),
        "without_course": sum(without_course.values()),
        "tables_without_course": [table for table in inventory.INVENTORY if table.name in without_course],
    }
    return frame.render_page(request, "tracking/erase.html", context)


def _count(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
