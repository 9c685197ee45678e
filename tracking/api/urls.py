"""Routes of version 1 of the API. The ``key`` converter is registered by ``tracking.urls``."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from tracking.api import frontend, recording
from tracking.api.course import (
    attempts,
    courses,
    exports,
    findings,
    learner_actions,
    learners,
    lessons,
    progress_grid,
    risk,
    skills,
    trends,
)
from tracking.api.learner import data_requests, messages, my_data, time_statements, timelines
from tracking.api.not_found import NotFoundView
from tracking.api.schema import SchemaView, api_docs

app_name = "api"

learner: list[URLPattern | URLResolver] = [
    path("progress/", learners.LearnerProgressView.as_view(), name="learner_progress"),
    path("time/", time_statements.LearnerTimeStatementView.as_view(), name="learner_time"),
    path("skills/", skills.LearnerSkillsView.as_view(), name="learner_skills"),
    path("timeline/", timelines.LearnerTimelineView.as_view(), name="learner_timeline"),
    path("actions/", learner_actions.LearnerActionsView.as_view(), name="learner_actions"),
]

course: list[URLPattern | URLResolver] = [
    path("", courses.OutlineView.as_view(), name="outline"),
    path("tracker/", frontend.TrackerView.as_view(), name="tracker"),
    path("progress/", learners.MyProgressView.as_view(), name="my_progress"),
    path("my-hours/", trends.MyHoursView.as_view(), name="my_hours"),
    path("my-skills/", skills.MySkillsView.as_view(), name="my_skills"),
    path("my-timeline/", timelines.MyTimelineView.as_view(), name="my_timeline"),
    path("my-comparison/", learners.MyMedianComparisonView.as_view(), name="my_comparison"),
    path("messages/", messages.MyMessagesView.as_view(), name="messages"),
    path("messages/<int:nudge_id>/", messages.MyMessageView.as_view(), name="message"),
    path("class/", courses.ClassOverviewView.as_view(), name="class_overview"),
    path("unit-reports/", courses.UnitReportsView.as_view(), name="unit_reports"),
    path("units/<key:unit_key>/", lessons.LessonView.as_view(), name="unit"),
    path("skills/", skills.ClassSkillsView.as_view(), name="skills"),
    path("questions/", skills.QuestionsView.as_view(), name="questions"),
    path("progress-grid/", progress_grid.ProgressGridView.as_view(), name="progress_grid"),
    path("risk/", risk.RiskView.as_view(), name="risk"),
    path("anomalies/", trends.AnomaliesView.as_view(), name="anomalies"),
    path("modules/", trends.ModulesView.as_view(), name="modules"),
    path("groups/", trends.GroupsView.as_view(), name="groups"),
    path("weeks/", trends.WeeksView.as_view(), name="weeks"),
    path("hours/", trends.HoursView.as_view(), name="hours"),
    path("transitions/", trends.TransitionsView.as_view(), name="transitions"),
    path("attempts/", attempts.CourseAttemptsView.as_view(), name="attempts"),
    path("attempts/<int:attempt_id>/", timelines.AttemptReviewView.as_view(), name="attempt"),
    path("findings/", findings.CourseFindingsView.as_view(), name="findings"),
    path("findings/<int:finding_id>/actions/", findings.FindingActionsView.as_view(), name="finding_actions"),
    path("learners/", learners.ClassLearnersView.as_view(), name="learners"),
    path("learners/<str:learner_id>/", include(learner)),
]

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", api_docs, name="api_docs"),
    path("processing/", frontend.ProcessingView.as_view(), name="processing"),
    path("consent/", frontend.ConsentView.as_view(), name="consent"),
    path("me/", my_data.MyDataView.as_view(), name="my_data"),
    path("me/events/", my_data.MyEventsView.as_view(), name="my_events"),
    path("me/access-log/", my_data.MyAccessLogView.as_view(), name="my_access_log"),
    path("me/download/", data_requests.MyDownloadView.as_view(), name="my_download"),
    path(
        "me/download/<uuid:download_id>/", data_requests.MyDownloadFileView.as_view(), name="my_download_file"
    ),
    path("me/erasure/", data_requests.MyErasureView.as_view(), name="my_erasure"),
    path("me/time/", time_statements.MyTimeStatementView.as_view(), name="my_time"),
    path("events/", recording.RecordEventView.as_view(), name="record_event"),
    path("attempts/", recording.RecordAttemptView.as_view(), name="record_attempt"),
    path("exports/<str:table>/", exports.ExportView.as_view(), name="export"),
    path("courses/", courses.MyCoursesView.as_view(), name="courses"),
    path("courses/<key:course_key>/", include(course)),
    # A malformed key matches no URL above. Without this line the host would answer with an HTML page of its own.
    re_path("", NotFoundView.as_view(), name="not_found"),
]
