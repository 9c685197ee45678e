from django.urls import include, path

from tests.hosts.journal import views

ADDRESS = "<int:year>/<int:number>/<slug:slug>/"

urlpatterns = [
    path("tracking/", include("tracking.urls")),
    path(
        "",
        include(
            (
                [
                    path(ADDRESS, views.article, name="article"),
                    path(f"{ADDRESS}streamed/", views.article_streamed, name="streamed"),
                    path(f"{ADDRESS}cached/", views.article_cached, name="cached"),
                ],
                "journal",
            )
        ),
    ),
]
