"""URLs of the pages. ``tracking.urls`` registers the ``key`` converter."""

from django.urls import path
from django.views.generic import RedirectView

from tracking.dashboards import data_versions, findings_seen
from tracking.dashboards.course import (
    action_log_page,
    class_actions,
    class_learner_pages,
    class_pages,
    module_pages,
    risk_pages,
    trend_pages,
)
from tracking.dashboards.learner import learner_actions, learner_pages, time_statement_pages, timeline_pages
from tracking.dashboards.lesson import lesson_pages
from tracking.dashboards.privacy import consent_page, data_pages, erase_page, processing_page

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="tracking:my_courses"), name="start"),
    path("me/", learner_pages.my_courses, name="my_courses"),
    path("time/", time_statement_pages.my_time_statement, name="my_time_statement"),
    path("time/verify/", time_statement_pages.verify_time_statement, name="verify_time_statement"),
    path("me/<key:course_key>/", learner_pages.my_progress, name="my_progress"),
    path("me/<key:course_key>/timeline/", timeline_pages.my_timeline, name="my_timeline"),
    path("me/<key:course_key>/attempts/<int:attempt_id>/", timeline_pages.my_attempt, name="my_attempt"),
    path("me/<key:course_key>/actions/", learner_actions.learner_action_view, name="my_actions"),
    path("me/<key:course_key>/findings-seen/", findings_seen.my_findings_seen, name="my_findings_seen"),
    path("me/<key:course_key>/data-version/", data_versions.my_data_version, name="my_data_version"),
    path(
        "classes/<key:course_key>/data-version/", data_versions.class_data_version, name="class_data_version"
    ),
    path("classes/", class_pages.classes, name="classes"),
    path("classes/<key:course_key>/", class_pages.class_, name="class"),
    path("classes/<key:course_key>/actions/", class_actions.class_action_view, name="class_actions"),
    path(
        "classes/<key:course_key>/findings-seen/",
        findings_seen.class_findings_seen,
        name="class_findings_seen",
    ),
    path("classes/<key:course_key>/action-log/", action_log_page.class_history, name="class_action_log"),
    path("classes/<key:course_key>/trends/", trend_pages.trends, name="class_trends"),
    path("classes/<key:course_key>/risk/", risk_pages.risk, name="class_risk"),
    path("classes/<key:course_key>/progress/", module_pages.progress_grid, name="class_progress_grid"),
    path("classes/<key:course_key>/modules/<key:module_key>/", module_pages.module, name="class_module"),
    path("classes/<key:course_key>/lessons/<key:unit_key>/", lesson_pages.lesson, name="class_lesson"),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/",
        class_learner_pages.class_learner,
        name="class_learner",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/data-version/",
        data_versions.class_learner_data_version,
        name="class_learner_data_version",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/timeline/",
        timeline_pages.learner_timeline,
        name="class_learner_timeline",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/attempts/<int:attempt_id>/",
        timeline_pages.learner_attempt,
        name="class_learner_attempt",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/time/",
        time_statement_pages.learner_time_statement,
        name="class_learner_time_statement",
    ),
    path("consent/", consent_page.consent, name="consent"),
    path("processing/", processing_page.processing, name="processing"),
    path("data/", data_pages.data_overview, name="data"),
    path("data/erase/", erase_page.erase_view, name="erase"),
    path("data/download/", data_pages.request_download_view, name="request_download"),
    path("data/download/<uuid:download_id>/", data_pages.download_file, name="download_file"),
    path("data/findings/<int:finding_id>/", data_pages.respond_to_finding, name="respond_to_finding"),
    path("data/<slug:name>/", data_pages.data_records, name="data_records"),
]
