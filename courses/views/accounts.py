"""Pages to sign up and log in."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.views.generic import CreateView

from courses.forms import SignUpForm


class LogIn(LoginView):
    """Log in, then return to the page that required it."""

    template_name = "courses/log_in.html"
    redirect_authenticated_user = True


class SignUp(RedirectURLMixin, CreateView):  # type: ignore[type-arg]  # generic only in the stubs
    """Create an account and log its owner in."""

    template_name = "courses/sign_up.html"
    form_class = SignUpForm

    def get_default_redirect_url(self) -> str:
        return resolve_url("courses:home")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        login(self.request, self.object)
        return response
