from django.conf.urls.i18n import i18n_patterns
from django.urls import path
from django.utils.translation import gettext_lazy as _

from tests.hosts.academy import views

urlpatterns = i18n_patterns(
    path(_("courses/<slug:course>/<slug:slug>/"), views.LessonPage.as_view(), name="lesson"),
    path("topics/<int:pk>/", views.TopicPage.as_view(), name="topic"),
    path("topics/<int:pk>/exam/", views.ExamPage.as_view(), name="exam"),
)
