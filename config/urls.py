"""The URLs of the project."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("learning/xapi/", include("tracking.xapi.urls")),
    path("learning/", include("tracking.urls")),
    path("", include("courses.urls")),
]
