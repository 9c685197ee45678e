"""Routes of version 1 of the API. The ``key`` converter is registered by ``tracking.urls``."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from tracking.api import (
    attempts,
    care,
    courses,
    exports,
    findings,
    front_ends,
    knowledge,
    launches,
    learners,
    lessons,
    messages,
    mine,
    own_data,
    recording,
    risk,
    states,
    stories,
    time_spent,
    trends,
)
from tracking.api.nothing import Nothing
from tracking.api.schema import SchemaView, docs

learner: list[URLPattern | URLResolver] = [
    path("progress/", learners.LearnerProgressOf.as_view(), name="learner_progress"),
    path("time/", time_spent.LearnerTimeOf.as_view(), name="learner_time"),
    path("skills/", knowledge.LearnerSkillsOf.as_view(), name="learner_skills"),
    path("visits/", stories.VisitsOf.as_view(), name="learner_visits"),
    path("actions/", care.LearnerActions.as_view(), name="learner_actions"),
]

course: list[URLPattern | URLResolver] = [
    path("", courses.OutlineOf.as_view(), name="outline"),
    path("tracker/", front_ends.TrackerOf.as_view(), name="tracker"),
    path("progress/", learners.MyProgress.as_view(), name="my_progress"),
    path("my-hours/", trends.MyHoursOf.as_view(), name="my_hours"),
    path("my-skills/", knowledge.MySkills.as_view(), name="my_skills"),
    path("my-visits/", stories.MyVisits.as_view(), name="my_visits"),
    path("comparison/", learners.MyComparison.as_view(), name="comparison"),
    path("messages/", messages.MyMessages.as_view(), name="messages"),
    path("messages/<int:nudge_id>/", messages.MyMessage.as_view(), name="message"),
    path("launches/", launches.Launches.as_view(), name="launches"),
    path("class/", courses.ClassOverviewOf.as_view(), name="class_overview"),
    path("units/", courses.UnitsOf.as_view(), name="units"),
    path("units/<key:unit_key>/", lessons.LessonOf.as_view(), name="unit"),
    path("skills/", knowledge.SkillsOf.as_view(), name="skills"),
    path("questions/", knowledge.QuestionsOf.as_view(), name="questions"),
    path("states/", states.StatesOf.as_view(), name="states"),
    path("risk/", risk.RiskOf.as_view(), name="risk"),
    path("anomalies/", trends.AnomaliesOf.as_view(), name="anomalies"),
    path("modules/", trends.ModulesOf.as_view(), name="modules"),
    path("groups/", trends.GroupsOf.as_view(), name="groups"),
    path("weeks/", trends.WeeksOf.as_view(), name="weeks"),
    path("hours/", trends.HoursOf.as_view(), name="hours"),
    path("flows/", trends.FlowsOf.as_view(), name="flows"),
    path("attempts/", attempts.AttemptsOf.as_view(), name="attempts"),
    path("attempts/<int:attempt_id>/", stories.AttemptOf.as_view(), name="attempt"),
    path("findings/", findings.FindingsOf.as_view(), name="findings"),
    path("findings/<int:finding_id>/actions/", findings.FindingActions.as_view(), name="finding_actions"),
    path("learners/", learners.LearnersOf.as_view(), name="learners"),
    path("learners/<str:learner_id>/", include(learner)),
]

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", docs, name="api_docs"),
    path("processing/", front_ends.Processing.as_view(), name="processing"),
    path("consent/", front_ends.Answers.as_view(), name="answers"),
    path("me/", mine.MyData.as_view(), name="my_data"),
    path("me/events/", mine.MyEvents.as_view(), name="my_events"),
    path("me/looks/", mine.MyLooks.as_view(), name="my_looks"),
    path("me/download/", own_data.MyDownload.as_view(), name="my_download"),
    path("me/download/<uuid:download_id>/", own_data.MyDownloadFile.as_view(), name="my_download_file"),
    path("me/erasure/", own_data.MyErasure.as_view(), name="my_erasure"),
    path("me/time/", time_spent.MyTime.as_view(), name="my_time"),
    path("events/", recording.Events.as_view(), name="record_event"),
    path("attempts/", recording.Attempts.as_view(), name="record_attempt"),
    path("exports/<str:table>/", exports.Exports.as_view(), name="export"),
    path("courses/", courses.MyCourses.as_view(), name="courses"),
    path("courses/<key:course_key>/", include(course)),
    # A key that is none matches no address above, and would be answered by the host with a page of its own.
    re_path("", Nothing.as_view(), name="nothing"),
]
