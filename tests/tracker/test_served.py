"""The tracker's modules find one another however a host serves its static files."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command


class Aggregating(ManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


@pytest.mark.parametrize("storage", [Aggregating, ManifestStaticFilesStorage])
def test_every_module_that_is_imported_is_among_the_collected_files(storage, settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": f"{storage.__module__}.{storage.__qualname__}"},
    }
    monkeypatch.setattr(finders, "searched_locations", [])
    call_command("collectstatic", interactive=False, verbosity=0)
    modules = list((tmp_path / "learningtime/page").glob("*.js"))
    imported = {
        name for module in modules for name in re.findall(r'["(]"?\./([\w.]+\.js)"', module.read_text())
    }

    assert "page_details.js" in {re.sub(r"\.[0-9a-f]{12}", "", name) for name in imported}
    assert imported <= {module.name for module in modules}
    assert any(re.search(r"\.[0-9a-f]{12}\.js", name) for name in imported) is (storage is Aggregating)
