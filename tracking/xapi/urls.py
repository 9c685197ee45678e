"""Every URL of this app: ``path("learning/xapi/", include("tracking.xapi.urls"))``."""

from django.urls import path, re_path

from tracking.api.not_found import NotFoundView
from tracking.dashboards import converters
from tracking.xapi.api import activities, cmi5_fetch, documents, launches, statements

app_name = "tracking_xapi"

converters.register_key_converter()

urlpatterns = [
    path("about", activities.about_view, name="about"),
    path("statements", statements.statements_view, name="statements"),
    path("fetch/<str:given>", cmi5_fetch.fetch_view, name="fetch"),
    path("activities", activities.activities_view, name="activities"),
    path("activities/state", documents.state_view, name="state"),
    path("activities/profile", documents.activity_profile_view, name="activity_profile"),
    path("agents", activities.agents_view, name="agents"),
    path("agents/profile", documents.agent_profile_view, name="agent_profile"),
    path("courses/<key:course_key>/launches/", launches.LaunchesView.as_view(), name="launches"),
    # A key that is none matches no route above, and would be answered by the host with a page of its own.
    re_path("^courses/", NotFoundView.as_view(), name="not_found"),
]
