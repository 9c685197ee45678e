"""What is missing or in the wrong order in a host is told before it costs anything."""

import pytest

from tests.checks.reports import declare, ids, report

OURS = "tracking.middleware.TrackingMiddleware"


def _without(settings, *names):
    return [name for name in settings.MIDDLEWARE if name not in names]


def test_a_base_template_that_does_not_exist_is_reported(settings):
    settings.TRACKING = {"BASE_TEMPLATE": "nowhere.html"}

    assert ids() == ["tracking.E002"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nowhere.Adapter", "The adapter 'nowhere.Adapter' cannot be imported: No module named 'nowhere'."),
        ("courses.models.Course", "'courses.models.Course' is <class 'courses.models.outline.Course'>."),
    ],
)
def test_an_adapter_that_is_none_is_reported(settings, path, problem):
    settings.TRACKING = {"ADAPTER": path}

    [(found_id, message, _)] = report()
    assert (found_id, message.startswith(problem)) == ("tracking.E003", True)


def test_a_host_without_any_adapter_is_told_where_to_put_one(settings):
    settings.INSTALLED_APPS = [
        name for name in settings.INSTALLED_APPS if name not in {"courses", "config.demo"}
    ]
    settings.ROOT_URLCONF = "tests.small_host"

    [(found_id, message, _)] = report()
    assert found_id == "tracking.E003"
    assert "no installed app has a module 'tracking_adapter'" in message


def test_a_missing_middleware_is_reported(settings):
    settings.MIDDLEWARE = _without(settings, OURS)

    assert ids() == ["tracking.E004"]


def test_a_middleware_before_the_user_is_known_is_reported(settings):
    settings.MIDDLEWARE = [OURS, *_without(settings, OURS)]

    assert ids() == ["tracking.E004"]


def test_a_middleware_that_sees_only_compressed_pages_is_reported(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.gzip.GZipMiddleware"]

    assert ids() == ["tracking.W001"]


def test_a_site_wide_cache_must_not_store_what_is_added_for_one_learner(settings):
    update, fetch = (f"django.middleware.cache.{name}CacheMiddleware" for name in ("Update", "FetchFrom"))
    others = _without(settings, OURS)

    settings.MIDDLEWARE = [update, *others, OURS, fetch]
    assert ids() == ["tracking.W002"]

    settings.MIDDLEWARE = [OURS, update, *others, fetch]
    assert ids() == []


@pytest.mark.parametrize("name", ["rest_framework", "django_filters"])
def test_an_app_that_the_pages_need_is_reported_when_missing(settings, name):
    settings.INSTALLED_APPS = [each for each in settings.INSTALLED_APPS if each != name]

    assert report() == [("tracking.E005", f"{name!r} is not installed.", f"Add {name!r} to INSTALLED_APPS.")]


class ElsewhereRouter:
    def db_for_write(self, model, **hints):
        return "elsewhere" if model._meta.app_label == "tracking" else None


def test_a_router_that_writes_our_tables_elsewhere_is_reported(settings):
    settings.DATABASE_ROUTERS = [f"{__name__}.ElsewhereRouter"]
    assert ids() == ["tracking.E011"]


@pytest.mark.urls("courses.urls")
def test_addresses_left_out_are_reported(settings, monkeypatch):
    declare(settings, monkeypatch)
    assert ids() == ["tracking.W003"]


def test_switched_off_only_the_options_are_checked(settings):
    settings.TRACKING = {"ENABLED": False, "ADAPTER": "nowhere.Adapter"}
    settings.MIDDLEWARE = []

    assert report() == []
