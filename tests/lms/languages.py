"""Addresses below the name of a language."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.urls import path

urlpatterns = i18n_patterns(path("lesson/<int:pk>/", lambda request, pk: HttpResponse(), name="lesson"))
