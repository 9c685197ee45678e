"""Pages to read, print, download and verify time statements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tracking import lms
from tracking.dashboards import access, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course.filters import FilterForm
from tracking.dashboards.learner import time_statement_csv
from tracking.events import Purpose
from tracking.privacy import access_log, consent
from tracking.privacy.access_log import AccessedResource
from tracking.reports.learner import statement_signing, time_statement
from tracking.reports.learner.time_statement import MAX_PERIOD, TimeStatement
from tracking.rollups import freshness

MAX_FILE_BYTES = 5_000_000
"""Maximum size of a file to verify."""
MAX_PAGE_VIEWS = 1000
"""Maximum number of page views listed on the page; the CSV file has all of them."""


class PeriodForm(FilterForm):
    """The first and last day of the period, both included."""

    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            raise ValidationError({"last": _("The end date is before the start date.")})
        if first and last and last - first >= MAX_PERIOD:
            days = MAX_PERIOD.days
            raise ValidationError(
                {"last": _("A time statement can cover at most %(days)s days.") % {"days": days}}
            )
        return data


class VerifyForm(FilterForm):
    """A code, or the file that ends with one."""

    code = forms.CharField(
        label=gettext_lazy("Verification code"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label=gettext_lazy("Or the table (CSV file)"), required=False)


@require_safe
@login_required_uncached
def my_time_statement(request: HttpRequest) -> HttpResponse:
    """Show the learner's own time in all courses; as CSV with ``?format=csv``."""
    return _render_statement(request, request.user, course_keys=None)


@require_safe
@login_required_uncached
def learner_time_statement(request: HttpRequest, course_key: str, learner_id: str) -> HttpResponse:
    """Show a learner's time in one course to its instructors, if the learner shares their activity."""
    access.require_class(request.user, course_key)
    learner = access.get_learner(learner_id, course_key)
    if not consent.covers(learner.pk, Purpose.ENGAGEMENT, course_key=course_key):
        raise Http404("This learner does not share their activity.")
    access_log.log_access(request.user, learner.pk, AccessedResource.TIME, course_key=course_key)
    return _render_statement(request, learner, course_keys=[course_key])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_time_statement(request: HttpRequest) -> HttpResponse:
    """Show what a code certifies, and whether a table is the certified one. No login is needed."""
    # A link on a printed statement leads here with the code in its query string.
    data = request.POST if request.method == "POST" else request.GET if "code" in request.GET else None
    form = VerifyForm(data, request.FILES or None)
    context: dict[str, Any] = {"form": form, "is_checked": False}
    if data is not None and form.is_valid():
        context |= _verified(form.cleaned_data["code"], form.cleaned_data["file"])
    return frame.render_page(request, "tracking/time_statement_verify.html", context)


def _verified(code: str, file: Any) -> dict[str, Any]:
    table = b""
    if file is not None:
        if file.size > MAX_FILE_BYTES:
            return {"is_checked": True, "certified": None}
        table, code_of_file = time_statement_csv.split_code(file.read())
        code = code or code_of_file
    certified = statement_signing.verify_code(code)
    is_same = certified.is_of(table) if certified is not None and file is not None else None
    return {"is_checked": True, "certified": certified, "is_same": is_same}


def _render_statement(request: HttpRequest, learner: Any, *, course_keys: list[str] | None) -> HttpResponse:
    today = timezone.localdate()
    form = PeriodForm(request.GET if "first" in request.GET else _this_month(today))
    if not form.is_valid():
        return frame.render_page(request, "tracking/time_statement.html", {"form": form, "statement": None})
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    statement = time_statement.find_time_statement(
        learner.pk, first=first, last=last, course_keys=course_keys
    )
    name = lms.get_adapter().display_name(learner)
    table = time_statement_csv.statement_csv(statement)
    code = statement_signing.sign_statement(statement, table, name=name, now=timezone.now())
    if request.GET.get("format") == "csv":
        return _download(statement, time_statement_csv.append_code(table, code))
    context = {
        "form": form,
        "statement": statement,
        "freshness": freshness.time_freshness(learner.pk, now=timezone.now(), course_keys=course_keys),
        "views": statement.views[:MAX_PAGE_VIEWS],
        "name": name,
        "code": code,
        "digest": statement_signing.table_digest(table),
        "check_url": request.build_absolute_uri(reverse("tracking:verify_time_statement")),
        "issued_at": timezone.localtime(),
        "course_key": course_keys[0] if course_keys else "",
        "learner_id": learner.pk,
    }
    return frame.render_page(request, "tracking/time_statement.html", context)


def _download(statement: TimeStatement, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="time-{statement.first}-{statement.last}.csv"'
    return response


def _this_month(today: date) -> dict[str, str]:
    first = today - timedelta(days=today.day - 1)
    return {"first": first.isoformat(), "last": today.isoformat()}
