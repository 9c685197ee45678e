"""Several distributions on PyPI install a package named ``tracking``, and pip lets them overwrite each other."""

import sys

import pytest

from tests.checks.reports import ids, report

pytestmark = pytest.mark.once


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put the metadata of a distribution where Python finds it."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])

    def put(name, **files):
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        for file, text in files.items():
            (folder / file.replace("_txt", ".txt")).write_text(text)

    return put


@pytest.mark.parametrize("name", ["django-tracking", "django-tracking2"])
def test_another_distribution_with_a_package_of_our_name_is_reported(install, name):
    install(name, RECORD="tracking/__init__.py,sha256=x,0\ntracking/models.py,sha256=y,1\n")

    [(found_id, message, hint)] = report()
    assert (found_id, message.partition(",")[0]) == (
        "tracking.E009",
        f"{name!r} installs a package named 'tracking' as well",
    )
    assert hint.endswith(f": pip uninstall {name} django-learning-tracking")


def test_an_older_distribution_that_lists_no_files_is_reported(install):
    install("django-tracking", top_level_txt="tracking\n")

    assert ids() == ["tracking.E009"]


def test_our_own_distribution_is_no_clash(install):
    install("django-learning-tracking", RECORD="tracking/__init__.py,sha256=x,0\n")

    assert ids() == []


def test_a_package_whose_name_only_begins_like_ours_is_no_clash(install):
    install("tracking-numbers", RECORD="tracking_numbers/__init__.py,,\nother/tracking/__init__.py,,\n")

    assert ids() == []
