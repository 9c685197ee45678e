"""The page on which a learner erases what is recorded about them."""

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

from tracking import conf
from tracking.dashboards import frame
from tracking.dashboards.access import personal
from tracking.dashboards.filters import FilterForm
from tracking.events import Purpose
from tracking.insights import courses
from tracking.privacy import consent, erasure, plain_words
from tracking.privacy.erasure import Scope

EVERYTHING = "everything"


class EraseForm(FilterForm):
    """What to erase, in which course, and that it is meant."""

    what = forms.ChoiceField(label=_("What"))
    course = forms.ChoiceField(label=_("Where"), required=False)
    is_meant = forms.BooleanField(label=_("Yes, erase it for good"))

    def __init__(self, data: Any, *, learner_id: Any) -> None:
        super().__init__(data)
        what: Any = self.fields["what"]
        course: Any = self.fields["course"]
        purposes = [each for each in consent.in_use() if may_erase(each)]
        what.choices = [(each.value, plain_words.WORDS[each].title) for each in purposes]
        what.choices += [(EVERYTHING, _("Everything that may be erased"))]
        mine = courses.learned_by(learner_id, now=timezone.now())
        course.choices = [("", _("in all courses")), *((each.course_key, each.title) for each in mine)]


def may_erase(purpose: Purpose) -> bool:
    """Return whether learners may erase what serves ``purpose``: the course record may have to be kept."""
    return purpose is not Purpose.RECORD or not conf.get_settings().RECORD_IS_HELD


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def erase(request: HttpRequest) -> HttpResponse:
    """Ask what to erase; a POST that says ``is_meant`` erases it."""
    form = EraseForm(request.POST if request.method == "POST" else None, learner_id=request.user.pk)
    if form.is_valid():
        erased = _erase(request.user.pk, form.cleaned_data["what"], form.cleaned_data["course"])
        request.session[consent.ANSWERED_AT] = time.time()
        return redirect(f"{reverse('tracking:erase')}?erased={erased}")
    erased_rows = request.GET.get("erased", "")
    context = {
        "form": form,
        "is_held": not may_erase(Purpose.RECORD),
        "erased": int(erased_rows) if erased_rows.isdecimal() else None,
    }
    return frame.render_page(request, "tracking/erase.html", context)


def _erase(learner_id: Any, what: str, course_key: str) -> int:
    course_keys = frozenset({course_key}) if course_key else None
    if what != EVERYTHING:
        purposes: frozenset[Purpose] | None = frozenset({Purpose(what)})
    elif conf.get_settings().RECORD_IS_HELD:
        purposes = frozenset(Purpose) - {Purpose.RECORD}
    else:
        purposes = None
    scope = Scope(learner_id=learner_id, purposes=purposes, course_keys=course_keys)
    erased = erasure.erase(scope, by="the learner")
    if what == EVERYTHING and not course_key:
        # Nobody erases everything to have the next page recorded.
        consent.refuse(learner_id, consent.asked(), source="erase page")
    return erased.total()
