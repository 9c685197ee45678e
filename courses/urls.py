"""The URLs of the platform."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from courses.views import accounts, catalogue, lessons, quizzes, teaching

app_name = "courses"

in_quiz = [
    path("", quizzes.quiz, name="quiz"),
    path("start/", quizzes.start, name="start"),
    path("attempt/<int:number>/", quizzes.attempt, name="attempt"),
    path("result/<int:number>/", quizzes.result, name="result"),
]

in_course: list[URLPattern | URLResolver] = [
    path("", catalogue.course, name="course"),
    path("enrol/", catalogue.enrol, name="enrol"),
    path("classes/", teaching.groups, name="groups"),
    path("classes/<int:group>/", teaching.group, name="group"),
    path("<slug:module>/lesson/<slug:lesson>/", lessons.lesson, name="lesson"),
    path("<slug:module>/lesson/<slug:lesson>/done/", lessons.complete, name="complete"),
    path("<slug:module>/quiz/<slug:quiz>/", include(in_quiz)),
]

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("sign-up/", accounts.SignUp.as_view(), name="sign_up"),
    path("log-in/", accounts.LogIn.as_view(), name="log_in"),
    path("log-out/", LogoutView.as_view(), name="log_out"),
    path("teaching/", teaching.teaching, name="teaching"),
    path("courses/<slug:course>/", include(in_course)),
]
