"""Require a login for the pages, also on sites that have no login page because their front end logs in by token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

View = Callable[..., HttpResponseBase]


def require_login(view: View) -> View:
    """Show ``view`` to those who are logged in; send others to the login page, or say so if the site has none."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if has_login_page(request):
            return redirect_to_login(request.get_full_path())
        return _login_missing()

    return answer


def has_login_page(request: HttpRequest) -> bool:
    """Return whether ``LOGIN_URL`` leads to a page of this site, or to another site."""
    parts = urlsplit(resolve_url(settings.LOGIN_URL))
    if parts.netloc not in ("", request.get_host()):
        return True
    try:
        resolve(parts.path, urlconf=getattr(request, "urlconf", None))
    except Resolver404:
        return False
    return True


def _login_missing() -> HttpResponse:
    text = gettext("You are not logged in. Log in to the platform, then open this page again.")
    page = format_html(
        '<!doctype html><html lang="{}"><title>{}</title><p>{}', get_language() or "en", text, text
    )
    return HttpResponse(page, status=401)
