"""All URLs of ``tracking``. Include them with ``path("learning/", include("tracking.urls"))``."""

from django.urls import include, path

from tracking.api.metrics import metrics_view
from tracking.capture import endpoint
from tracking.dashboards import converters

app_name = "tracking"

converters.register_key_converter()

urlpatterns = [
    path("events/", endpoint.events_view, name="events"),
    path("events/<str:ingest_token>/", endpoint.events_view, name="events_with_token"),
    path("metrics", metrics_view, name="metrics"),
    path("api/v1/", include("tracking.api.urls")),
    path("", include("tracking.dashboards.urls")),
]
