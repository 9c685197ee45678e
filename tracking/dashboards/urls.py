"""The addresses of the pages. ``tracking.urls`` registers the ``key`` converter."""

from django.urls import path
from django.views.generic import RedirectView

from tracking.dashboards import class_pages, consent_page, learner_pages, statement_pages

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="tracking:me"), name="start"),
    path("me/", learner_pages.me, name="me"),
    path("time/", statement_pages.mine, name="statement"),
    path("time/check/", statement_pages.check, name="statement_check"),
    path("me/<key:course_key>/", learner_pages.progress, name="progress"),
    path("classes/", class_pages.classes, name="classes"),
    path("classes/<key:course_key>/", class_pages.class_, name="class"),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/",
        class_pages.class_learner,
        name="class_learner",
    ),
    path(
        "classes/<key:course_key>/learners/<str:learner_id>/time/",
        statement_pages.of_learner,
        name="learner_statement",
    ),
    path("consent/", consent_page.consent, name="consent"),
]
