"""Access rules of the pages. What a user may not see answers 404, so that its existence is not revealed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from tracking import lms, scrubbing
from tracking.hooks.login import require_login
from tracking.models import Enrolment

RETRY_SECONDS = 60

logger = logging.getLogger("tracking.dashboards")

T = TypeVar("T")
View = Callable[..., HttpResponseBase]


def login_required_uncached(view: View) -> View:
    """Require a login, and keep the response out of every cache, because it is about one person.

    If the database is away or full, the answer is 503, and says that nothing was saved.
    """
    return never_cache(_answering_faults(require_login(view)))


def _answering_faults(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            # Whatever a page writes, it writes all of it or nothing.
            return view(request, *args, **kwargs)
        except (InterfaceError, OperationalError) as error:
            logger.error(  # noqa: TRY400  The error message may contain personal data.
                "A page cannot be shown: the database does not answer.",
                exc_info=scrubbing.safe_exc_info(error),
            )
            return _fault_page(is_saving=request.method == "POST")

    return answer


def _fault_page(*, is_saving: bool) -> HttpResponse:
    """Return a page that needs neither database nor templates."""
    text = (
        gettext(
            "Your change was not saved, because this site cannot store anything at the moment. Please try again."
        )
        if is_saving
        else gettext("This page cannot be shown at the moment. Please try again in a minute.")
    )
    page = format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>'
        '<body><p role="alert">{}</p></body></html>',
        get_language() or "en",
        gettext("Not available at the moment"),
        text,
    )
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def require_enrolment(learner: Any, course_key: str) -> None:
    """Raise ``Http404`` unless ``learner`` is enrolled in the course."""
    if not Enrolment.objects.filter(learner=learner, course_key=course_key).exists():
        raise Http404(f"Not enrolled in {course_key!r}.")


def require_class(instructor: Any, course_key: str) -> None:
    """Raise ``Http404`` unless ``instructor`` may see the class of the course."""
    if not lms.get_adapter().can_view_course(instructor, course_key):
        raise Http404(f"No access to the class of {course_key!r}.")


def get_learner(learner_id: str, course_key: str) -> Any:
    """Return the learner of the course with this primary key, given as text. Raises ``Http404`` if there is none."""
    try:
        enrolment = Enrolment.objects.select_related("learner").get(
            learner_id=get_user_model()._meta.pk.to_python(learner_id), course_key=course_key
        )
    except (Enrolment.DoesNotExist, ValidationError, OverflowError) as error:
        raise Http404(f"{learner_id!r} is not a learner of {course_key!r}.") from error
    return enrolment.learner


def safe_redirect_path(request: HttpRequest, name: str) -> str:
    """Return the URL posted as ``name`` if it is on this site, else an empty string.

    This prevents open redirects.
    """
    target = request.POST.get(name, "")
    is_safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_safe else ""


def get_or_404(value: T | None) -> T:
    """Return ``value``. Raises ``Http404`` if it is ``None``."""
    if value is None:
        raise Http404("Not found.")
    return value
