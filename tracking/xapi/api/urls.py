"""Addresses of the learning record store."""

from django.urls import path

from tracking.xapi.api import activities, cmi5_fetch, documents, statements

urlpatterns = [
    path("about", activities.about_view, name="xapi_about"),
    path("statements", statements.statements_view, name="xapi_statements"),
    path("fetch/<str:given>", cmi5_fetch.fetch_view, name="xapi_fetch"),
    path("activities", activities.activities_view, name="xapi_activities"),
    path("activities/state", documents.state_view, name="xapi_state"),
    path("activities/profile", documents.activity_profile_view, name="xapi_activity_profile"),
    path("agents", activities.agents_view, name="xapi_agents"),
    path("agents/profile", documents.agent_profile_view, name="xapi_agent_profile"),
]
