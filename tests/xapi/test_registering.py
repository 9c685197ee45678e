"""What the app adds to the core where it is installed, and takes away where its tables are migrated back."""

import io
import zipfile
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from tests import factories
from tracking import jobs
from tracking.capture.importing import log_import
from tracking.models import JobRun
from tracking.privacy import downloads, inventory
from tracking.privacy.inventory import INVENTORY, DataOrigin
from tracking.receivers import uninstall
from tracking.xapi import privacy


def test_its_tables_stand_with_those_of_their_origin():
    names = [table.name for table in INVENTORY]
    assert names.index("statements") < names.index("attachments") < names.index("documents")
    origins = [list(DataOrigin).index(table.origin) for table in INVENTORY]
    assert origins == sorted(origins)


def test_to_register_twice_changes_nothing():
    before = list(INVENTORY)
    apps.get_app_config("tracking_xapi").ready()
    assert {table.name for table in INVENTORY} == {table.name for table in before}
    assert len(INVENTORY) == len(before)


def test_its_tables_are_named_after_it():
    tables = {model._meta.db_table for model in apps.get_app_config("tracking_xapi").get_models()}
    assert {name.startswith("tracking_xapi_") for name in tables} == {True}


def test_logs_of_statements_can_be_imported():
    assert set(log_import.READERS) == {"csv", "xapi"}


def test_a_download_has_its_file_and_says_what_it_is(db):
    learner = factories.UserFactory.create()
    factories.EventFactory.create(learner=learner)
    download = downloads.request_download(learner.pk, now=timezone.now())
    downloads.prepare_downloads(now=timezone.now())
    file = zipfile.ZipFile(io.BytesIO(b"".join(downloads.iter_file_parts(download))))
    assert b"initialized" in file.read("xapi/statements.json")
    assert f"xapi/statements.json: {privacy.DOWNLOAD.description}" in file.read("README.txt").decode()


@pytest.mark.parametrize("name", ["statements", "documents"])
def test_the_daily_job_purges_what_a_table_says(db, name, now):
    table = inventory.find_table(name)
    assert table is not None
    assert table.retention is not None
    assert table.retention.purge is not None
    jobs.purge_expired(now=now)
    assert JobRun.objects.get(job="purge_expired").error == ""


@pytest.mark.parametrize(("label", "model"), [("tracking_xapi", "xapistatement"), ("tracking", "event")])
def test_migrating_an_app_back_deletes_its_content_types_alone(db, label, model):
    others = set(ContentType.objects.exclude(app_label=label).values_list("pk", flat=True))
    found = ContentType.objects.get_or_create(app_label=label, model=model)[0]
    package = apps.get_app_config(label).name
    initial = import_module(f"{package}.migrations.0001_initial").Migration("0001_initial", label)
    uninstall.delete_content_types(apps.get_app_config(label), "default", [(initial, True)])
    assert not ContentType.objects.filter(pk=found.pk).exists()
    assert set(ContentType.objects.values_list("pk", flat=True)) == others
