"""The addresses of the pages. ``tracking.urls`` registers the ``key`` converter."""

from django.urls import path
from django.views.generic import RedirectView

from tracking.dashboards import (
    class_actions,
    class_history_page,
    class_learner_pages,
    class_pages,
    consent_page,
    data_pages,
    erase_page,
    learner_actions,
    learner_pages,
    lesson_pages,
    live,
    module_pages,
    processing_page,
    risk_pages,
    seen,
    statement_pages,
    stories,
    trend_pages,
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="tracking:me"), name="start"),
    path("me/", learner_pages.me, name="me"),
    path("time/", statement_pages.mine, name="statement"),
    path("time/check/", statement_pages.check, name="statement_check"),
    path("me/<key:course_key>/", learner_pages.progress, name="progress"),
    path("me/<key:course_key>/visits/", stories.my_visits, name="my_visits"),
    path("me/<key:course_key>/attempts/<int:attempt_id>/", stories.my_attempt, name="my_attempt"),
    path("me/<key:course_key>/actions/", learner_actions.act, name="my_act"),
    path("me/<key:course_key>/seen/", seen.mine, name="my_seen"),
    path("me/<key:course_key>/mark/", live.my_mark, name="my_mark"),
    path("classes/<key:course_key>/mark/", live.class_mark, name="class_mark"),
    path("classes/", class_pages.classes, name="classes"),
    path("classes/<key:course_key>/", class_pages.class_, name="class"),
    path("classes/<key:course_key>/actions/", class_actions.act, name="class_act"),
    path("classes/<key:course_key>/seen/", seen.of_class, name="class_seen"),
    path("classes/<key:course_key>/history/", class_history_page.class_history, name="class_history"),
    path("classes/<key:course_key>/trends/", trend_pages.trends, name="class_trends"),
    path("classes/<key:course_key>/risk/", risk_pages.risk, name="class_risk"),
    path("classes/<key:course_key>/states/", module_pages.matrix, name="class_matrix"),
    path("classes/<key:course_key>/modules/<key:module_key>/", module_pages.module, name="class_module"),
    path("classes/<key:course_key>/lessons/<key:unit_key>/", lesson_pages.lesson, name="class_lesson"),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/",
        class_learner_pages.class_learner,
        name="class_learner",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/mark/",
        live.class_learner_mark,
        name="class_learner_mark",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/visits/", stories.visits_of, name="class_visits"
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/attempts/<int:attempt_id>/",
        stories.attempt_of,
        name="class_attempt",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/time/",
        statement_pages.of_learner,
        name="learner_statement",
    ),
    path("consent/", consent_page.consent, name="consent"),
    path("processing/", processing_page.processing, name="processing"),
    path("data/", data_pages.overview, name="data"),
    path("data/erase/", erase_page.erase, name="erase"),
    path("data/download/", data_pages.ask_for_download, name="ask_for_download"),
    path("data/download/<uuid:download_id>/", data_pages.download_file, name="download_file"),
    path("data/findings/<int:finding_id>/", data_pages.answer_finding, name="answer_finding"),
    path("data/<slug:name>/", data_pages.records, name="records"),
]
