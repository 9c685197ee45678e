"""What the checks of this app say."""

from django.core.checks import run_checks

from tracking import lms


def report():
    """Return what the checks of this app say, as (id, message, hint)."""
    return [(found.id, found.msg, found.hint) for found in run_checks(tags=["tracking"])]


def ids():
    return [found_id for found_id, _, _ in report()]


def declare(settings, monkeypatch, **declared):
    """Make an adapter with what is ``declared`` the host's."""
    monkeypatch.setattr(
        "tests.checks.reports.Declared", type("Declared", (lms.Adapter,), declared), raising=False
    )
    settings.TRACKING = {"ADAPTER": "tests.checks.reports.Declared"}
