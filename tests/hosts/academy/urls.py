from django.urls import include, path

from tests.hosts.academy import pages

urlpatterns = [
    *pages.urlpatterns,
    path("tracking/", include("tracking.urls")),
]
