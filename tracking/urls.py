"""Every address of ``tracking``: ``path("tracking/", include("tracking.urls"))``."""

from django.urls import include, path, register_converter

from tracking.api.metrics import metrics
from tracking.capture import http
from tracking.dashboards.converters import KeyConverter

app_name = "tracking"

register_converter(KeyConverter, "key")

urlpatterns = [
    path("events/", http.events, name="events"),
    path("events/<str:given_pass>/", http.events, name="events_by_pass"),
    path("xapi/", include("tracking.api.lrs.urls")),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("tracking.api.urls")),
    path("", include("tracking.dashboards.urls")),
]
