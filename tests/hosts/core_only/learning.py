"""Without ``tracking.xapi`` in INSTALLED_APPS nothing of it is loaded, stored, routed or described."""

import io
import json
import sys
import zipfile
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command, get_commands
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from tests import factories
from tests.factories import COURSE
from tests.privacy import everything
from tracking import jobs
from tracking.capture.importing import log_import
from tracking.models import Event, JobRun
from tracking.privacy import downloads, erasure, processing_activities
from tracking.privacy.erasure import ErasureScope
from tracking.privacy.inventory import INVENTORY


@pytest.fixture
def zoe(db):
    """A learner with a row in every table that there is."""
    zoe = everything.make_learner()
    everything.fill(zoe, factories.UserFactory.create(username="ines"))
    return zoe


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, here)
        else:
            yield here


def loaded() -> list[str]:
    return [name for name in sys.modules if name.startswith("tracking.xapi")]


def test_no_module_of_it_is_loaded_by_urls_admin_commands_checks_or_jobs(zoe):
    assert any(route.startswith("admin/tracking/") for route in routes(get_resolver()))
    call_command("check", stdout=io.StringIO(), stderr=io.StringIO())
    jobs.roll_up(now=timezone.now())
    jobs.purge_expired(now=timezone.now())
    assert set(JobRun.objects.values_list("job", "error")) == {("roll_up", ""), ("purge_expired", "")}
    assert loaded() == []


def test_no_table_of_it_is_made(db):
    assert [name for name in connection.introspection.table_names() if "xapi" in name] == []
    assert not apps.is_installed("tracking.xapi")


def test_no_route_of_it_answers(db):
    assert [route for route in routes(get_resolver()) if "xapi" in route or "launch" in route] == []
    assert Client().get("/learning/xapi/about").status_code == 404


def test_the_description_of_the_api_does_not_know_it(zoe):
    browser = Client()
    browser.force_login(zoe)
    told = browser.get("/tracking/api/v1/schema/", {"format": "json"}).json()
    assert len(told["paths"]) > 20
    assert [path for path in told["paths"] if "launch" in path or "xapi" in path] == []


def test_it_adds_no_command_and_no_format(db):
    assert "tracking_import" in get_commands()
    assert "tracking_xapi" not in get_commands()
    assert list(log_import.READERS) == ["csv"]
    with pytest.raises(CommandError, match="invalid choice: 'xapi'"):
        call_command("tracking_import", "log.jsonl", "--format", "xapi")


def test_the_record_of_processing_has_the_tables_that_there_are():
    record = processing_activities.build_processing_record()
    tables = {each["table"] for each in record["tables"]}
    assert tables == {each.model._meta.db_table for each in INVENTORY}
    assert "xapi" not in json.dumps(record).lower()


def test_a_learner_downloads_every_table(zoe):
    download = downloads.request_download(zoe.pk, now=timezone.now())
    jobs.prepare_downloads(now=timezone.now())
    names = zipfile.ZipFile(io.BytesIO(b"".join(downloads.iter_file_parts(download)))).namelist()
    assert set(names) == {"README.txt"} | {
        f"{form}/{each.name}.{form}" for each in INVENTORY for form in ("json", "csv")
    }


def test_a_learner_is_erased_from_every_table(zoe):
    erased = erasure.erase_learner_data(ErasureScope(learner_id=zoe.pk), by="a test")
    assert erased.total() >= len(INVENTORY)
    assert set(everything.counts(zoe).values()) == {0}


def test_one_course_is_erased_and_others_stay(zoe):
    factories.EventFactory.create(learner=zoe, course_key="other")
    erasure.erase_learner_data(ErasureScope(learner_id=zoe.pk, course_keys=frozenset({COURSE})), by="a test")
    assert list(Event.objects.values_list("course_key", flat=True)) == ["other"]
    assert loaded() == []
