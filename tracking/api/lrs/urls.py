"""Addresses of the learning record store."""

from django.urls import path

from tracking.api.lrs import documents, fetch, statements, things

urlpatterns = [
    path("about", things.about, name="xapi_about"),
    path("statements", statements.view, name="xapi_statements"),
    path("fetch/<str:given>", fetch.fetch, name="xapi_fetch"),
    path("activities", things.activities, name="xapi_activities"),
    path("activities/state", documents.state, name="xapi_state"),
    path("activities/profile", documents.activity_profile, name="xapi_activity_profile"),
    path("agents", things.people, name="xapi_agents"),
    path("agents/profile", documents.agent_profile, name="xapi_agent_profile"),
]
